/**
 * The refusals of binding.d.ts for the TypeScript backend. The addon's are in native/addon/argument.cpp and
 * arguments.cpp: same conditions, same words ("binding: expected … for PATH but received …").
 */
import type {
  LabelledRows,
  Net,
  NormalCall,
  ParameterArrays,
  Reals,
  Rows,
  Shape,
  TrainingCall,
} from '../../../binding.js';
import { KEY_LENGTH, yieldsZeros } from '../../random/generator/mersenne-twister.js';
import { ENGINE_SETTINGS, SETTINGS } from '../../training/settings.js';

/** The largest 32-bit integer. */
const MAX_INT = 2 ** 31 - 1;

/** One value of a call with the path by which messages name it: `net.shape.inputSize`. */
export class Argument {
  constructor(
    readonly value: unknown,
    readonly path: string,
  ) {}

  /** A property. */
  at(name: string): Argument {
    return new Argument((this.object() as Record<string, unknown>)[name], `${this.path}.${name}`);
  }

  object(): object {
    const { value } = this;
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null) this.refuseType('an object');
    return value;
  }

  number(): number {
    if (typeof this.value !== 'number') this.refuseType('a number');
    return this.value;
  }

  boolean(): void {
    if (typeof this.value !== 'boolean') this.refuseType('a boolean');
  }

  integer(min: number, max: number = MAX_INT): number {
    const expected = `an integer from ${min} to ${max}`;
    if (typeof this.value !== 'number') this.refuseType(expected);
    if (!Number.isInteger(this.value) || this.value < min || this.value > max) this.refuseValue(expected);
    return this.value;
  }

  oneOf(choices: readonly string[], expected: string): void {
    if (typeof this.value !== 'string') this.refuseType(expected);
    if (!choices.includes(this.value)) this.refuseValue(expected);
  }

  array(type: string, length: number): void {
    const expected = arrayWords(type, length);
    if (arrayType(this.value) !== type) this.refuseType(expected);
    if ((this.value as Reals).length !== length) this.refuseValue(expected);
  }

  refuseType(expected: string): never {
    throw new TypeError(this.message(expected, describe(this.value)));
  }

  refuseValue(expected: string, received = describe(this.value)): never {
    throw new RangeError(this.message(expected, received));
  }

  private message(expected: string, received: string): string {
    return `binding: expected ${expected} for ${this.path} but received ${received}`;
  }
}

/** The name of a typed array's type; undefined for everything else. Works for arrays of other realms, too. */
function arrayType(value: unknown): string | undefined {
  const isTypedArray = ArrayBuffer.isView(value) && !(value instanceof DataView);
  return isTypedArray ? (value as Reals)[Symbol.toStringTag] : undefined;
}

function arrayWords(type: string, length: number): string {
  return `${type.startsWith('I') ? 'an' : 'a'} ${type} of ${length} ${length === 1 ? 'element' : 'elements'}`;
}

function describe(value: unknown): string {
  const type = arrayType(value);
  if (type !== undefined) return arrayWords(type, (value as Reals).length);
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint') return `a ${typeof value}`;
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

/** The type of a net's arrays, which W1 decides. */
function realsType(net: Argument): string {
  const W1: Argument = net.at('parameters').at('W1');
  const type = arrayType(W1.value);
  if (type !== 'Float32Array' && type !== 'Float64Array') W1.refuseType('a Float32Array or Float64Array');
  return type;
}

function checkArrays(arrays: Argument, type: string, { inputSize: D, hiddenSize: H, numClasses: C }: Shape): void {
  arrays.at('W1').array(type, D * H);
  arrays.at('b1').array(type, H);
  arrays.at('W2').array(type, H * C);
  arrays.at('b2').array(type, C);
}

/** Checks a net and returns its shape and the type of its arrays. */
function checkNet(net: Argument): { shape: Shape; type: string } {
  const type = realsType(net);
  const sizes = net.at('shape');
  const shape = {
    inputSize: sizes.at('inputSize').integer(1),
    hiddenSize: sizes.at('hiddenSize').integer(1),
    numClasses: sizes.at('numClasses').integer(1),
  };
  net.at('products').oneOf(['auto', 'simd', 'blas'], "'auto', 'simd' or 'blas'");
  net.at('bfloat16').boolean();
  net.at('threads').integer(1);
  checkArrays(net.at('parameters'), type, shape);
  return { shape, type };
}

function checkGenerator(random: Argument): void {
  random.at('key').array('Uint32Array', KEY_LENGTH);
  random.at('position').integer(0, KEY_LENGTH);
}

/** Checks rows and returns how many there are. */
function checkRows(rows: Argument, D: number): number {
  const count = rows.at('count').integer(1);
  const data: Argument = rows.at('data');
  const type = arrayType(data.value);
  if (type !== 'Uint8Array' && type !== 'Float32Array' && type !== 'Float64Array') {
    data.refuseType('a Uint8Array, Float32Array or Float64Array');
  }
  data.array(type, count * D);
  const mean = rows.at('mean');
  if (mean.value !== null) mean.array('Float64Array', D);
  return count;
}

function checkLabelledRows(data: Argument, { inputSize, numClasses }: Shape): void {
  const labels = data.at('labels');
  labels.array('Int32Array', checkRows(data.at('rows'), inputSize));
  const values = labels.value as Int32Array;
  const bad = values.findIndex((label) => label < 0 || label >= numClasses);
  if (bad < 0) return;
  const element = new Argument(values[bad], `${labels.path}[${bad}]`);
  element.refuseValue(`a class from 0 to ${numClasses - 1}`);
}

/** @throws TypeError or RangeError as binding.d.ts says, for this and all other functions here */
export function checkPeak(dtype: string, threads: number, seconds: number): void {
  new Argument(dtype, 'dtype').oneOf(['float32', 'float64', 'bfloat16'], "'float32', 'float64' or 'bfloat16'");
  new Argument(threads, 'threads').integer(1);
  const limit = new Argument(seconds, 'seconds');
  if (!(Number.isFinite(limit.number()) && seconds >= 0)) limit.refuseValue('a finite number of at least 0');
}

export function checkFirstNonFinite(values: Reals): void {
  checkReals(new Argument(values, 'values'));
}

export function checkSoftmax(scores: Reals, numClasses: number): void {
  const argument = new Argument(scores, 'scores');
  checkReals(argument);
  const C = new Argument(numClasses, 'numClasses').integer(1);
  if (scores.length % C !== 0) argument.refuseValue(`rows of ${C} elements`);
}

function checkReals(argument: Argument): void {
  const type = arrayType(argument.value);
  if (type !== 'Float32Array' && type !== 'Float64Array') argument.refuseType('a Float32Array or Float64Array');
}

export function checkNormal(normal: NormalCall): void {
  const call = new Argument(normal, 'call');
  const random = call.at('random');
  checkGenerator(random);
  const key = random.at('key');
  if (yieldsZeros(key.value as Uint32Array)) key.refuseValue('a key that is not all 0', 'zeros');
  random.at('hasGauss').boolean();
  random.at('cachedGaussian').number();
  call.at('scale').number();
  const draws = call.at('draws');
  const type = arrayType(draws.value);
  if (type !== 'Float32Array' && type !== 'Float64Array') draws.refuseType('a Float32Array or Float64Array');
}

export function checkScores(net: Net, rows: Rows, scores: Reals): void {
  const { shape, type } = checkNet(new Argument(net, 'net'));
  const count = checkRows(new Argument(rows, 'rows'), shape.inputSize);
  new Argument(scores, 'scores').array(type, count * shape.numClasses);
}

export function checkPredict(net: Net, rows: Rows, classes: Int32Array): void {
  const { shape } = checkNet(new Argument(net, 'net'));
  const count = checkRows(new Argument(rows, 'rows'), shape.inputSize);
  new Argument(classes, 'classes').array('Int32Array', count);
}

/** @returns the shape of the net and the type of its arrays, for the calls of the prepared net */
export function checkPrepare(net: Net, rows: number | null, mean: Float64Array | null): { shape: Shape; type: string } {
  const checked = checkNet(new Argument(net, 'net'));
  if (rows !== null) new Argument(rows, 'rows').integer(1);
  if (mean !== null) new Argument(mean, 'mean').array('Float64Array', checked.shape.inputSize);
  return checked;
}

export function checkOf(of: number): void {
  new Argument(of, 'of').integer(1);
}

/** @param results - the name of the results, and their type and number per row */
export function checkPreparedCall(
  rows: Rows,
  out: Reals | Int32Array,
  inputSize: number,
  results: { name: string; type: string; perRow: number },
): void {
  const count = checkRows(new Argument(rows, 'rows'), inputSize);
  new Argument(out, results.name).array(results.type, count * results.perRow);
}

export function checkLossAndGradients(net: Net, data: LabelledRows, reg: number, gradients: ParameterArrays): void {
  const { shape, type } = checkNet(new Argument(net, 'net'));
  checkLabelledRows(new Argument(data, 'data'), shape);
  new Argument(reg, 'reg').number();
  checkArrays(new Argument(gradients, 'gradients'), type, shape);
}

/** @param slots - the number of slots of the update rule */
export function checkTraining(training: TrainingCall, report: unknown, slots: number): void {
  const call = new Argument(training, 'call');
  const net = call.at('net');
  const { shape, type } = checkNet(net);
  const numIters = checkSettings(call.at('settings'));
  call.at('profile').boolean();
  checkGenerator(call.at('random'));
  call.at('reportInterval').integer(0);
  call.at('stop').array('Int32Array', 1);
  if (training.net.bfloat16) net.at('bfloat16').refuseValue('false');
  call.at('firstIteration').integer(0, numIters - 1);
  checkSlots(call.at('slots'), slots, type, shape);
  if (call.at('best').value !== null) checkBest(call.at('best'), type, shape);
  checkLabelledRows(call.at('training'), shape);
  if (call.at('validation').value !== null) checkLabelledRows(call.at('validation'), shape);
  if (report !== null && typeof report !== 'function') new Argument(report, 'report').refuseType('null or a function');
}

function checkSlots(slots: Argument, count: number, type: string, shape: Shape): void {
  const expected = `an array of ${count} slots`;
  const { value } = slots;
  if (!Array.isArray(value)) slots.refuseType(expected);
  if (value.length !== count) slots.refuseValue(expected, `an array of ${value.length}`);
  value.forEach((slot, i) => {
    checkArrays(new Argument(slot, `${slots.path}[${i}]`), type, shape);
  });
}

function checkBest(best: Argument, type: string, shape: Shape): void {
  checkArrays(best.at('parameters'), type, shape);
  best.at('iterations').integer(0);
  best.at('monitored').number();
  best.at('epochsSince').integer(0);
}

/** `'loss' or 'accuracy'`; `'sgd', 'adam' or 'adamw'` */
function wordsOf(choices: readonly string[]): string {
  const words = choices.map((choice) => `'${choice}'`);
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

/** Checks that each setting is there; returns the number of iterations. Only integers have a range here. */
function checkSettings(settings: Argument): number {
  for (const name of ENGINE_SETTINGS) {
    const entry = SETTINGS[name];
    if (entry.type === 'integer') settings.at(name).integer(entry.min);
    else if (entry.type === 'choice') settings.at(name).oneOf(entry.choices, wordsOf(entry.choices));
    else if (entry.type === 'boolean') settings.at(name).boolean();
    else settings.at(name).number();
  }
  return settings.at('numIters').integer(1);
}

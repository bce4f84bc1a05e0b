/**
 * The refusals of binding.d.ts for the TypeScript backend; those of trainings are in training-checks.ts. The addon's
 * are in native/addon/argument.cpp and arguments.cpp: same conditions, same words.
 */
import type { LabelledRows, Net, NormalCall, ParameterArrays, Reals, Rows, Shape } from '../../../binding.js';
import { KEY_LENGTH, yieldsZeros } from '../../random/generator/mersenne-twister.js';
import { Argument, arrayType } from './argument.js';

/** The largest size of a net or a minibatch. */
export const MOST_SIZE = 2 ** 30;

/** The type of a net's arrays, which W1 decides. */
function realsType(net: Argument): string {
  const W1: Argument = net.at('parameters').at('W1');
  const type = arrayType(W1.value);
  if (type !== 'Float32Array' && type !== 'Float64Array') W1.refuseType('a Float32Array or Float64Array');
  return type;
}

export function checkArrays(
  arrays: Argument,
  type: string,
  { inputSize: D, hiddenSize: H, numClasses: C }: Shape,
): void {
  arrays.at('W1').array(type, D * H);
  arrays.at('b1').array(type, H);
  arrays.at('W2').array(type, H * C);
  arrays.at('b2').array(type, C);
}

/** Checks a net and returns its shape and the type of its arrays. */
export function checkNet(net: Argument): { shape: Shape; type: string } {
  const type = realsType(net);
  const sizes = net.at('shape');
  const shape = {
    inputSize: sizes.at('inputSize').integer(1, MOST_SIZE),
    hiddenSize: sizes.at('hiddenSize').integer(1, MOST_SIZE),
    numClasses: sizes.at('numClasses').integer(1, MOST_SIZE),
  };
  net.at('products').oneOf(['auto', 'simd', 'blas'], "'auto', 'simd' or 'blas'");
  net.at('bfloat16').boolean();
  net.at('threads').integer(1);
  checkArrays(net.at('parameters'), type, shape);
  return { shape, type };
}

export function checkGenerator(random: Argument): void {
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

/** Checks rows with labels and returns how many there are. */
export function checkLabelledRows(data: Argument, { inputSize, numClasses }: Shape): number {
  const count = checkRows(data.at('rows'), inputSize);
  const labels = data.at('labels');
  labels.array('Int32Array', count);
  const values = labels.value as Int32Array;
  const bad = values.findIndex((label) => label < 0 || label >= numClasses);
  if (bad >= 0) new Argument(values[bad], `${labels.path}[${bad}]`).refuseValue(`a class from 0 to ${numClasses - 1}`);
  return count;
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

/** The refusals of binding.d.ts for trainings. The addon's are in native/addon/training_arguments.cpp. */
import type { CallSettings, Shape, TrainingCall } from '../../../binding.js';
import { ENGINE_SETTINGS, SETTINGS } from '../../training/settings.js';
import { Argument, arrayType, arrayWords } from './argument.js';
import { checkArrays, checkGenerator, checkLabelledRows, checkNet, MOST_SIZE } from './checks.js';
import { ruleOf } from './rules/rule-of.js';

/** @throws TypeError or RangeError as binding.d.ts says */
export function checkTraining(training: TrainingCall, report: unknown): void {
  const call = new Argument(training, 'call');
  const net = call.at('net');
  const { shape, type } = checkNet(net);
  const settings = checkSettings(call.at('settings'));
  call.at('profile').boolean();
  call.at('finalAccuracies').boolean();
  checkGenerator(call.at('random'));
  call.at('noiseSeed').integer(0);
  call.at('reportInterval').integer(0);
  call.at('stop').array('Int32Array', 1);
  if (training.net.bfloat16) net.at('bfloat16').refuseValue('false');
  const firstIteration = call.at('firstIteration').integer(0, settings.numIters - 1);
  checkSlots(call.at('slots'), ruleOf(settings).slots, type, shape);
  if (call.at('best').value !== null) checkBest(call.at('best'), type, shape);
  const count = checkLabelledRows(call.at('training'), shape);
  if (call.at('validation').value !== null) checkLabelledRows(call.at('validation'), shape);
  if (settings.sampling === 'permutation') call.at('settings').at('batchSize').integer(1, count);
  checkNumbers(call.at('weights'), count);
  checkNumbers(call.at('rates'), settings.numIters - firstIteration);
  if (call.at('group').value !== null) call.at('group').refuseType('null or a process group');
  checkPicture(call.at('picture'), settings, shape.inputSize, call.at('settings').at('shift'));
  if (report !== null && typeof report !== 'function') new Argument(report, 'report').refuseType('null or a function');
}

/** @throws RangeError when rows have lost their memory since they were checked */
export function checkRowMemory(data: TrainingCall['training'], { inputSize }: Shape, path: string): void {
  const array = new Argument(data.rows.data, `${path}.rows.data`);
  const type = arrayType(array.value) ?? '';
  const length = data.rows.count * inputSize;
  array.array(type, length);
  // V8's optimized code (Node.js 20) has been seen to read the length that the array had before.
  if (data.rows.data.buffer.byteLength === 0) array.refuseValue(arrayWords(type, length), arrayWords(type, 0));
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

/** Checks null, or `count` numbers that are finite and at least 0. */
function checkNumbers(numbers: Argument, count: number): void {
  if (numbers.value === null) return;
  numbers.array('Float64Array', count);
  const values = numbers.value as Float64Array;
  const bad = values.findIndex((value) => !(Number.isFinite(value) && value >= 0));
  if (bad >= 0) new Argument(values[bad], `${numbers.path}[${bad}]`).refuseValue('a finite number of at least 0');
}

/** Checks what rows of D numbers are pictures of, and that they can be changed as the settings say. */
function checkPicture(picture: Argument, { flip, shift }: CallSettings, D: number, shiftArgument: Argument): void {
  if (picture.value === null && !flip && shift === 0) return;
  const [height, width, channels] = ['height', 'width', 'channels'].map((name) => picture.at(name).integer(1));
  if (height * width * channels !== D) {
    picture.refuseValue(`a picture of ${D} ${D === 1 ? 'number' : 'numbers'}`, `${height} x ${width} x ${channels}`);
  }
  shiftArgument.integer(0, Math.min(height, width) - 1);
}

/** `'loss' or 'accuracy'`; `'sgd', 'adam' or 'adamw'` */
function wordsOf(choices: readonly string[]): string {
  const words = choices.map((choice) => `'${choice}'`);
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

/** Checks that each setting is there, and returns them. Only integers and what is dropped have a range here. */
function checkSettings(settings: Argument): CallSettings {
  for (const name of ENGINE_SETTINGS) {
    const entry = SETTINGS[name];
    if (entry.type === 'integer') settings.at(name).integer(entry.min);
    else if (entry.type === 'choice') settings.at(name).oneOf(entry.choices, wordsOf(entry.choices));
    else if (entry.type === 'boolean') settings.at(name).boolean();
    else settings.at(name).number();
  }
  settings.at('batchSize').integer(1, MOST_SIZE);
  for (const name of ['dropout', 'inputDropout']) {
    const share = settings.at(name);
    const value = share.number();
    if (!(value >= 0 && value < 1)) share.refuseValue('a number from 0 to below 1');
  }
  return settings.value as CallSettings;
}

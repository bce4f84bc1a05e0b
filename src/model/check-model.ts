/** Checks of what is to be saved, before anything is written. */

import type { Reals } from '../../binding.js';
import { describeShape } from '../data/safetensors/header.js';
import { checkColumns, quote } from '../data/tables/column.js';
import { inTurns } from '../platform/turns.js';
import { DTYPES } from '../training/settings.js';
import { checkAttached, checkNumber, checkOneOf, checkOptions, isObject } from '../validation/check.js';
import { checkClassNames } from '../validation/class-names.js';
import { describe, withCode, wrongShape, wrongType } from '../validation/errors.js';
import { checkImageShape } from '../validation/image-shape.js';
import { messageOf } from '../validation/kinds.js';
import { checkMean } from '../validation/mean.js';
import { PARAMETERS, parameterShapes } from '../validation/parameters.js';
import { isArrayOf } from '../validation/typed-arrays.js';
import { findNonFinite } from './find-non-finite.js';
import type { ModelFormat } from './formats/format.js';
import { HISTORY_TENSORS } from './layout.js';
import { LABEL_TYPES, type Model, type ModelExtras, type ModelHistory, type SaveOptions } from './model-types.js';

/**
 * Checks that a model can be saved, except that the numbers of its parameters are not looked at:
 * {@link checkFiniteParams} does that.
 *
 * @throws TypeError or RangeError; see `saveModel`
 */
export function checkModel(model: Model): void {
  if (typeof model === 'object' && model !== null) checkModelKeys(model);
  if (typeof model !== 'object' || model === null || !('params' in model)) {
    const remedy =
      'a net or a model, which has params, (of a Classifier, classifier.toModel(), or call classifier.save)';
    throw wrongType(remedy, model);
  }
  const { inputSize, hiddenSize, numClasses, params, mean, scale, classNames, labelType, columns } = model;
  const { history, settings, imageShape, others = [] } = model;
  checkNumber(inputSize, 'inputSize', { integer: true, min: 1 });
  checkNumber(hiddenSize, 'hiddenSize', { integer: true, min: 1 });
  checkNumber(numClasses, 'numClasses', { integer: true, min: 1 });
  const dtype = checkOneOf(model.dtype, 'dtype', DTYPES);
  if (typeof params !== 'object' || params === null) throw wrongType('an object for params', params);
  const shapes = parameterShapes(model);
  const kind = dtype === 'float64' ? 'Float64Array' : 'Float32Array';
  for (const name of PARAMETERS) checkNumbers(params[name], `params.${name}`, kind, shapes[name]);
  for (const [i, other] of others.entries()) {
    for (const name of PARAMETERS) checkNumbers(other[name], `others[${i}].${name}`, kind, shapes[name]);
  }
  if (mean !== undefined) checkMean(mean, inputSize, 'mean');
  if (scale !== undefined) checkScale(scale, mean, inputSize);
  if (classNames !== undefined) checkClassNames(classNames, numClasses);
  if (labelType !== undefined) checkOneOf(labelType, 'labelType', LABEL_TYPES);
  if (columns !== undefined) checkColumns(columns, inputSize);
  if (imageShape !== undefined) checkImageShape(imageShape, inputSize);
  checkHistoryAndSettings({ history, settings });
}

/** What a model may have: its own fields, and those of a net or of a training state, which are models too. */
const MODEL_KEYS = [
  ...['params', 'others', 'inputSize', 'hiddenSize', 'numClasses', 'dtype', 'mean', 'scale', 'classNames', 'labelType'],
  ...['columns', 'imageShape', 'history', 'settings', 'slots', 'best', 'inputScale', 'products', 'threads', 'random'],
];
const MEANT = { classes: 'classNames', labels: 'classNames', names: 'classNames', shape: 'imageShape', std: 'scale' };

/**
 * Checks that a plain object has no field that a model does not have: it would be lost.
 *
 * @throws TypeError `ERR_UNKNOWN_OPTION` with the field that was probably meant
 */
export function checkModelKeys(model: object): void {
  const prototype: unknown = Object.getPrototypeOf(model);
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null;
  if (isPlain) checkOptions<object>(model, 'the model', MODEL_KEYS as never[], MEANT);
}

function checkScale(scale: unknown, mean: Float64Array | undefined, inputSize: number): void {
  const checked = checkMean(scale, inputSize, 'scale');
  if (mean === undefined) throw wrongType('a mean beside scale', mean);
  const bad = checked.findIndex((value) => value <= 0);
  if (bad < 0) return;
  throw withCode(
    new RangeError(`Expected numbers above 0 for scale but received ${checked[bad]} at index ${bad}`),
    'ERR_OUT_OF_RANGE',
  );
}

/**
 * Checks what is to be saved with a net, and how it is laid out in this format.
 *
 * @throws TypeError `ERR_INVALID_TYPE` or `ERR_UNKNOWN_OPTION`; RangeError `ERR_OUT_OF_RANGE`
 */
export function checkSaveOptions(options: SaveOptions, format: ModelFormat, model: Model): SaveOptions {
  const known = ['history', 'settings', ...format.options] as const;
  checkHistoryAndSettings(checkOptions(options, `the options of saveModel for ${format.name} files`, known));
  if (options.layout !== undefined) checkOneOf(options.layout, 'layout', ['torch']);
  if (options.input !== undefined) checkOneOf(options.input, 'input', ['float32', 'uint8']);
  if (options.input === 'uint8') checkBytes(model);
  return options;
}

/** Checks that the rows of a model may be bytes, as far as it knows them. */
function checkBytes({ mean, columns }: Model): void {
  const index = mean?.findIndex((value) => value < 0 || value > 255) ?? -1;
  if (index < 0) return;
  const column = columns && columns.length === mean?.length ? quote(columns[index].name) : String(index);
  throw withCode(
    new RangeError(
      "Expected a model of bytes, 0 to 255, for the input 'uint8' but its rows have the mean " +
        `${mean?.[index]} in column ${column}: leave the option input (--input) out`,
    ),
    'ERR_OUT_OF_RANGE',
  );
}

function checkHistoryAndSettings({ history, settings }: ModelExtras): void {
  if (settings !== undefined && !isObject(settings)) throw wrongType('a plain object for settings', settings);
  if (history !== undefined) checkHistory(history);
}

/**
 * Checks that a file of this format can hold the model.
 *
 * @throws Error `ERR_NOT_WRITABLE` for an ensemble, of which most hold one net
 */
export function checkHolds({ name, ensembles }: ModelFormat, { others = [] }: Model, { layout }: SaveOptions): void {
  if (others.length === 0 || (ensembles && layout === undefined)) return;
  const given = layout ? `the layout ${describe(layout)}, of one net` : `a ${name} file, which holds one`;
  throw withCode(
    new Error(`Expected a safetensors file for an ensemble of ${others.length + 1} nets but received ${given}`),
    'ERR_NOT_WRITABLE',
  );
}

/**
 * Checks that parameters are finite, with turns of the event loop in between: there may be millions.
 *
 * @throws (as a rejection) RangeError `ERR_NOT_FINITE`
 */
export async function checkFiniteParams({ params, others = [] }: Pick<Model, 'params' | 'others'>): Promise<void> {
  for (const name of PARAMETERS) await checkFiniteNumbers(params[name], `params.${name}`);
  for (const [i, other] of others.entries()) {
    for (const name of PARAMETERS) await checkFiniteNumbers(other[name], `others[${i}].${name}`);
  }
}

/**
 * Checks that numbers to be written are finite, as {@link checkFiniteParams}.
 *
 * @throws (as a rejection) RangeError `ERR_NOT_FINITE`
 */
export async function checkFiniteNumbers(values: Reals, name: string): Promise<void> {
  const bad = await inTurns(findNonFinite(values));
  if (bad < 0) return;
  const message = `Expected finite numbers for ${name} but received ${values[bad]} at index ${bad}`;
  throw withCode(new RangeError(message), 'ERR_NOT_FINITE');
}

/** Checks for an array of this kind, with numbers of this shape. */
function checkNumbers(
  value: unknown,
  name: string,
  kind: 'Float32Array' | 'Float64Array',
  shape: readonly number[],
): void {
  if (!isArrayOf(value, kind)) throw wrongType(`a ${kind} for ${name}`, value);
  checkAttached(value, name);
  const count = shape.reduce((product, size) => product * size, 1);
  if (value.length !== count) throw wrongShape(`${count} numbers, shape ${describeShape(shape)}, for ${name}`, value);
}

function checkHistory(history: ModelHistory): void {
  if (!isObject(history)) throw wrongType('an object for history', history);
  for (const [key] of HISTORY_TENSORS) {
    const list: unknown = history[key];
    if (!Array.isArray(list)) throw wrongType(`an array of numbers for history.${key}`, list);
    const bad = list.findIndex((value) => typeof value !== 'number');
    if (bad >= 0) throw wrongType(`a number for history.${key}[${bad}]`, list[bad]);
  }
}

/**
 * Settings as JSON.
 *
 * @throws TypeError `ERR_INVALID_TYPE` for what is not an object in JSON
 */
export function settingsJson(settings: Readonly<Record<string, unknown>>): string {
  let json: string | undefined;
  try {
    json = JSON.stringify(settings);
  } catch (cause) {
    // A circular structure or a BigInt.
    const reason = messageOf(cause);
    throw withCode(new TypeError(`Expected settings that JSON can hold: ${reason}`, { cause }), 'ERR_INVALID_TYPE');
  }
  // A Date, for example, is an object in JavaScript and a string in JSON.
  if (!json?.startsWith('{')) throw wrongType('a plain object for settings', settings);
  return json;
}

import { checkAttached, checkNumber, checkOneOf, firstNonFinite } from '../validation/check.js';
import { describe, withCode, wrongShape, wrongType } from '../validation/errors.js';
import {
  describeShape,
  modelFileError,
  readSafetensors,
  type Tensor,
  writeSafetensors,
} from './formats/safetensors.js';

/*
 * A model file is a safetensors file (see safetensors.ts) with these tensors:
 *
 *   W1 (D, H), b1 (H), W2 (H, C), b2 (C)              the parameters, all F32 or all F64
 *   mean (D)                                          F64, optional
 *   history.loss, history.train_accuracy,
 *   history.validation_accuracy                       F64, one dimension, optional, all three or none
 *
 * and this metadata, all optional, so that a file of the four parameters from another program loads:
 *
 *   format            "two-layer-net"
 *   format_version    "1"; a file of that format and another version is refused
 *   computation       for the reader of the file: what the tensors are for
 *   class_names       JSON: C strings
 *   settings          JSON: an object
 *
 * Other tensors and metadata are ignored.
 */
const FORMAT = 'two-layer-net';
const FORMAT_VERSION = 1;
const PARAMS = ['W1', 'b1', 'W2', 'b2'] as const;
/** The tensor of each list of a {@link ModelHistory}. */
const HISTORY = {
  lossHistory: 'history.loss',
  trainAccHistory: 'history.train_accuracy',
  valAccHistory: 'history.validation_accuracy',
} as const;

/** The parameters of a net: row-major, all Float32Array or all Float64Array. */
export interface ModelParams {
  /** Weights of the hidden layer (D, H). */
  W1: Float32Array | Float64Array;
  /** Biases of the hidden layer (H). */
  b1: Float32Array | Float64Array;
  /** Weights of the scores (H, C). */
  W2: Float32Array | Float64Array;
  /** Biases of the scores (C). */
  b2: Float32Array | Float64Array;
}

/** What a training recorded. Numbers may be NaN. */
export interface ModelHistory {
  /** The loss of each iteration's batch. */
  readonly lossHistory: readonly number[];
  /** The accuracy on a training batch, 0 … 1, once per epoch. */
  readonly trainAccHistory: readonly number[];
  /** The accuracy on the validation rows, 0 … 1, once per epoch. */
  readonly valAccHistory: readonly number[];
}

/**
 * A trained net with all that its use needs: `scores = max(0, (x - mean) W1 + b1) W2 + b2`. A `TwoLayerNet` has the
 * required fields, and `TwoLayerNet.fromParams(model.params)` makes one again.
 *
 * @example
 * await saveModel('model.safetensors', { ...net, mean, classNames, history });
 * const model = await loadModel('model.safetensors');
 * const classes = TwoLayerNet.fromParams(model.params).predict(new Matrix(rows, model.inputSize, { mean: model.mean }));
 */
export interface Model {
  /** Finite numbers. A loaded model's arrays are its own: each owns its buffer, whole. */
  readonly params: ModelParams;
  /** D, numbers in a row of input; at least 1. */
  readonly inputSize: number;
  /** H, hidden units; at least 1. */
  readonly hiddenSize: number;
  /** C, classes; at least 1. */
  readonly numClasses: number;
  /**
   * The type of the parameters: Float32Array or Float64Array. `bfloat16` nets have float32 parameters, are written as
   * such and come back as float32.
   */
  readonly dtype: 'float32' | 'float64' | 'bfloat16';
  /** The mean row (D) that is subtracted from each row of input; finite numbers. Without it nothing is subtracted. */
  readonly mean?: Float64Array | undefined;
  /** The name of each class (C), in the order of the scores. */
  readonly classNames?: readonly string[];
  /** How it was trained: an object for JSON. What JSON cannot hold is dropped as by `JSON.stringify`. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** What its training recorded. */
  readonly history?: ModelHistory;
}

/**
 * Writes `model` to `file` in the safetensors format, which Python and others read too. The file is replaced whole or
 * not at all. The numbers written are those at the time of the call: the net may be trained on before the promise ends.
 *
 * @throws (as a rejection) TypeError `ERR_INVALID_TYPE`; RangeError `ERR_SHAPE` when lengths do not fit the sizes,
 * `ERR_OUT_OF_RANGE` for sizes below 1 and for names and settings of more than 10 MB, `ERR_NOT_FINITE` for a NaN or an
 * infinite parameter or mean; TypeError `ERR_DETACHED` when a parameter's buffer has been transferred; Error
 * `ERR_NOT_WRITABLE`
 */
export async function saveModel(file: string, model: Model): Promise<void> {
  checkModel(model);
  const tensors = new Map<string, Tensor>();
  const shapes = paramShapes(model.inputSize, model.hiddenSize, model.numClasses);
  for (const name of PARAMS) tensors.set(name, { data: model.params[name], shape: shapes[name] });
  if (model.mean) tensors.set('mean', { data: model.mean, shape: [model.inputSize] });
  for (const [key, name] of historyNames()) {
    const data = model.history && Float64Array.from(model.history[key]);
    if (data) tensors.set(name, { data, shape: [data.length] });
  }
  await writeSafetensors(file, tensors, metadataOf(model));
}

/**
 * Reads a model that {@link saveModel} has written, bit for bit, or another program's safetensors file with tensors W1
 * (D, H), b1 (H), W2 (H, C) and b2 (C). The file may be damaged or hostile.
 *
 * @throws (as a rejection) Error `ERR_MODEL_FILE` that says what was expected and what was found; TypeError
 * `ERR_INVALID_TYPE` when `file` is no string
 */
export async function loadModel(file: string): Promise<Model> {
  const wanted = [...PARAMS, 'mean', ...Object.values(HISTORY)];
  const { tensors, metadata, names } = await readSafetensors(file, wanted);
  checkVersion(file, metadata);
  const { params, inputSize, hiddenSize, numClasses } = takeParams(file, tensors, names);
  const mean = takeMean(file, tensors.get('mean'), inputSize);
  const classNames = takeClassNames(file, metadata.get('class_names'), numClasses);
  const settings = takeSettings(file, metadata.get('settings'));
  const history = takeHistory(file, tensors);
  return {
    params,
    inputSize,
    hiddenSize,
    numClasses,
    dtype: params.W1 instanceof Float32Array ? 'float32' : 'float64',
    ...(mean && { mean }),
    ...(classNames && { classNames }),
    ...(settings && { settings }),
    ...(history && { history }),
  };
}

function paramShapes(D: number, H: number, C: number): Record<keyof ModelParams, readonly number[]> {
  return { W1: [D, H], b1: [H], W2: [H, C], b2: [C] };
}

function historyNames(): [key: keyof ModelHistory, tensor: string][] {
  return Object.entries(HISTORY) as [keyof ModelHistory, string][];
}

function checkModel(model: Model): void {
  if (typeof model !== 'object' || model === null) throw wrongType('a model', model);
  const { inputSize, hiddenSize, numClasses, params, mean, classNames, settings, history } = model;
  checkNumber(inputSize, 'inputSize', { integer: true, min: 1 });
  checkNumber(hiddenSize, 'hiddenSize', { integer: true, min: 1 });
  checkNumber(numClasses, 'numClasses', { integer: true, min: 1 });
  const dtype = checkOneOf(model.dtype, 'dtype', ['float32', 'float64', 'bfloat16']);
  const type = dtype === 'float64' ? Float64Array : Float32Array;
  if (typeof params !== 'object' || params === null) throw wrongType('an object for params', params);
  const shapes = paramShapes(inputSize, hiddenSize, numClasses);
  for (const name of PARAMS) checkNumbers(params[name], `params.${name}`, type, shapes[name]);
  if (mean !== undefined) checkNumbers(mean, 'mean', Float64Array, [inputSize]);
  if (classNames !== undefined) checkClassNames(classNames, numClasses);
  if (settings !== undefined && !isObject(settings)) throw wrongType('a plain object for settings', settings);
  if (history !== undefined) checkHistory(history);
}

/** `value` must be an array of `type` with finite numbers of this shape. */
function checkNumbers(
  value: unknown,
  name: string,
  type: typeof Float32Array | typeof Float64Array,
  shape: readonly number[],
): void {
  if (!(value instanceof type)) throw wrongType(`a ${type.name} for ${name}`, value);
  checkAttached(value, name);
  const count = shape.reduce((product, size) => product * size, 1);
  if (value.length !== count) {
    const expected = `${count} numbers, shape ${describeShape(shape)}, for ${name}`;
    throw wrongShape(`${expected}`, value);
  }
  const bad = firstNonFinite(value);
  if (bad < 0) return;
  const message = `Expected finite numbers for ${name} but received ${value[bad]} at index ${bad}`;
  throw withCode(new RangeError(message), 'ERR_NOT_FINITE');
}

function checkClassNames(classNames: unknown, numClasses: number): void {
  if (!Array.isArray(classNames)) throw wrongType('an array of strings for classNames', classNames);
  const bad = classNames.findIndex((name) => typeof name !== 'string');
  if (bad >= 0) throw wrongType(`a string for classNames[${bad}]`, classNames[bad]);
  if (classNames.length !== numClasses) {
    throw withCode(
      new RangeError(`Expected ${numClasses} classNames, one for each class, but received ${classNames.length}`),
      'ERR_SHAPE',
    );
  }
}

function checkHistory(history: ModelHistory): void {
  if (!isObject(history)) throw wrongType('an object for history', history);
  for (const [key] of historyNames()) {
    const list: unknown = history[key];
    if (!Array.isArray(list)) throw wrongType(`an array of numbers for history.${key}`, list);
    const bad = list.findIndex((value) => typeof value !== 'number');
    if (bad >= 0) throw wrongType(`a number for history.${key}[${bad}]`, list[bad]);
  }
}

function metadataOf(model: Model): Map<string, string> {
  const input = model.mean ? '(x - mean)' : 'x';
  const metadata = new Map([
    ['format', FORMAT],
    ['format_version', String(FORMAT_VERSION)],
    ['computation', `scores = max(0, ${input} W1 + b1) W2 + b2; the class is the index of the largest score`],
  ]);
  if (model.classNames) metadata.set('class_names', JSON.stringify(model.classNames));
  if (model.settings) metadata.set('settings', stringifySettings(model.settings));
  return metadata;
}

function stringifySettings(settings: Readonly<Record<string, unknown>>): string {
  let json: string | undefined;
  try {
    json = JSON.stringify(settings);
  } catch (cause) {
    // A circle or a BigInt.
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw withCode(new TypeError(`Expected settings that JSON can hold: ${reason}`, { cause }), 'ERR_INVALID_TYPE');
  }
  // A Date, say, is an object to JavaScript and a string to JSON.
  if (!json?.startsWith('{')) throw wrongType('a plain object for settings', settings);
  return json;
}

function checkVersion(file: string, metadata: ReadonlyMap<string, string>): void {
  if (metadata.get('format') !== FORMAT) return;
  const version = metadata.get('format_version');
  if (version === String(FORMAT_VERSION)) return;
  const newer =
    Number(version) > FORMAT_VERSION ? '; it was written by a newer version of this package: update it' : '';
  throw modelFileError(
    file,
    `expected format_version ${FORMAT_VERSION} of ${FORMAT}, found ${describe(version)}${newer}`,
  );
}

function takeParams(
  file: string,
  tensors: ReadonlyMap<string, Tensor>,
  names: readonly string[],
): Pick<Model, 'params' | 'inputSize' | 'hiddenSize' | 'numClasses'> {
  const take = (name: keyof ModelParams): Tensor => {
    const tensor = tensors.get(name);
    if (tensor) return tensor;
    const found = names.slice(0, 8).map(describe).join(', ') + (names.length > 8 ? ', ...' : '');
    throw modelFileError(
      file,
      `expected tensors W1, b1, W2 and b2, found no ${name} but ${found || 'no tensor at all'}`,
    );
  };
  const found = { W1: take('W1'), b1: take('b1'), W2: take('W2'), b2: take('b2') };
  checkParams(file, found);
  const [inputSize, hiddenSize] = found.W1.shape;
  return {
    params: { W1: found.W1.data, b1: found.b1.data, W2: found.W2.data, b2: found.b2.data },
    inputSize,
    hiddenSize,
    numClasses: found.W2.shape[1],
  };
}

/** Shapes must fit each other, the type be one, and the numbers finite. */
function checkParams(file: string, found: Readonly<Record<keyof ModelParams, Tensor>>): void {
  for (const name of ['W1', 'W2'] as const) {
    const { shape } = found[name];
    if (shape.length !== 2 || shape.includes(0)) {
      throw modelFileError(file, `expected two sizes of at least 1 for tensor ${name}, found ${describeShape(shape)}`);
    }
  }
  const [inputSize, hiddenSize] = found.W1.shape;
  const shapes = paramShapes(inputSize, hiddenSize, found.W2.shape[1]);
  for (const name of PARAMS) {
    const { data, shape } = found[name];
    if (!sameShape(shape, shapes[name])) {
      const all = PARAMS.map((each) => `${each} ${describeShape(found[each].shape)}`).join(', ');
      const expected = `shape ${describeShape(shapes[name])} for tensor ${name}`;
      throw modelFileError(file, `expected ${expected}, found ${describeShape(shape)} among ${all}`);
    }
    if (data.constructor !== found.W1.data.constructor) {
      const all = PARAMS.map((each) => `${each} ${found[each].data instanceof Float32Array ? 'F32' : 'F64'}`).join(
        ', ',
      );
      throw modelFileError(file, `expected one dtype for all parameters, found ${all}`);
    }
    checkFinite(file, name, data);
  }
}

function takeMean(file: string, tensor: Tensor | undefined, inputSize: number): Float64Array | undefined {
  if (tensor === undefined) return undefined;
  if (!sameShape(tensor.shape, [inputSize])) {
    throw modelFileError(file, `expected shape (${inputSize}) for tensor mean, found ${describeShape(tensor.shape)}`);
  }
  checkFinite(file, 'mean', tensor.data);
  return tensor.data instanceof Float64Array ? tensor.data : Float64Array.from(tensor.data);
}

function takeHistory(file: string, tensors: ReadonlyMap<string, Tensor>): ModelHistory | undefined {
  const names = Object.values(HISTORY);
  if (!names.some((name) => tensors.has(name))) return undefined;
  const take = (name: string): number[] => {
    const tensor = tensors.get(name);
    if (tensor?.shape.length === 1) return Array.from(tensor.data);
    const found = tensor ? `shape ${describeShape(tensor.shape)}` : 'none';
    throw modelFileError(file, `expected a tensor ${name} of one dimension beside ${names.join(', ')}, found ${found}`);
  };
  return {
    lossHistory: take(HISTORY.lossHistory),
    trainAccHistory: take(HISTORY.trainAccHistory),
    valAccHistory: take(HISTORY.valAccHistory),
  };
}

function takeClassNames(file: string, json: string | undefined, numClasses: number): string[] | undefined {
  if (json === undefined) return undefined;
  const names = parseJson(file, 'class_names', json);
  if (Array.isArray(names) && names.length === numClasses && names.every((name) => typeof name === 'string'))
    return names;
  const found = Array.isArray(names) ? `an array of ${names.length}` : 'something else';
  throw modelFileError(file, `expected a JSON array of ${numClasses} strings for class_names, found ${found}`);
}

function takeSettings(file: string, json: string | undefined): Record<string, unknown> | undefined {
  if (json === undefined) return undefined;
  const settings = parseJson(file, 'settings', json);
  if (isObject(settings)) return settings;
  throw modelFileError(file, 'expected a JSON object for settings, found other JSON');
}

function parseJson(file: string, name: string, json: string): unknown {
  try {
    // A "__proto__" would change the prototype of whatever the settings are assigned to.
    return JSON.parse(json, (key, value: unknown) => (key === '__proto__' ? undefined : value));
  } catch (cause) {
    throw modelFileError(file, `expected JSON for ${name} of the metadata, found ${describe(json)}`, cause);
  }
}

function checkFinite(file: string, name: string, data: Float32Array | Float64Array): void {
  const bad = firstNonFinite(data);
  if (bad < 0) return;
  throw modelFileError(file, `expected finite numbers for tensor ${name}, found ${data[bad]} at index ${bad}`);
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, i) => size === b[i]);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

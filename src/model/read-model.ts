/** What a model file holds, checked: nothing in it is trusted. */
import type { ParameterArrays } from '../../binding.js';
import { repeatedKey } from '../data/files/repeated-key.js';
import { labelOf } from '../data/labels.js';
import { describeShape } from '../data/safetensors/header.js';
import { checkColumns } from '../data/tables/column.js';
import { parseJson } from '../platform/parse-json.js';
import { inTurns } from '../platform/turns.js';
import { isObject } from '../validation/check.js';
import { describe } from '../validation/errors.js';
import { checkImageShape } from '../validation/image-shape.js';
import { messageOf } from '../validation/kinds.js';
import { PARAMETERS, type ParameterName, parameterShapes } from '../validation/parameters.js';
import { isArrayOf } from '../validation/typed-arrays.js';
import { findNonFinite } from './find-non-finite.js';
import type { Tensor } from './formats/tensor.js';
import { CHECKPOINT_FORMAT, FORMAT, FORMAT_VERSION, HISTORY, nameInNet } from './layout.js';
import { modelFileError } from './model-file-error.js';
import { LABEL_TYPES, type LabelType, type Model, type ModelHistory } from './model-types.js';

/**
 * The model of these tensors, by the names of layout.ts, and metadata.
 *
 * @param names - those that the file has, for error messages
 */
export async function modelFrom(
  file: string,
  tensors: ReadonlyMap<string, Tensor>,
  metadata: ReadonlyMap<string, string>,
  names: readonly string[],
): Promise<Model> {
  checkVersion(file, metadata);
  const { params, inputSize, hiddenSize, numClasses } = await takeParams(file, tensors, names);
  const others = await takeOthers(file, tensors, { inputSize, hiddenSize, numClasses });
  const mean = await takeRow(file, 'mean', tensors.get('mean'), inputSize);
  const scale = await takeScale(file, tensors.get('scale'), mean, inputSize);
  const classNames = takeClassNames(file, metadata.get('class_names'), numClasses);
  const labelType = takeLabelType(file, metadata.get('label_type'), classNames);
  const columns = takeChecked(
    file,
    { key: 'columns', json: metadata.get('columns'), expected: 'columns as a data set has them, found others' },
    (value) => checkColumns(value, inputSize),
  );
  const imageShape = takeChecked(
    file,
    { key: 'image_shape', json: metadata.get('image_shape'), expected: 'an image_shape for its rows, found another' },
    (value) => checkImageShape(value, inputSize),
  );
  const settings = takeSettings(file, metadata.get('settings'));
  const history = takeHistory(file, tensors);
  return {
    params,
    ...(others.length > 0 && { others }),
    inputSize,
    hiddenSize,
    numClasses,
    dtype: dtypeOf(params),
    ...(mean && { mean }),
    ...(scale && { scale }),
    ...(classNames && { classNames }),
    ...(labelType && { labelType }),
    ...(columns && { columns }),
    ...(imageShape && { imageShape }),
    ...(settings && { settings }),
    ...(history && { history }),
  };
}

/** Refuses a file in a version of this package's format that it does not know. */
function checkVersion(file: string, metadata: ReadonlyMap<string, string>): void {
  if (metadata.get('format') === CHECKPOINT_FORMAT) {
    throw modelFileError(
      file,
      'expected a model, found the checkpoint of a training: go on with the training (train --resume, or the option ' +
        'resume) and save its model, or read it with loadCheckpoint',
    );
  }
  if (metadata.get('format') !== FORMAT) return;
  const version = metadata.get('format_version');
  if (version === String(FORMAT_VERSION)) return;
  const newer =
    Number(version) > FORMAT_VERSION
      ? '; the file was written by a newer version of this package: update the package'
      : '';
  throw modelFileError(
    file,
    `expected format_version ${FORMAT_VERSION} of ${FORMAT}, found ${describe(version)}${newer}`,
  );
}

/** The four parameter arrays, which every model has, and the sizes that their shapes give. */
async function takeParams(
  file: string,
  tensors: ReadonlyMap<string, Tensor>,
  names: readonly string[],
): Promise<Pick<Model, 'params' | 'inputSize' | 'hiddenSize' | 'numClasses'>> {
  const take = (name: ParameterName): Tensor => {
    const tensor = tensors.get(name);
    if (tensor) return tensor;
    const found = names.slice(0, 8).map(describe).join(', ') + (names.length > 8 ? ', ...' : '');
    throw modelFileError(
      file,
      `expected tensors W1, b1, W2 and b2, found no ${name} but ${found || 'no tensor at all'}`,
    );
  };
  const found = { W1: take('W1'), b1: take('b1'), W2: take('W2'), b2: take('b2') };
  checkShapesAndTypes(file, found);
  for (const name of PARAMETERS) await checkFinite(file, name, found[name].data);
  const [inputSize, hiddenSize] = found.W1.shape;
  return {
    params: { W1: found.W1.data, b1: found.b1.data, W2: found.W2.data, b2: found.b2.data },
    inputSize,
    hiddenSize,
    numClasses: found.W2.shape[1],
  };
}

/** The parameters of the further nets of an ensemble, each of the sizes and the dtype of the first. */
async function takeOthers(
  file: string,
  tensors: ReadonlyMap<string, Tensor>,
  { inputSize, hiddenSize, numClasses }: Pick<Model, 'inputSize' | 'hiddenSize' | 'numClasses'>,
): Promise<ParameterArrays[]> {
  const others: ParameterArrays[] = [];
  const names = [...tensors.keys()];
  for (let net = 2; names.some((name) => name.startsWith(`net${net}.`)); net++) {
    const own = PARAMETERS.flatMap((name) => {
      const tensor = tensors.get(nameInNet(net, name));
      return tensor ? [[name, tensor] as const] : [];
    });
    const found = await takeParams(file, new Map(own), names);
    const same = found.inputSize === inputSize && found.hiddenSize === hiddenSize && found.numClasses === numClasses;
    if (
      !same ||
      dtypeOf(found.params) !== dtypeOf({ ...found.params, W1: tensors.get('W1')?.data ?? found.params.W1 })
    ) {
      throw modelFileError(file, `expected the sizes and the dtype of W1, b1, W2 and b2 for net${net}, found others`);
    }
    others.push(found.params);
  }
  return others;
}

/** Checks that the shapes fit each other and that all are of one type. */
function checkShapesAndTypes(file: string, found: Readonly<Record<ParameterName, Tensor>>): void {
  for (const name of ['W1', 'W2'] as const) {
    const { shape } = found[name];
    if (shape.length !== 2 || shape.includes(0)) {
      throw modelFileError(file, `expected two sizes of at least 1 for tensor ${name}, found ${describeShape(shape)}`);
    }
  }
  const [inputSize, hiddenSize] = found.W1.shape;
  const shapes = parameterShapes({ inputSize, hiddenSize, numClasses: found.W2.shape[1] });
  for (const name of PARAMETERS) {
    const { data, shape } = found[name];
    if (!sameShape(shape, shapes[name])) {
      const all = PARAMETERS.map((each) => `${each} ${describeShape(found[each].shape)}`).join(', ');
      const expected = `shape ${describeShape(shapes[name])} for tensor ${name}`;
      throw modelFileError(file, `expected ${expected}, found ${describeShape(shape)} among ${all}`);
    }
    if (data.constructor !== found.W1.data.constructor) {
      const all = PARAMETERS.map(
        (each) => `${each} ${isArrayOf(found[each].data, 'Float32Array') ? 'F32' : 'F64'}`,
      ).join(', ');
      throw modelFileError(file, `expected one dtype for all parameters, found ${all}`);
    }
  }
}

/** The dtype of parameters that were read. */
function dtypeOf({ W1 }: ParameterArrays): 'float32' | 'float64' {
  return isArrayOf(W1, 'Float32Array') ? 'float32' : 'float64';
}

/** A row of D numbers as float64; undefined if the file has none. */
async function takeRow(
  file: string,
  name: string,
  tensor: Tensor | undefined,
  inputSize: number,
): Promise<Float64Array | undefined> {
  if (tensor === undefined) return undefined;
  if (!sameShape(tensor.shape, [inputSize])) {
    throw modelFileError(
      file,
      `expected shape (${inputSize}) for tensor ${name}, found ${describeShape(tensor.shape)}`,
    );
  }
  await checkFinite(file, name, tensor.data);
  return isArrayOf(tensor.data, 'Float64Array') ? tensor.data : Float64Array.from(tensor.data);
}

/** The scale (D) of a model with a mean; undefined if the file has none. */
async function takeScale(
  file: string,
  tensor: Tensor | undefined,
  mean: Float64Array | undefined,
  inputSize: number,
): Promise<Float64Array | undefined> {
  const scale = await takeRow(file, 'scale', tensor, inputSize);
  if (scale === undefined) return undefined;
  if (!mean) throw modelFileError(file, 'expected a tensor mean beside scale, found none');
  const bad = scale.findIndex((value) => value <= 0);
  if (bad < 0) return scale;
  throw modelFileError(file, `expected numbers above 0 for tensor scale, found ${scale[bad]} at index ${bad}`);
}

/** The type of labels in the metadata; undefined if there is none. */
function takeLabelType(
  file: string,
  text: string | undefined,
  classNames: readonly string[] | undefined,
): LabelType | undefined {
  if (text === undefined) return undefined;
  const type = LABEL_TYPES.find((known) => known === text);
  if (!type)
    throw modelFileError(file, `expected one of ${LABEL_TYPES.join(', ')} for label_type, found ${describe(text)}`);
  const bad = classNames?.find((name) => labelOf(name, type) === undefined);
  if (bad === undefined) return type;
  throw modelFileError(file, `expected class names that are of type ${type}, found ${describe(bad)}`);
}

/** What `check` makes of JSON in the metadata; undefined if there is none. It throws for what does not fit. */
function takeChecked<T>(
  file: string,
  { key, json, expected }: { key: string; json: string | undefined; expected: string },
  check: (value: unknown) => T,
): T | undefined {
  if (json === undefined) return undefined;
  const value = jsonOf(file, key, json);
  try {
    return check(value);
  } catch (cause) {
    throw modelFileError(file, `expected ${expected}: ${(cause as Error).message}`, cause);
  }
}

/** The history; undefined if the file has none of its tensors. All three belong together. */
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

/** The class names (C) in the metadata; undefined if there are none. */
function takeClassNames(file: string, json: string | undefined, numClasses: number): string[] | undefined {
  if (json === undefined) return undefined;
  const names = jsonOf(file, 'class_names', json);
  if (Array.isArray(names) && names.length === numClasses && names.every((name) => typeof name === 'string'))
    return names;
  const found = Array.isArray(names) ? `an array of ${names.length}` : 'something else';
  throw modelFileError(file, `expected a JSON array of ${numClasses} strings for class_names, found ${found}`);
}

/** The settings in the metadata; undefined if there are none. */
function takeSettings(file: string, json: string | undefined): Record<string, unknown> | undefined {
  if (json === undefined) return undefined;
  const settings = jsonOf(file, 'settings', json);
  if (isObject(settings)) return settings;
  throw modelFileError(file, 'expected a JSON object for settings, found other JSON');
}

function jsonOf(file: string, name: string, json: string): unknown {
  let value: unknown;
  try {
    // A "__proto__" would change the prototype of whatever the settings are assigned to.
    value = parseJson(json, (key, value: unknown) => (key === '__proto__' ? undefined : value));
  } catch (cause) {
    throw modelFileError(
      file,
      `expected JSON for ${name} of the metadata, found ${describe(json)}: ${messageOf(cause)}`,
      cause,
    );
  }
  const twice = repeatedKey(json);
  if (twice === undefined) return value;
  throw modelFileError(file, `expected different keys in ${name} of the metadata, found ${describe(twice)} twice`);
}

async function checkFinite(file: string, name: string, data: Float32Array | Float64Array): Promise<void> {
  const bad = await inTurns(findNonFinite(data));
  if (bad < 0) return;
  throw modelFileError(file, `expected finite numbers for tensor ${name}, found ${data[bad]} at index ${bad}`);
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, i) => size === b[i]);
}

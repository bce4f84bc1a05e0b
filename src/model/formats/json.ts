import { countOf } from '../../data/arrays/stored-array.js';
import { repeatedKey } from '../../data/files/repeated-key.js';
import { parseJson } from '../../platform/parse-json.js';
import { giveTurn, inTurns } from '../../platform/turns.js';
import { DTYPES } from '../../training/settings.js';
import { isObject } from '../../validation/check.js';
import { describe, withCode } from '../../validation/errors.js';
import { messageOf } from '../../validation/kinds.js';
import { PARAMETERS } from '../../validation/parameters.js';
import { settingsJson } from '../check-model.js';
import { FORMAT, FORMAT_VERSION, HISTORY } from '../layout.js';
import { checkReadable } from '../metadata.js';
import { type ModelFile, readStart } from '../model-file.js';
import { modelFileError } from '../model-file-error.js';
import type { Model } from '../model-types.js';
import { modelFrom } from '../read-model.js';
import type { ModelFormat } from './format.js';
import { type ApartNumbers, isLong, numberOf, numbersApart } from './json-numbers.js';
import { tensorsOf } from './safetensors-model.js';
import type { Tensor } from './tensor.js';

/** The longest file that is written or read, in bytes: as long as the most numbers can be. */
const MAX_BYTES = 80_000_000;
/** The most numbers that are written or read: a file that is refused takes its own size and 64 MiB at most. */
const MAX_NUMBERS = 3_000_000;
/** Bytes of a number that is read: as float64, and then as float32. */
const NUMBER_BYTES = 12;

/**
 * JSON, for small nets: an object of `format`, `format_version`, `dtype`, each tensor of layout.ts by its name as
 * {"shape": […], "data": […]}, and `class_names`, `label_type`, `columns`, `image_shape` and
 * `settings`. A number of a history that is
 * NaN or infinite is a text.
 */
export const JSON_FORMAT: ModelFormat = {
  name: 'JSON',
  extension: '.json',
  options: [],
  recognises: (head) => head[0] === 0x7b && head.every((byte) => byte !== 0),
  async encode(model) {
    const fields: [string, string][] = [
      ['format', JSON.stringify(FORMAT)],
      ['format_version', JSON.stringify(String(FORMAT_VERSION))],
      ['dtype', JSON.stringify(model.dtype === 'float64' ? 'float64' : 'float32')],
    ];
    if (model.classNames) fields.push(['class_names', JSON.stringify(model.classNames)]);
    if (model.labelType) fields.push(['label_type', JSON.stringify(model.labelType)]);
    if (model.columns) fields.push(['columns', JSON.stringify(model.columns)]);
    if (model.imageShape) fields.push(['image_shape', JSON.stringify(model.imageShape)]);
    if (model.settings) fields.push(['settings', settingsJson(model.settings)]);
    const tensors = tensorsOf(model);
    const numbers = [...tensors.values()].reduce((sum, { data }) => sum + data.length, 0);
    if (numbers > MAX_NUMBERS) throw tooLarge();
    const short = [...fields];
    for (const [name, { data, shape }] of tensors) {
      const text = await numbersText(data);
      fields.push([name, `{"shape":${JSON.stringify(shape)},"data":[${text}]}`]);
      if (!isLong(text.length)) short.push(fields[fields.length - 1]);
    }
    checkReadable('names, columns and settings', objectOf(short), NUMBER_BYTES * numbers);
    const all = objectOf(fields);
    if (Buffer.byteLength(all) > MAX_BYTES) throw tooLarge();
    return [all];
  },
  read,
};

function objectOf(fields: readonly (readonly [name: string, json: string])[]): string {
  return `{\n${fields.map(([name, json]) => `${JSON.stringify(name)}:${json}`).join(',\n')}\n}\n`;
}

function tooLarge(): Error {
  const message =
    `Expected a net of at most ${MAX_NUMBERS} numbers and ${MAX_BYTES} bytes as JSON but it is larger: save it as ` +
    '.safetensors';
  return withCode(new RangeError(message), 'ERR_OUT_OF_RANGE');
}

/** Numbers of a piece of text: some milliseconds. */
const PIECE = 2 ** 12;

async function numbersText(data: Float32Array | Float64Array): Promise<string> {
  const pieces: string[] = [];
  for (let from = 0; from < data.length; from += PIECE) {
    pieces.push(Array.from(data.subarray(from, from + PIECE), numberText).join());
    await giveTurn();
  }
  return pieces.join();
}

/** A number as JSON; those that JSON lacks as text. */
function numberText(value: number): string {
  if (Object.is(value, -0)) return '-0';
  return Number.isFinite(value) ? String(value) : `"${value}"`;
}

const TENSORS: readonly string[] = [...PARAMETERS, 'mean', 'scale', ...Object.values(HISTORY)];

async function read(file: ModelFile): Promise<Model> {
  const { path, size } = file;
  if (size > MAX_BYTES) throw modelFileError(path, `expected at most ${MAX_BYTES} bytes of JSON, found ${size}`);
  const { rest, arrays, count } = await inTurns(numbersApart(await readStart(file), MAX_NUMBERS));
  const json = parse(path, rest, NUMBER_BYTES * count);
  const { format, dtype } = json;
  if (format !== FORMAT) throw modelFileError(path, `expected the format ${FORMAT} in JSON, found ${describe(format)}`);
  if (dtype !== 'float32' && dtype !== 'float64') {
    throw modelFileError(
      path,
      `expected one of ${DTYPES.slice(0, 2).join(' and ')} for dtype, found ${describe(dtype)}`,
    );
  }
  const tensors = new Map<string, Tensor>();
  for (const [name, value] of Object.entries(json)) {
    if (TENSORS.includes(name)) tensors.set(name, takeTensor(path, name, value, { dtype, arrays }));
    else if (!FIELDS.includes(name))
      throw modelFileError(path, `expected no field ${describe(name)} in JSON, found one`);
  }
  const metadata = new Map<string, string>([['format', FORMAT]]);
  for (const name of ['format_version', 'label_type']) {
    const text = json[name];
    if (text !== undefined) metadata.set(name, typeof text === 'string' ? text : JSON.stringify(text));
  }
  for (const name of ['class_names', 'columns', 'image_shape', 'settings']) {
    if (json[name] !== undefined) metadata.set(name, JSON.stringify(json[name]));
  }
  return modelFrom(path, tensors, metadata, [...tensors.keys()]);
}

function parse(path: string, bytes: Buffer, taken: number): Record<string, unknown> {
  let twice: string | undefined;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const json: unknown = parseJson(text, undefined, taken);
    twice = repeatedKey(text);
    if (isObject(json) && twice === undefined) return json;
  } catch (cause) {
    const reason = messageOf(cause);
    throw modelFileError(path, `expected a JSON object, found invalid JSON: ${reason}`, cause);
  }
  const found = twice === undefined ? 'other JSON' : `one with the key ${describe(twice)} twice`;
  throw modelFileError(path, `expected a JSON object, found ${found}`);
}

/** The fields that are not tensors. */
const FIELDS = ['format', 'format_version', 'dtype', 'class_names', 'label_type', 'columns', 'image_shape', 'settings'];

const HISTORY_NAMES: readonly string[] = Object.values(HISTORY);

function takeTensor(
  path: string,
  name: string,
  value: unknown,
  { dtype, arrays }: Pick<ApartNumbers, 'arrays'> & { dtype: string },
): Tensor {
  const fail = (expected: string) => modelFileError(path, `expected ${expected} for ${describe(name)}, found others`);
  if (!isObject(value)) throw fail('an object of shape and data');
  const { shape, data } = value;
  if (!Array.isArray(shape) || !shape.every((size) => Number.isSafeInteger(size) && size >= 0)) {
    throw fail('a shape of non-negative integers');
  }
  const numbers = arrays.get(data) ?? (Array.isArray(data) ? data.map(numberOf) : []);
  const given = arrays.has(data) || Array.isArray(data);
  if (!given || numbers.length !== countOf(shape)) throw fail(`numbers for the shape (${shape.join(', ')})`);
  const bad = numbers.indexOf(undefined as never);
  if (bad >= 0) throw modelFileError(path, `expected a number for ${describe(name)} at index ${bad}, found other JSON`);
  const double = dtype === 'float64' || name === 'mean' || name === 'scale' || HISTORY_NAMES.includes(name);
  if (double) return { data: arrays.get(data) ?? Float64Array.from(numbers as number[]), shape };
  return { data: Float32Array.from(numbers as number[]), shape };
}

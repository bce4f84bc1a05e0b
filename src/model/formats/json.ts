import { countOf } from '../../data/arrays/stored-array.js';
import { repeatedKey } from '../../data/files/repeated-key.js';
import { parseJson } from '../../platform/parse-json.js';
import { giveTurn } from '../../platform/turns.js';
import { DTYPES } from '../../training/settings.js';
import { isObject } from '../../validation/check.js';
import { describe, withCode } from '../../validation/errors.js';
import { messageOf } from '../../validation/kinds.js';
import { PARAMETERS } from '../../validation/parameters.js';
import { settingsJson } from '../check-model.js';
import { FORMAT, FORMAT_VERSION, HISTORY } from '../layout.js';
import { type ModelFile, readStart } from '../model-file.js';
import { modelFileError } from '../model-file-error.js';
import type { Model } from '../model-types.js';
import { modelFrom } from '../read-model.js';
import type { ModelFormat } from './format.js';
import { tensorsOf } from './safetensors-model.js';
import type { Tensor } from './tensor.js';

/** The longest file that is written or read, in bytes. A larger one keeps JSON.parse busy for too long. */
const MAX_BYTES = 10_000_000;
/** The most numbers of a net that is written: `parseJson` takes somewhat more. */
const MAX_NUMBERS = 1_000_000;

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
    for (const [name, { data, shape }] of tensors) {
      const text = await numbersText(data);
      fields.push([name, `{"shape":${JSON.stringify(shape)},"data":[${text}]}`]);
    }
    const lines = fields.map(([name, text]) => `${JSON.stringify(name)}:${text}`);
    const all = `{\n${lines.join(',\n')}\n}\n`;
    if (Buffer.byteLength(all) > MAX_BYTES) throw tooLarge();
    return [all];
  },
  read,
};

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
  const json = parse(path, await readStart(file));
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
    if (TENSORS.includes(name)) tensors.set(name, takeTensor(path, name, value, dtype));
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

function parse(path: string, bytes: Buffer): Record<string, unknown> {
  let twice: string | undefined;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const json: unknown = parseJson(text);
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

function takeTensor(path: string, name: string, value: unknown, dtype: string): Tensor {
  const fail = (expected: string) => modelFileError(path, `expected ${expected} for ${describe(name)}, found others`);
  if (!isObject(value)) throw fail('an object of shape and data');
  const { shape: sizes, data } = value;
  if (!Array.isArray(sizes) || !sizes.every((size) => Number.isSafeInteger(size) && size >= 0)) {
    throw fail('a shape of non-negative integers');
  }
  if (!Array.isArray(data) || data.length !== countOf(sizes)) throw fail(`numbers for the shape (${sizes.join(', ')})`);
  const numbers = data.map((value) => (['NaN', 'Infinity', '-Infinity'].includes(value) ? Number(value) : value));
  const bad = numbers.findIndex((value) => typeof value !== 'number');
  if (bad >= 0) throw modelFileError(path, `expected a number for ${describe(name)} at index ${bad}, found other JSON`);
  const double = dtype === 'float64' || name === 'mean' || name === 'scale' || HISTORY_NAMES.includes(name);
  return { data: double ? Float64Array.from(numbers) : Float32Array.from(numbers), shape: sizes };
}

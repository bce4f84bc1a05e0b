import { readTexts } from '../../data/arrays/read-texts.js';
import { readNumbers, type StoredArray } from '../../data/arrays/stored-array.js';
import type { ArrayToWrite } from '../../data/arrays/write-npy.js';
import { npzChunks } from '../../data/arrays/write-npz.js';
import { isZip, listZip } from '../../data/files/zip.js';
import { zippedArray } from '../../data/formats/npz.js';
import { hasCode } from '../../validation/kinds.js';
import { isArrayOf } from '../../validation/typed-arrays.js';
import { METADATA_NAMES, TENSOR_NAMES } from '../layout.js';
import { metadataOf } from '../metadata.js';
import type { ModelFile } from '../model-file.js';
import { modelFileError } from '../model-file-error.js';
import { modelFrom } from '../read-model.js';
import type { ModelFormat } from './format.js';
import { tensorsOf } from './safetensors-model.js';
import type { Tensor } from './tensor.js';

/** The most bytes of a text in an archive. */
const MAX_TEXT_BYTES = 40_000_000;

/**
 * An archive of arrays, as `numpy.savez` writes them and `numpy.load` reads them without pickles: the tensors of
 * layout.ts by their names, and each entry of the metadata as an array of one text, without dimensions. `class_names`
 * of another program may also be C texts.
 */
export const NPZ: ModelFormat = {
  name: 'npz',
  extension: '.npz',
  options: [],
  recognises: isZip,
  async encode(model) {
    const arrays: ArrayToWrite[] = [];
    for (const [key, { shape, data }] of tensorsOf(model)) arrays.push({ key, shape, data });
    for (const [key, text] of metadataOf(model)) arrays.push({ key, shape: [], data: [text] });
    return npzChunks(arrays);
  },
  async read(file) {
    try {
      return await readArchive(file);
    } catch (error) {
      if (!hasCode(error, 'ERR_DATA_FILE')) throw error;
      throw modelFileError(file.path, error.message, error);
    }
  },
};

async function readArchive(file: ModelFile) {
  const tensors = new Map<string, Tensor>();
  const metadata = new Map<string, string>();
  const names: string[] = [];
  for (const entry of await listZip(file)) {
    const key = entry.name.replace(/\.npy$/, '');
    if (names.includes(key)) throw modelFileError(file.path, `expected one array ${key}, found two`);
    names.push(key);
    if (TENSOR_NAMES.includes(key)) tensors.set(key, await tensorOf(await zippedArray(key, entry, file.path)));
    if (METADATA_NAMES.includes(key)) metadata.set(key, await textOf(await zippedArray(key, entry, file.path), file));
  }
  return modelFrom(file.path, tensors, metadata, names);
}

async function tensorOf(array: StoredArray): Promise<Tensor> {
  const numbers = await readNumbers(array, { finite: false });
  // Integers and halves are read, too.
  const data = isArrayOf(numbers, 'Uint8Array') ? Float32Array.from(numbers) : numbers;
  return { data, shape: array.shape };
}

async function textOf(array: StoredArray, { path }: ModelFile): Promise<string> {
  const { key, kind, width, shape } = array;
  const listed = key === 'class_names' && shape.length === 1;
  if ((kind !== 'U' && kind !== 'S') || !(shape.length === 0 || listed)) {
    throw modelFileError(path, `expected a text for ${key}, found an array of another kind`);
  }
  const count = shape[0] ?? 1;
  if (count * width > MAX_TEXT_BYTES) {
    throw modelFileError(path, `expected at most ${MAX_TEXT_BYTES} bytes of text for ${key}, found ${count * width}`);
  }
  const texts = await readTexts(array);
  return listed ? JSON.stringify(texts) : texts[0];
}

/** A file of the Python versions: a dictionary of pictures, labels and file names. */
import { inTurns, turnTaker } from '../../../platform/turns.js';
import type { ByteReader } from '../../files/byte-reader.js';
import { unpickle } from '../../pickle/unpickle.js';
import { type Pickled, PickledArray, PickledDictionary, textOf } from '../../pickle/values.js';
import { IMAGE_BYTES, type Pictures, unpackRecords } from '../cifar10-layout.js';
import { dataFileError } from '../data-file-error.js';
import type { CifarLabels } from './version.js';

/** Pictures that are unpacked between turns of the event loop. */
const PICTURES_PER_PIECE = 256;

/** The dictionary of a pickle of `size` bytes. Its bytes are views of the file in memory, which nothing else uses. */
export async function readDictionary(reader: ByteReader, size: number): Promise<PickledDictionary> {
  const bytes = await reader.bytes(size, 'a pickle');
  await reader.end();
  const value = await inTurns(unpickle(bytes, (expected, found, at) => reader.error(expected, found, at)));
  if (value instanceof PickledDictionary) return value;
  throw dataFileError(`Expected a dictionary in ${reader.name} but found another value`);
}

/**
 * The pictures of a batch: `data`, bytes of shape (N, 3072), plane by plane; with `labels`, or `fine_labels` and
 * `coarse_labels`. They take the place of the file in memory.
 *
 * @param classes - C: labels are 0 … C − 1
 * @throws Error `ERR_DATA_FILE`
 */
export async function readPickledBatch(
  reader: ByteReader,
  size: number,
  kind: CifarLabels,
  classes: number,
): Promise<Pictures> {
  const { entries } = await readDictionary(reader, size);
  const data = entries.get('data');
  const labels = entries.get('labels') ?? entries.get(`${kind}_labels`);
  if (!(data instanceof PickledArray) || !isPlanes(data)) {
    const found = data instanceof PickledArray ? `${data.type} of shape (${data.shape.join(', ')})` : 'no such array';
    throw dataFileError(`Expected bytes of shape (N, ${IMAGE_BYTES}) as data in ${reader.name} but found ${found}`);
  }
  const N = data.shape[0];
  const source = data.data as Buffer;
  const pictures = inPlace(source, labelBytes(labels, N, classes, reader.name));
  const planes = new Uint8Array(PICTURES_PER_PIECE * IMAGE_BYTES);
  const turn = turnTaker();
  for (let done = 0; done < N; done += PICTURES_PER_PIECE) {
    const count = Math.min(PICTURES_PER_PIECE, N - done);
    // Pictures begin before their planes in the same memory, and overwrite those of earlier ones.
    planes.set(source.subarray(done * IMAGE_BYTES, (done + count) * IMAGE_BYTES));
    unpackRecords(planes, count, pictures, done, { labelBytes: 0, label: 0 });
    await turn();
  }
  return pictures;
}

function isPlanes({ type, shape: [N, columns, ...more], columnMajor, data }: PickledArray): boolean {
  const bytes = type === 'u1' && !columnMajor && more.length === 0;
  return bytes && N > 0 && columns === IMAGE_BYTES && data?.length === N * IMAGE_BYTES;
}

/** Pictures at the beginning of the memory that holds their planes, where words can be written. */
function inPlace({ buffer, length }: Buffer, labels: Uint8Array): Pictures {
  return { pixels: new Uint8Array(buffer, 0, length), words: new Uint32Array(buffer, 0, length / 4), labels };
}

function labelBytes(labels: Pickled | undefined, N: number, classes: number, name: string): Uint8Array {
  if (!Array.isArray(labels) || labels.length !== N) {
    const found = Array.isArray(labels) ? `${labels.length}` : 'no list';
    throw dataFileError(`Expected ${N} labels, one per picture, in ${name} but found ${found}`);
  }
  const bad = labels.findIndex((label) => !(Number.isInteger(label) && label >= 0 && label < classes));
  if (bad < 0) return Uint8Array.from(labels as number[]);
  const value = typeof labels[bad] === 'number' ? labels[bad] : 'another value';
  throw dataFileError(`Expected labels from 0 to ${classes - 1} in ${name} but picture ${bad} has ${value}`);
}

/** The class names in the dictionary of `batches.meta` or `meta`; undefined if it has none. */
export function namesOf({ entries }: PickledDictionary, kind: CifarLabels): string[] | undefined {
  const names = entries.get('label_names') ?? entries.get(`${kind}_label_names`);
  if (!Array.isArray(names)) return undefined;
  return names.map((name) => textOf(name) ?? '');
}

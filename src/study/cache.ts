/** What agents of one machine share on its disk: files that were downloaded, and prepared rows, which are mapped. */
import { readFile, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { npyChunks } from '../data/arrays/write-npy.js';
import { Dataset } from '../data/dataset.js';
import { Matrix } from '../data/matrix.js';
import type { DatasetPart } from '../data/part.js';
import { FileLock } from '../platform/file-lock.js';
import { makeFolder } from '../platform/make-folder.js';
import { parseJson } from '../platform/parse-json.js';
import { replaceFile } from '../platform/replace-file.js';
import { temporaryName } from '../platform/temporary-file.js';
import { hasCode } from '../validation/kinds.js';

/** The folder that the processes of one user on one machine share. */
export function cacheFolder(): string {
  const { TWO_LAYER_NET_CACHE: own, XDG_CACHE_HOME: all } = process.env;
  return own || join(all || join(homedir(), '.cache'), 'two-layer-net');
}

/** Milliseconds between two tries to take a lock that another process has. */
const PAUSE = 100;

/** Makes what is at `path` unless it is there: one process of this machine does, and the others wait. */
export async function onceAtAll(path: string, make: () => Promise<void>): Promise<void> {
  if (await isThere(path)) return;
  let lock: FileLock | undefined;
  while (!lock) {
    lock = await FileLock.take(path).catch(async (error) => {
      if (!hasCode(error, 'ERR_LOCKED')) throw error;
      await wait(PAUSE);
      return undefined;
    });
  }
  try {
    if (!(await isThere(path))) await make();
  } finally {
    await lock.release();
  }
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

const PARTS = ['train', 'validation'] as const;

/** What is written beside the arrays. */
const ABOUT = 'about.json';

/**
 * Keeps a data set as arrays in a folder, whole or not at all.
 *
 * @throws (as a rejection) Error `ERR_NOT_WRITABLE`
 */
export async function keepRows(folder: string, data: Dataset): Promise<void> {
  const temporary = temporaryName(folder);
  await makeFolder(temporary);
  try {
    for (const name of PARTS) {
      const { X, y } = data.part(name);
      const shape = [X.rows, X.columns];
      await replaceFile(join(temporary, `X_${name}.npy`), npyChunks({ key: 'X', shape, data: X.data }));
      const labels = Int32Array.from(y);
      await replaceFile(join(temporary, `y_${name}.npy`), npyChunks({ key: 'y', shape: [y.length], data: labels }));
    }
    const { numClasses, classNames, named, imageShape, source, name, mean } = data;
    const about = { numClasses, ...(named && { classNames }), imageShape, source, name, mean: mean && [...mean] };
    await replaceFile(join(temporary, ABOUT), [JSON.stringify(about)]);
    await rename(temporary, folder);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** The data set in a folder, its rows mapped into memory where that is possible; undefined if it is not whole. */
export async function openRows(folder: string): Promise<Dataset | undefined> {
  try {
    const { mean, ...about } = parseJson(await readFile(join(folder, ABOUT), 'utf8')) as Record<string, unknown>;
    const row = Array.isArray(mean) ? { mean: Float64Array.from(mean) } : undefined;
    const [train, validation] = await Promise.all(PARTS.map((name) => openPart(folder, name, row)));
    return new Dataset({ ...about, train, validation } as never);
  } catch {
    return undefined;
  }
}

async function openPart(folder: string, name: string, mean: { mean: Float64Array } | undefined): Promise<DatasetPart> {
  const { data, columns } = await Matrix.open(join(folder, `X_${name}.npy`));
  const labels = await readFile(join(folder, `y_${name}.npy`));
  const start = 10 + labels.readUInt16LE(8);
  const y = new Int32Array(labels.buffer.slice(labels.byteOffset + start, labels.byteOffset + labels.length));
  return { X: new Matrix(data, columns, mean), y };
}

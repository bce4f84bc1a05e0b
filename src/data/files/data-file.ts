import { constants, type FileHandle, open } from 'node:fs/promises';
import { reasonOf } from '../../platform/denied.js';
import { isSystemError } from '../../platform/replace-file.js';
import { dataFileError } from '../formats/data-file-error.js';

/** An open file. */
export interface DataFile {
  readonly path: string;
  readonly handle: FileHandle;
  /** Bytes, when it was opened. */
  readonly size: number;
}

/**
 * Opens a regular file, runs `action` on it and closes it.
 *
 * @throws Error `ERR_DATA_FILE` when the file is missing, unreadable, a folder, a pipe or a device
 */
export async function withDataFile<T>(path: string, action: (file: DataFile) => Promise<T>): Promise<T> {
  let handle: FileHandle | undefined;
  try {
    handle = await openForReading(path);
    return await action(await regularFile(path, handle));
  } catch (error) {
    throw explained(path, error);
  } finally {
    await handle?.close();
  }
}

/** The bytes of the file at `path`, which is open while they are read; see {@link withDataFile} for what it throws. */
export async function* chunksAt(path: string, chunks: ChunksOf = fileChunks): AsyncGenerator<Uint8Array> {
  let handle: FileHandle | undefined;
  try {
    handle = await openForReading(path);
    yield* chunks(await regularFile(path, handle));
  } catch (error) {
    throw explained(path, error);
  } finally {
    await handle?.close();
  }
}

/** What gives the bytes of a file in pieces. */
export type ChunksOf = (file: DataFile) => AsyncGenerator<Uint8Array>;

/** Without O_NONBLOCK (which Windows lacks) opening a pipe would wait for its writer. */
function openForReading(path: string): Promise<FileHandle> {
  return open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
}

async function regularFile(path: string, handle: FileHandle): Promise<DataFile> {
  const stats = await handle.stat();
  if (stats.isFile()) return { path, handle, size: stats.size };
  throw dataFileError(
    `Expected a file at ${path} but found ${stats.isDirectory() ? 'a folder' : 'a device or a pipe'}`,
  );
}

function explained(path: string, error: unknown): unknown {
  return isSystemError(error) ? dataFileError(`Cannot read ${path}: ${reasonOf(error)}`, error) : error;
}

/** Bytes of a piece: they are converted in about a millisecond. */
export const PIECE_BYTES = 2 ** 18;

/** The bytes of a file from `from` (included) to `to` (excluded), in pieces; fewer if the file has become shorter. */
export async function* fileChunks(
  { handle, size }: DataFile,
  { from = 0, to = size, pieceBytes = PIECE_BYTES } = {},
): AsyncGenerator<Uint8Array> {
  for (let position = from; position < to; ) {
    const chunk = Buffer.allocUnsafe(Math.min(pieceBytes, to - position));
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, position);
    if (bytesRead === 0) return;
    yield chunk.subarray(0, bytesRead);
    position += bytesRead;
  }
}

/** The first bytes of a file, fewer if it is shorter. */
export async function headOf(file: DataFile, count: number): Promise<Uint8Array> {
  const head = new Uint8Array(count);
  const { bytesRead } = await file.handle.read(head, 0, count, 0);
  return head.subarray(0, bytesRead);
}

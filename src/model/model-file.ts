import { constants, type FileHandle, open } from 'node:fs/promises';
import { reasonOf } from '../platform/denied.js';
import { checkPath, isSystemError } from '../platform/replace-file.js';
import { modelFileError } from './model-file-error.js';

/** The most bytes in one read; Node allows less than 2 GiB. */
const READ_BYTES = 1 << 30;

/** An open model file. */
export interface ModelFile {
  readonly path: string;
  readonly handle: FileHandle;
  /** Bytes, when it was opened. */
  readonly size: number;
}

/**
 * Opens a model file for `use` and closes it afterwards.
 *
 * @throws Error `ERR_MODEL_FILE` when it is missing, not a regular file or cannot be read; TypeError
 * `ERR_INVALID_TYPE` when `path` is not a string
 */
export async function withModelFile<R>(path: string, use: (file: ModelFile) => Promise<R>): Promise<R> {
  checkPath(path);
  let handle: FileHandle | undefined;
  try {
    // Without O_NONBLOCK (which Windows lacks) opening a pipe would wait for its writer.
    handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    return await use({ path, handle, size: await regularFileSize(path, handle) });
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw unreadable(path, error);
  } finally {
    await handle?.close();
  }
}

/** Fills `bytes` with those of the file from `position` on. */
export async function readExactly(
  { path, handle, size }: ModelFile,
  bytes: Uint8Array,
  position: number,
): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const length = Math.min(bytes.length - done, READ_BYTES);
    const { bytesRead } = await handle.read(bytes, done, length, position + done);
    if (bytesRead === 0) {
      throw modelFileError(
        path,
        `expected ${size} bytes, as when it was opened, found ${position + done}; is it still being written?`,
      );
    }
    done += bytesRead;
  }
}

/** The bytes of the file, at most the first `most`. */
export async function readStart(file: ModelFile, most = file.size): Promise<Buffer> {
  const bytes = Buffer.alloc(Math.min(file.size, most));
  await readExactly(file, bytes, 0);
  return bytes;
}

async function regularFileSize(path: string, handle: FileHandle): Promise<number> {
  const info = await handle.stat();
  if (!info.isFile()) {
    throw modelFileError(path, `expected a file, found ${info.isDirectory() ? 'a folder' : 'a device or a pipe'}`);
  }
  return info.size;
}

function unreadable(path: string, error: NodeJS.ErrnoException): Error {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') {
    return modelFileError(path, 'expected a model file, found no such file', error);
  }
  return modelFileError(path, `expected a readable file, found: ${reasonOf(error)}`, error);
}

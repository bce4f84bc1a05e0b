import { constants, type FileHandle, open } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

/** What a file is written of. */
export type Chunks = Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;

/** Milliseconds for which a pipe may be without a reader, or with one that does not read. */
const PATIENCE = { reader: 2000, reading: 60_000 } as const;

/** Milliseconds between two attempts. */
const PAUSE = 20;

/**
 * Writes these chunks (strings as UTF-8) to a pipe or a device. It waits a while for a reader, but not forever: a write
 * that waits in the system keeps a thread that nothing ends.
 *
 * @throws the error of the system: ENXIO when nobody reads, EAGAIN when the reader has stopped, EPIPE when it has ended
 */
export async function writeToPipe(path: string, chunks: Chunks): Promise<void> {
  const handle = await withPatience('ENXIO', PATIENCE.reader, () =>
    open(path, constants.O_WRONLY | constants.O_TRUNC | (constants.O_NONBLOCK ?? 0)),
  );
  try {
    for await (const chunk of chunks) await writeWhole(handle, Buffer.from(chunk as Uint8Array));
  } finally {
    await handle.close();
  }
}

async function writeWhole(handle: FileHandle, bytes: Buffer): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const rest = bytes.subarray(done);
    done += (await withPatience('EAGAIN', PATIENCE.reading, () => handle.write(rest))).bytesWritten;
  }
}

/** Tries again while the system answers with this code, for so many milliseconds. */
async function withPatience<T>(code: string, patience: number, attempt: () => Promise<T>): Promise<T> {
  for (const end = performance.now() + patience; ; await pause(PAUSE)) {
    try {
      return await attempt();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== code || performance.now() > end) throw error;
    }
  }
}

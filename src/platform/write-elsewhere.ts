/** Where results go that cannot be written where they should be. */
import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { basename, extname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { withCode } from '../validation/errors.js';
import { hasCode } from '../validation/kinds.js';
import { explained, isSystemError, replaceFile } from './replace-file.js';

/** Milliseconds for which a write is tried again for want of descriptors: whoever has them may give some back. */
const PATIENCE = 2000;
const PAUSE = 100;

/** What happened to a result. */
export interface Written {
  /** Where it is. */
  readonly path: string;
  /** Why it is not where it should be; undefined if it is. */
  readonly failure?: Error;
}

/**
 * Writes a result that took work. If it cannot be written to `path`, whatever was checked before, it is written under a
 * similar name with the same end to the current folder, the home folder or that of temporary files, the first that
 * takes it.
 *
 * @param write - writes it to a path; it may be called several times
 * @throws the error of `write` unless that is `ERR_NOT_WRITABLE`; Error `ERR_NOT_WRITABLE` when it can be written
 * nowhere, with the reasons
 */
export async function writeSomewhere(path: string, write: (path: string) => Promise<unknown>): Promise<Written> {
  const failure = await failureOf(() => patiently(() => write(path)));
  return failure ? { path: await writeElsewhere(path, failure, write), failure } : { path };
}

/**
 * As {@link writeSomewhere}, for a result that could not be written to `path`.
 *
 * @param failure - the reason
 * @returns where it is
 */
export async function writeElsewhere(
  path: string,
  failure: Error,
  write: (path: string) => Promise<unknown>,
): Promise<string> {
  const end = extname(path);
  const name = `${basename(path, end).slice(0, 100)}.rescued-${randomBytes(4).toString('hex')}${end}`;
  const reasons = [failure.message];
  for (const folder of [process.cwd, homedir, tmpdir]) {
    const other = pathIn(folder, name);
    if (other === undefined) continue;
    const reason = await failureOf(() => write(other));
    if (!reason) return other;
    reasons.push(reason.message);
  }
  throw withCode(new Error(reasons.join('\n  '), { cause: failure }), 'ERR_NOT_WRITABLE');
}

/**
 * As {@link writeSomewhere}, for a result that is made while it is written, and is not made twice: what was written
 * before the failure is taken along, and the rest is written elsewhere as it comes.
 *
 * @param chunks - the result
 * @throws as `writeSomewhere`; also for a pipe, which gives nothing back
 */
export async function streamSomewhere(path: string, chunks: AsyncIterable<string>): Promise<Written> {
  const source = chunks[Symbol.asyncIterator]();
  /** Bytes of the chunks that were written as a whole, and the chunk after them. */
  let [bytes, last]: [number, string | undefined] = [0, undefined];
  const next = async () => {
    bytes += Buffer.byteLength(last ?? '');
    last = undefined;
    const result = await source.next();
    last = result.done ? undefined : result.value;
    return result;
  };
  let rescued: Written | undefined;
  const rescue = async (failure: unknown, temporary?: string) => {
    if (!hasCode(failure, 'ERR_NOT_WRITABLE')) return;
    // Kept, since there may be several attempts.
    const tail = last === undefined ? [] : [last];
    const write = (other: string) => replaceFile(other, joined(temporary, bytes, tail, source));
    rescued = { path: await writeElsewhere(path, failure, write), failure };
  };
  try {
    // Without `return`: the source outlives a failure to write.
    const all = { [Symbol.asyncIterator]: () => ({ next }) };
    await replaceFile(path, all, (temporary, error) => rescue(explained(path, error), temporary));
    return { path };
  } catch (error) {
    if (!rescued && bytes === 0 && last === undefined) await rescue(error);
    if (rescued) return rescued;
    throw error;
  } finally {
    await source.return?.();
  }
}

/** What is in the temporary file up to `bytes`, then `tail`, and then what the source gives, which joins `tail`. */
async function* joined(
  temporary: string | undefined,
  bytes: number,
  tail: string[],
  source: AsyncIterator<string>,
): AsyncGenerator<string | Uint8Array, void, void> {
  if (temporary !== undefined && bytes > 0) yield* createReadStream(temporary, { end: bytes - 1 });
  for (let i = 0; ; i++) {
    if (i === tail.length) {
      const { done, value } = await source.next();
      if (done) return;
      tail.push(value);
    }
    yield tail[i];
  }
}

/** The file of this name in a folder; undefined for a folder that there is not: the current one may be removed. */
function pathIn(folder: () => string, name: string): string | undefined {
  try {
    return join(folder(), name);
  } catch {
    return undefined;
  }
}

/** The error of `write` if it says that nothing could be written. */
async function failureOf(write: () => Promise<unknown>): Promise<Error | undefined> {
  try {
    await write();
    return undefined;
  } catch (error) {
    if (hasCode(error, 'ERR_NOT_WRITABLE')) return error;
    throw error;
  }
}

async function patiently(write: () => Promise<unknown>): Promise<void> {
  for (const end = performance.now() + PATIENCE; ; await pause(PAUSE)) {
    try {
      await write();
      return;
    } catch (error) {
      if (!isShortOfDescriptors(error) || performance.now() > end) throw error;
    }
  }
}

function isShortOfDescriptors(error: unknown): boolean {
  const { cause } = error as { cause?: unknown };
  return isSystemError(cause) && (cause.code === 'EMFILE' || cause.code === 'ENFILE');
}

import type { FileHandle } from 'node:fs/promises';
import { failureOf } from '../validation/callback.js';
import type { FileLock } from './file-lock.js';

/** A line that waits to be written. */
interface PendingLine {
  readonly bytes: Uint8Array;
  readonly onFailure: (error: unknown) => unknown;
  /** What `onFailure` threw, when it is done. */
  told?: ReturnType<typeof failureOf>;
  readonly done: () => void;
  readonly reject: (error: unknown) => void;
}

/** An open file that grows by lines, each of which is on the disk when that is told. */
export class LineFile {
  readonly #handle: FileHandle;
  readonly #lock: FileLock;
  readonly #explain: (error: unknown) => unknown;
  /** Where the next line goes: after the last complete one, even if a line was written in part. */
  #end: number;
  readonly #pending: PendingLine[] = [];
  #writing: Promise<void> | undefined;
  #failed: { readonly error: unknown } | undefined;

  /**
   * @param lock - that of the file, which is released when it is closed
   * @param end - bytes of its complete lines
   * @param explain - makes an error of the system one for users
   */
  constructor(handle: FileHandle, lock: FileLock, end: number, explain: (error: unknown) => unknown) {
    this.#handle = handle;
    this.#lock = lock;
    this.#end = end;
    this.#explain = explain;
  }

  /**
   * Writes a line, after those added before. One that cannot be written is skipped.
   *
   * @param bytes - with a newline at their end
   * @param onFailure - called with the error of the first line that could not be written
   * @returns a promise that is resolved when the line is on the disk, or was skipped and `onFailure` is done
   * @throws (as a rejection) what `onFailure` throws, or rejects with
   */
  add(bytes: Uint8Array, onFailure: (error: unknown) => unknown): Promise<void> {
    return new Promise((done, reject) => {
      this.#pending.push({ bytes, onFailure, done, reject });
      this.#writing ??= this.#writePending();
    });
  }

  /** Waits until everything is on the disk. @throws the error of the first line that could not be written */
  async close(): Promise<void> {
    await this.#writing;
    try {
      await this.#handle.truncate(this.#end);
      await this.#handle.sync();
    } catch (error) {
      this.#fail(error);
    } finally {
      await this.#handle.close().catch((error: unknown) => this.#fail(error));
      await this.#lock.release();
    }
    if (this.#failed) throw this.#failed.error;
  }

  /** Lines that come together are flushed to the disk together: that takes most of the time. */
  async #writePending(): Promise<void> {
    while (this.#pending.length > 0) {
      const lines = this.#pending.splice(0);
      for (const line of lines) await this.#orFail(() => this.#write(line.bytes), line);
      await this.#orFail(() => this.#handle.datasync(), lines[0]);
      // Other lines do not wait for a callback.
      for (const { told, done, reject } of lines) {
        if (told) void told.then((failure) => (failure ? reject(failure.error) : done()));
        else done();
      }
    }
    // At once: a line that is added next must not wait for this loop, which has ended.
    this.#writing = undefined;
  }

  async #orFail(action: () => Promise<void>, line: PendingLine): Promise<void> {
    try {
      await action();
    } catch (error) {
      if (this.#fail(error)) line.told = failureOf(() => line.onFailure(this.#failed?.error));
    }
  }

  /** Keeps the first error; returns whether this is it. */
  #fail(error: unknown): boolean {
    if (this.#failed) return false;
    this.#failed = { error: this.#explain(error) };
    return true;
  }

  /** Writes at an explicit position: the position of the handle is not the end of a file that was truncated. */
  async #write(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await this.#handle.write(bytes, done, bytes.length - done, this.#end + done);
      done += bytesWritten;
    }
    this.#end += bytes.length;
  }
}

import { streamSomewhere, writeElsewhere, writeSomewhere } from '../../platform/write-elsewhere.js';

/**
 * The results of a command that took work. One that cannot be written where it should be is written elsewhere, which is
 * said at once; the command goes on to its other results, and fails at its end.
 */
export class KeptResults {
  #failure: unknown;

  /**
   * Writes a result.
   *
   * @param what - what it is, for the message: `the model`
   * @param write - writes it to a path
   * @returns where it is; undefined if it can be written nowhere
   */
  async write(what: string, path: string, write: (path: string) => Promise<unknown>): Promise<string | undefined> {
    return this.#keep(what, async () => {
      const { path: written, failure } = await writeSomewhere(path, write);
      if (failure) this.#moved(what, failure, written);
      return written;
    });
  }

  /**
   * As {@link write}, for the only result of a command, which is made while it is written.
   *
   * @throws the error if it can be written nowhere, or cannot be made
   */
  async stream(what: string, path: string, chunks: AsyncIterable<string>): Promise<void> {
    const { path: written, failure } = await streamSomewhere(path, chunks);
    if (failure) this.#moved(what, failure, written);
  }

  /** As {@link write}, for a result that could not be written to `path`, for the reason `failure`. */
  async moved(what: string, path: string, failure: Error, write: (path: string) => Promise<unknown>): Promise<void> {
    await this.#keep(what, async () => {
      const written = await writeElsewhere(path, failure, write);
      this.#moved(what, failure, written);
      return written;
    });
  }

  /** Whether each is where it should be. */
  get complete(): boolean {
    return this.#failure === undefined;
  }

  /** @throws the error of the first result that is not where it should be */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #keep(what: string, write: () => Promise<string>): Promise<string | undefined> {
    try {
      return await write();
    } catch (error) {
      this.#failure ??= error;
      process.stderr.write(`warning: nothing was written of ${what}. ${(error as Error).message}\n`);
      return undefined;
    }
  }

  #moved(what: string, failure: Error, written: string): void {
    this.#failure ??= failure;
    process.stderr.write(`warning: ${failure.message}\nWritten instead, ${what}: ${written}\n`);
  }
}

import { dataFileError } from '../formats/data-file-error.js';

/** Reads a stream of bytes from front to back, and knows where it is. */
export class ByteReader {
  /** What error messages call the stream: a file, or a file in an archive. */
  readonly name: string;
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array(0);
  #position = 0;

  /**
   * @param chunks - closed by {@link close}
   * @param position - where they begin
   */
  constructor(chunks: AsyncIterable<Uint8Array>, name: string, position = 0) {
    this.#chunks = chunks[Symbol.asyncIterator]();
    this.name = name;
    this.#position = position;
  }

  /** Where the next byte is in the stream. */
  get position(): number {
    return this.#position;
  }

  /**
   * Fills `target` with the next bytes.
   *
   * @param what - what they are, for the error
   * @throws Error `ERR_DATA_FILE` when the stream ends before
   */
  async fill(target: Uint8Array, what: string): Promise<void> {
    const start = this.#position;
    for (let done = 0; done < target.length; ) {
      if (this.#rest.length === 0 && !(await this.#next())) {
        const expected = `${target.length} bytes of ${what}`;
        throw dataFileError(
          `Expected ${expected} at byte ${start} of ${this.name} but found ${done}: the file is truncated`,
        );
      }
      const part = this.#rest.subarray(0, target.length - done);
      target.set(part, done);
      done += part.length;
      this.#take(part.length);
    }
  }

  /** The next `count` bytes; see {@link fill}. */
  async bytes(count: number, what: string): Promise<Buffer> {
    const target = Buffer.alloc(count);
    await this.fill(target, what);
    return target;
  }

  /** Skips the next `count` bytes. */
  async skip(count: number, what: string): Promise<void> {
    const end = this.#position + count;
    while (this.#position < end) {
      if (this.#rest.length === 0 && !(await this.#next())) {
        throw this.error(`${what} up to byte ${end}`, 'its end: the file is truncated');
      }
      this.#take(Math.min(this.#rest.length, end - this.#position));
    }
  }

  /**
   * Makes sure that nothing follows. Streams that have checksums check them at their end.
   *
   * @throws Error `ERR_DATA_FILE`
   */
  async end(): Promise<void> {
    if (this.#rest.length > 0 || (await this.#next())) throw this.error('the end of the data', 'more bytes');
  }

  /** The error for something wrong, at the byte `at` or where the next byte would be. */
  error(expected: string, found: string, at = this.#position): Error {
    return dataFileError(`Expected ${expected} at byte ${at} of ${this.name} but found ${found}`);
  }

  /** Ends the stream early. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  async #next(): Promise<boolean> {
    for (;;) {
      const { done, value } = await this.#chunks.next();
      if (done) return false;
      if (value.length === 0) continue;
      this.#rest = value;
      return true;
    }
  }

  #take(count: number): void {
    this.#rest = this.#rest.subarray(count);
    this.#position += count;
  }
}

/** Runs `action` on a reader of these chunks, which begin at `position`, and closes them. */
export async function withReader<T>(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
  action: (reader: ByteReader) => Promise<T>,
  position = 0,
): Promise<T> {
  const reader = new ByteReader(chunks, name, position);
  try {
    return await action(reader);
  } finally {
    await reader.close();
  }
}

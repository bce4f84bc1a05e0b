import { closeSync, constants, openSync, truncateSync, writeFileSync } from 'node:fs';
import { checkPath, explained } from './replace-file.js';

/** Without O_NONBLOCK (which Windows lacks) a pipe that nobody reads would stop the process. */
const WRITE = constants.O_WRONLY | constants.O_CREAT | (constants.O_NONBLOCK ?? 0);

/**
 * A file that grows while something goes on, and needs no closing: all that was appended is with the system, whatever
 * happens to the process. Appending is synchronous, so it should be a few kilobytes a few times per second.
 */
export class AppendedFile {
  readonly path: string;
  #size = 0;

  /**
   * Creates the file, or empties an existing one.
   *
   * @throws Error `ERR_NOT_WRITABLE` with the reason and the remedy; TypeError `ERR_INVALID_TYPE` if `path` is not a
   * string
   */
  constructor(path: string) {
    checkPath(path);
    this.path = path;
    this.#orExplain(() => this.#write(constants.O_TRUNC, ''));
  }

  /**
   * Appends some bytes, or text as UTF-8, as a whole: a file on a full disk ends after what was appended before.
   *
   * @throws Error `ERR_NOT_WRITABLE` with the reason and the remedy
   */
  append(data: string | Uint8Array): void {
    const bytes = Buffer.from(data);
    this.#orExplain(() => {
      try {
        this.#write(constants.O_APPEND, bytes);
      } catch (error) {
        this.#dropRest();
        throw error;
      }
    });
    this.#size += bytes.length;
  }

  #write(how: number, data: string | Uint8Array): void {
    const descriptor = openSync(this.path, WRITE | how);
    try {
      writeFileSync(descriptor, data);
    } finally {
      closeSync(descriptor);
    }
  }

  #dropRest(): void {
    try {
      truncateSync(this.path, this.#size);
    } catch {
      // A pipe or a device has no end to go back to. What is reported is why it could not be written.
    }
  }

  #orExplain(action: () => void): void {
    try {
      action();
    } catch (error) {
      throw explained(this.path, error);
    }
  }
}

import { createHash } from 'node:crypto';
import { constants, type FileHandle, open, readFile, rm, writeFile } from 'node:fs/promises';

/** The beginning of a file that is being downloaded, on the disk. It outlives the process. */
export class PartialFile {
  readonly path: string;
  readonly #handle: FileHandle;
  #size: number;

  private constructor(path: string, handle: FileHandle, size: number) {
    this.path = path;
    this.#handle = handle;
    this.#size = size;
  }

  /** Opens what is there of the file, or begins it. */
  static async open(path: string): Promise<PartialFile> {
    const handle = await open(path, constants.O_RDWR | constants.O_CREAT);
    return new PartialFile(path, handle, (await handle.stat()).size);
  }

  /** Bytes that are here. */
  get size(): number {
    return this.#size;
  }

  /** Writes bytes behind those that are here. */
  async append(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await this.#handle.write(bytes, done, bytes.length - done, this.#size);
      done += bytesWritten;
      this.#size += bytesWritten;
    }
  }

  /** Forgets all bytes. */
  async clear(): Promise<void> {
    await this.#handle.truncate(0);
    this.#size = 0;
    await rm(this.#versionFile, { force: true });
  }

  /** The SHA-256 of the bytes, in hexadecimal digits. */
  async sha256(): Promise<string> {
    const hash = createHash('sha256');
    const buffer = Buffer.alloc(2 ** 18);
    for (let position = 0; ; ) {
      const { bytesRead } = await this.#handle.read(buffer, 0, buffer.length, position);
      if (bytesRead === 0) return hash.digest('hex');
      hash.update(buffer.subarray(0, bytesRead));
      position += bytesRead;
    }
  }

  /** What the server at `url` called the version of these bytes; undefined if they are not from there. */
  async versionAt(url: URL): Promise<string | undefined> {
    const text = await readFile(this.#versionFile, 'utf8').catch(() => '');
    const [from, version] = text.split('\n');
    return from === url.href ? version : undefined;
  }

  /** Keeps what the server at `url` calls the version of the bytes that follow. */
  async setVersion(url: URL, version: string | undefined): Promise<void> {
    await writeFile(this.#versionFile, version === undefined ? '' : `${url.href}\n${version}`);
  }

  /** Makes sure that the bytes are on the disk, and that the version is not kept any longer. */
  async complete(): Promise<void> {
    await this.#handle.sync();
    await rm(this.#versionFile, { force: true });
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  get #versionFile(): string {
    return `${this.path}.version`;
  }
}

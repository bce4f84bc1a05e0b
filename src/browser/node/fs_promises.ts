/**
 * What this package uses of `node:fs/promises`, in a page: files that were given to a call can be read. Everything that
 * writes fails as a system does that cannot, so that the code that writes files says it in its own words.
 */
import { fileAt, folderAt } from '../files.js';

export const constants = { O_RDONLY: 0, W_OK: 2 } as const;

/** Files that are open, by their numbers. */
const opened = new Map<number, Blob>();
let next = 3;

/** The bytes of an open file; undefined if there is none of this number. */
export function sizeOfOpen(fd: number): number | undefined {
  return opened.get(fd)?.size;
}

interface Stat {
  readonly size: number;
  isFile(): boolean;
  isDirectory(): boolean;
}

function statOf(size: number, folder: boolean): Stat {
  return { size, isFile: () => !folder, isDirectory: () => folder };
}

/** An open file. */
export class FileHandle {
  readonly fd = next++;
  readonly #blob: Blob;

  constructor(blob: Blob) {
    this.#blob = blob;
    opened.set(this.fd, blob);
  }

  async stat(): Promise<Stat> {
    return statOf(this.#blob.size, false);
  }

  async read(target: Uint8Array, at: number, length: number, position: number): Promise<{ bytesRead: number }> {
    const bytes = new Uint8Array(await this.#blob.slice(position, position + length).arrayBuffer());
    target.set(bytes, at);
    return { bytesRead: bytes.length };
  }

  async close(): Promise<void> {
    opened.delete(this.fd);
  }
}

function systemError(code: string, message: string, syscall: string): Error {
  return Object.assign(new Error(message), { code, syscall });
}

const missing = (path: string, syscall: string) =>
  systemError('ENOENT', `no file of this name was given: ${path}`, syscall);

export async function open(path: string): Promise<FileHandle> {
  const blob = fileAt(path);
  if (blob) return new FileHandle(blob);
  throw missing(path, 'open');
}

export async function stat(path: string): Promise<Stat> {
  const blob = fileAt(path);
  if (blob) return statOf(blob.size, false);
  if (folderAt(path)) return statOf(0, true);
  throw missing(path, 'stat');
}

export async function readdir(path: string, options?: { readonly withFileTypes?: boolean }): Promise<unknown[]> {
  const found = folderAt(path);
  if (!found) throw missing(path, 'scandir');
  if (!options?.withFileTypes) return found.map(({ name }) => name);
  return found.map(({ name, folder }) => ({
    name,
    isFile: () => !folder,
    isDirectory: () => folder,
    isSymbolicLink: () => false,
  }));
}

async function refuse(): Promise<never> {
  const remedy = 'take the bytes (modelBytes, picture.svg) and offer them as a download';
  throw systemError('ENOSYS', `a web page has no file system; ${remedy}`, 'open');
}

export const access = refuse;
export const chmod = refuse;
export const chown = refuse;
export const lstat = stat;
export const mkdir = refuse;
export const mkdtemp = refuse;
export const readFile = refuse;
export const readlink = refuse;
export const realpath = refuse;
export const rename = refuse;
export const rm = refuse;
export const rmdir = refuse;
export const unlink = refuse;
export const writeFile = refuse;
export const link = refuse;
export const utimes = refuse;

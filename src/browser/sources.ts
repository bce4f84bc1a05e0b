/** What a page has instead of files: blobs, answers of servers, addresses and bytes. */
import { dataFileError } from '../data/formats/data-file-error.js';
import { wrongType } from '../validation/errors.js';
import { messageOf, tagOf } from '../validation/kinds.js';
import { type Lent, lend } from './files.js';
import { basename } from './node/path.js';

/**
 * Where the bytes of a file come from: a `File` or another `Blob`; the answer of a `fetch`; an address, relative to the
 * page, that is fetched; or the bytes themselves. Errors call it by its name: that of the file, or of the address.
 */
export type Source = Blob | Response | URL | string | ArrayBuffer | ArrayBufferView;

/** The bytes of a source, with their name. */
export interface Named {
  readonly name: string;
  readonly blob: Blob;
}

/**
 * Reads a source.
 *
 * @param what - what it is called that has no name
 * @throws Error `ERR_DATA_FILE` for an address that cannot be fetched; TypeError `ERR_INVALID_TYPE`
 */
export async function bytesOf(source: Source, what: string): Promise<Named> {
  if (typeof source === 'string' || tagOf(source) === 'URL') return fetched(source as string | URL, what);
  if (tagOf(source) === 'Response') return answered(source as Response, what);
  if (isBlob(source)) return { name: nameOf(source, what), blob: source };
  if (tagOf(source) === 'ArrayBuffer' || ArrayBuffer.isView(source)) {
    return { name: what, blob: new Blob([source as ArrayBuffer]) };
  }
  throw wrongType('a File, a Blob, a Response, a URL or bytes', source);
}

/** Whether a value is a file or another blob, of any realm. */
export function isBlob(value: unknown): value is Blob {
  return tagOf(value) === 'Blob' || tagOf(value) === 'File';
}

async function fetched(address: string | URL, what: string): Promise<Named> {
  let answer: Response;
  try {
    answer = await fetch(address);
  } catch (cause) {
    throw dataFileError(`Cannot read ${address}: ${messageOf(cause)}`, cause);
  }
  return answered(answer, what, String(address));
}

async function answered(answer: Response, what: string, address = answer.url): Promise<Named> {
  const name = basename(address.replace(/[?#].*$/, '')) || what;
  if (!answer.ok) throw dataFileError(`Cannot read ${address || what}: the server answers ${answer.status}`);
  return { name, blob: await answer.blob() };
}

function nameOf(blob: Blob, what: string): string {
  const { name } = blob as Partial<File>;
  return typeof name === 'string' && name !== '' ? name : what;
}

/** Lends a source to the code that reads files, for as long as `action` takes. */
export async function withSource<T>(source: Source, what: string, action: (path: string) => Promise<T>): Promise<T> {
  const { name, blob } = await bytesOf(source, what);
  return whileLent(lend(name, blob), action);
}

/** Runs `action` on what was lent, and takes it back. */
export async function whileLent<T>({ path, release }: Lent, action: (path: string) => Promise<T>): Promise<T> {
  try {
    return await action(path);
  } finally {
    release();
  }
}

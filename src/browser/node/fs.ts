/** What this package uses of `node:fs` without a promise, in a page. */
import { sizeOfOpen } from './fs_promises.js';

export { constants } from './fs_promises.js';

/** @throws Error for a file that is not open */
export function fstatSync(fd: number): { readonly size: number } {
  const size = sizeOfOpen(fd);
  if (size === undefined) throw new Error(`no file is open with the number ${fd}`);
  return { size };
}

export const existsSync = () => false;

function refuse(): never {
  throw Object.assign(new Error('a web page has no file system'), { code: 'ENOSYS', syscall: 'open' });
}

export const readFileSync = refuse;
export const statSync = refuse;
export const mkdirSync = refuse;

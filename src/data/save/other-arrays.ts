import { basename, dirname } from 'node:path';
import { withCode } from '../../validation/errors.js';
import { CLASS_NAMES, roleOf } from '../arrays/array-roles.js';
import { namesIn } from '../files/what-is-at.js';

/**
 * Checks that the folder has no arrays of a data set besides those that are written: they would be read with them.
 *
 * @param files - the files that are written, all in one folder
 * @throws Error `ERR_NOT_WRITABLE`
 */
export async function checkNoOtherArrays(files: readonly string[]): Promise<void> {
  const [first] = files;
  const written = new Set(files.map((file) => basename(file)));
  const other = (await namesIn(dirname(first))).find((name) => {
    const [, key] = /^(.*)\.npy$/.exec(name) ?? [];
    return key !== undefined && (roleOf(key) || key === CLASS_NAMES) && !written.has(name);
  });
  if (other === undefined) return;
  throw withCode(
    new Error(
      `Expected no other arrays of a data set beside ${first} but found ${other}, which would be read with it: ` +
        'choose another folder, or remove it',
    ),
    'ERR_NOT_WRITABLE',
  );
}

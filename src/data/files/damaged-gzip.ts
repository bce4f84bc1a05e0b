import { dataFileError } from '../formats/data-file-error.js';
import type { DataFile } from './data-file.js';

/** The error for a file that gzip compressed and that is damaged after so many inflated bytes. */
export function damagedGzip({ path }: Pick<DataFile, 'path'>, position: number, error: Error): Error {
  const found = `damage after ${position} inflated bytes: ${error.message}`;
  return dataFileError(`Expected data compressed by gzip in ${path} but found ${found}`, error);
}

/** Which files data are read from. */
import { stat } from 'node:fs/promises';
import { codeOf } from '../validation/kinds.js';
import type { DatasetFormatId } from './formats/format.js';
import { findFormat, formatNamed } from './load-dataset.js';
import { findRows } from './load-rows.js';

/**
 * The files that are read of data at `path`: `path` itself, or the files in a folder that belong to its format. None of
 * a folder whose data cannot be read, which is told when they are.
 *
 * @param format - the format that was asked for
 */
export async function dataFiles(path: string, format?: DatasetFormatId): Promise<readonly string[]> {
  const isFolder = (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
  const whole = isFolder ? [] : [path];
  try {
    const found = format === undefined ? ((await findFormat(path)) ?? (await findRows(path))) : formatNamed(format);
    return [...whole, ...((await found?.files?.(path)) ?? [])];
  } catch (error) {
    if (codeOf(error) !== 'ERR_DATA_FILE') throw error;
    return whole;
  }
}

import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withDataFile } from '../files/data-file.js';
import { inflatedChunks } from '../files/inflate.js';
import { tarredFiles } from '../files/tar.js';
import type { ArchivedFile, PublishedDataset } from './catalogue.js';
import { downloadError } from './download-error.js';
import type { Download } from './fetch-file.js';

/**
 * Makes a folder of the files that were downloaded to `staging`, or of what is expected in the one archive.
 *
 * @returns the folder, which is in `staging` too
 * @throws Error `ERR_DOWNLOAD` when an archive does not hold what is expected
 */
export async function unpackFiles(
  { files, folder, archived }: PublishedDataset,
  staging: string,
  { report, signal }: Download,
): Promise<string> {
  const whole = join(staging, 'whole');
  await rm(whole, { recursive: true, force: true });
  await mkdir(whole);
  if (archived === undefined) {
    for (const { name } of files) await rename(join(staging, name), join(whole, name));
    return whole;
  }
  const [{ name }] = files;
  report({ step: 'unpack', file: name });
  await unpack(join(staging, name), folder, archived, whole, signal);
  return whole;
}

/** Takes the expected files out of `archive`. Others are passed over. */
async function unpack(
  archive: string,
  folder: string,
  expected: readonly ArchivedFile[],
  target: string,
  signal: AbortSignal,
): Promise<void> {
  const missing = new Map(expected.map((file) => [`${folder}/${file.name}`, file]));
  await withDataFile(archive, async (file) => {
    for await (const { name, size, chunks } of tarredFiles(inflatedChunks(file), archive)) {
      const wanted = missing.get(name);
      if (!wanted) continue;
      const { bytes, text = false } = wanted;
      if (text ? size > bytes : size !== bytes) {
        throw downloadError(
          `Expected ${text ? 'at most ' : ''}${bytes} bytes of ${name} in ${archive} but found ${size}`,
        );
      }
      await writeFile(join(target, wanted.name), chunks, { flag: 'wx', flush: true, signal });
      missing.delete(name);
    }
  });
  if (missing.size > 0) throw downloadError(`Expected ${[...missing.keys()].join(', ')} in ${archive} but found none`);
}

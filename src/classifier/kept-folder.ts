/** Several trainings of one call, each kept in a file of a folder while it runs. */
import { rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../platform/make-folder.js';
import { removeFiles } from '../platform/remove-files.js';
import { isSystemError } from '../platform/replace-file.js';
import { type CheckpointOptions, checkCheckpointOptions } from '../training/checkpoint-options.js';
import type { TrainOptions } from '../training/options.js';
import { checkOptions, isObject } from '../validation/check.js';
import { wrongType } from '../validation/errors.js';

/** Where several trainings are kept, and how often. */
export interface FolderCheckpointOptions extends Pick<CheckpointOptions, 'every' | 'onError'> {
  /**
   * A folder of its own, which is created. It has a checkpoint of each training that has begun, and goes when all are
   * done. The same call with the same data goes on with what is in it: what was trained is not trained again, and the
   * result is that of a call without a break, bit for bit. `loadCheckpoint` reads its files.
   */
  folder: string;
}

/** Checks the option. @throws TypeError or RangeError */
export function checkFolderCheckpoint(options: FolderCheckpointOptions): FolderCheckpointOptions {
  if (!isObject(options)) throw wrongType('an object { folder, every } for checkpoint', options);
  const meant = { file: 'folder' };
  const { folder, ...rest } = checkOptions(options, 'checkpoint', ['folder', 'every', 'onError'], meant);
  if (typeof folder !== 'string' || folder === '')
    throw wrongType('the name of a folder for checkpoint.folder', folder);
  checkCheckpointOptions({ ...rest, file: folder });
  return options;
}

/** The files of a folder: a checkpoint for each training, by its index. */
const FILE = /^training-\d+\.checkpoint$/;

/** The folder of some trainings. */
export class KeptFolder {
  readonly #options: FolderCheckpointOptions;

  private constructor(options: FolderCheckpointOptions) {
    this.#options = options;
  }

  /**
   * Makes the folder; undefined without the option.
   *
   * @throws (as a rejection) Error `ERR_NOT_WRITABLE`
   */
  static async open(options: FolderCheckpointOptions | undefined): Promise<KeptFolder | undefined> {
    if (!options) return undefined;
    await makeFolder(options.folder);
    return new KeptFolder(options);
  }

  /** What training `index` is to be kept in, and to go on with if there is something. */
  async optionsOf(index: number): Promise<Pick<TrainOptions, 'checkpoint'> & { readonly resume?: string }> {
    const { folder, ...rest } = this.#options;
    const file = join(folder, `training-${index}.checkpoint`);
    const begun = await stat(file).catch((error: unknown) => {
      if (!isSystemError(error) || error.code !== 'ENOENT') throw error;
    });
    return { checkpoint: { ...rest, file }, ...(begun && { resume: file }) };
  }

  /** Removes what is in the folder when all trainings are done, and the folder if nothing else is in it. */
  async remove(): Promise<void> {
    const { folder } = this.#options;
    await removeFiles(folder, FILE);
    await rmdir(folder).catch(() => {});
  }
}

/** A page writes no files: whoever wants to lock one is told so. */

import { explainFailure } from '../../../platform/replace-file.js';
import { mkdir } from '../../node/fs_promises.js';

export class FileLock {
  /** @throws (as a rejection) Error `ERR_NOT_WRITABLE` */
  static async take(file: string): Promise<FileLock> {
    return explainFailure(file, mkdir);
  }

  async release(): Promise<void> {}
}

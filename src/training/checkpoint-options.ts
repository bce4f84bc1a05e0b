/** The option that keeps a training on disk while it runs. */
import { checkNumber, checkOptions, isObject } from '../validation/check.js';
import { conflict, wrongType } from '../validation/errors.js';

/** Where a training is kept, and how often. */
export interface CheckpointOptions {
  /**
   * The file: a safetensors file with everything that is needed to go on, which the option `resume` reads. It is
   * replaced whole each time, so that there always is one that is complete. While it trains, no other process can.
   */
  file: string;
  /**
   * Seconds from one checkpoint to the next, above 0. One is written besides when the training ends, and when its
   * `signal` ends it. Training goes on while it is written.
   * @defaultValue 60
   */
  every?: number | undefined;
  /**
   * Kept in the file for those who read it with `loadCheckpoint`: an object for JSON.
   * @defaultValue none
   */
  settings?: Readonly<Record<string, unknown>> | undefined;
  /**
   * Called with the error when a checkpoint could not be written, as on a full disk. The training then goes on, and
   * tries again with the next one. What it throws, or rejects with, ends the training. A promise that it returns is
   * awaited before the next checkpoint, and before the training ends.
   * @defaultValue the training ends with that error; the net keeps what was trained
   */
  onError?: ((error: unknown) => unknown) | undefined;
}

/** The default of `every`. */
export const CHECKPOINT_SECONDS = 60;

/** The range of `every`; timers take no longer ones. */
export const EVERY_RULE = { min: 0, exclusiveMin: true, max: 2_000_000 } as const;

/**
 * Checks the option.
 *
 * @throws TypeError or RangeError
 */
export function checkCheckpointOptions(options: CheckpointOptions): CheckpointOptions {
  if (!isObject(options)) throw wrongType('an object { file, every } for checkpoint', options);
  checkOptions(options, 'checkpoint', ['file', 'every', 'settings', 'onError']);
  const { file, every, settings, onError } = options;
  if (typeof file !== 'string' || file === '') throw wrongType('the name of a file for checkpoint.file', file);
  if (every !== undefined) checkNumber(every, 'checkpoint.every', EVERY_RULE);
  if (settings !== undefined && !isObject(settings)) throw wrongType('an object for checkpoint.settings', settings);
  if (onError !== undefined && typeof onError !== 'function') throw wrongType('a function for onError', onError);
  return options;
}

/**
 * Refuses what only `train` can do, which waits for the disk.
 *
 * @throws TypeError `ERR_CONFLICT`
 */
export function refuseFiles({ checkpoint, resume }: { checkpoint?: unknown; resume?: unknown }): void {
  if (checkpoint === undefined && typeof resume !== 'string') return;
  const what = checkpoint === undefined ? 'the name of a file for resume' : 'a checkpoint';
  throw conflict(`Expected no files beside trainSync, which cannot wait for them, but received ${what}: use train`);
}

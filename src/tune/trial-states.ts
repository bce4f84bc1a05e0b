/** The states of trials that may go on, or be the best: in memory, and in a folder if the search is to survive. */
import { rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readCheckpoint, writeCheckpoint } from '../checkpoint/checkpoint.js';
import { FileLock } from '../platform/file-lock.js';
import { makeFolder } from '../platform/make-folder.js';
import { packageVersion } from '../platform/package-version.js';
import { removeFiles } from '../platform/remove-files.js';
import type { TrainingState } from '../training/state.js';
import { settled } from '../validation/callback.js';
import { checkOptions, isObject } from '../validation/check.js';
import { wrongType } from '../validation/errors.js';
import { hasCode } from '../validation/kinds.js';

/** Where a search keeps the states of its trials, so that a search that continues it trains nothing twice. */
export interface SweepCheckpointOptions {
  /**
   * A folder of its own, which is created. It holds as many states as combinations reach the next round of a halving,
   * or the best one, and those of trials that were aborted; when the search is done, it is removed.
   */
  folder: string;
  /**
   * Called with the error when the folder or a state could not be written, as on a full disk. The search then goes on.
   * What it throws, or rejects with, ends the search. A promise that it returns is awaited before the trial counts as
   * done.
   * @defaultValue the search ends with that error
   */
  onError?: ((error: unknown) => unknown) | undefined;
}

/** Checks the option. @throws TypeError */
export function checkSweepCheckpoint(options: SweepCheckpointOptions): SweepCheckpointOptions {
  if (!isObject(options)) throw wrongType('an object { folder } for checkpoint', options);
  const { folder, onError } = checkOptions(options, 'checkpoint', ['folder', 'onError']);
  if (typeof folder !== 'string' || folder === '')
    throw wrongType('the name of a folder for checkpoint.folder', folder);
  if (onError !== undefined && typeof onError !== 'function') throw wrongType('a function for onError', onError);
  return options;
}

/** What the states in a folder belong to; others are not used. */
export interface StatesOrigin {
  /** The fingerprint of the data. */
  readonly data: string;
  readonly backend: string;
}

/** The files of a folder: a checkpoint for each trial, by its id. */
const FILE = /^[0-9a-f]{12}\.checkpoint$/;

/** The states of one search. */
export class TrialStates {
  readonly #memory = new Map<string, TrainingState>();
  readonly #options: SweepCheckpointOptions | undefined;
  readonly #origin: StatesOrigin;
  readonly #lock: FileLock | undefined;
  /** By trial: ends when its file has been written, or could not be. */
  readonly #writing = new Map<string, Promise<unknown>>();

  private constructor(options: SweepCheckpointOptions | undefined, origin: StatesOrigin, lock: FileLock | undefined) {
    this.#options = options;
    this.#origin = origin;
    this.#lock = lock;
  }

  /**
   * Opens the folder.
   *
   * @param options - undefined to keep the states in memory alone
   * @param signal - aborted when nobody waits for `onError` any longer
   * @throws (as a rejection) Error `ERR_LOCKED` when another search has the folder; `ERR_NOT_WRITABLE`, unless that is
   * told to `onError`: the states are then in memory alone
   */
  static async open(
    options: SweepCheckpointOptions | undefined,
    origin: StatesOrigin,
    signal: AbortSignal | undefined,
  ): Promise<TrialStates> {
    if (!options) return new TrialStates(undefined, origin, undefined);
    try {
      await makeFolder(options.folder);
      return new TrialStates(options, origin, await FileLock.take(join(options.folder, 'search')));
    } catch (error) {
      if (!options.onError || hasCode(error, 'ERR_LOCKED')) throw error;
      await settled(options.onError(error), signal);
      return new TrialStates(undefined, origin, undefined);
    }
  }

  /** The state of a trial in memory. */
  get(id: string): TrainingState | undefined {
    return this.#memory.get(id);
  }

  /** Keeps a state in memory. */
  set(id: string, state: TrainingState): void {
    this.#memory.set(id, state);
  }

  /**
   * The state of a trial, from an earlier run if there is one: of this search's data, on this backend. One that is
   * missing or damaged is no error, since the trial can be run again.
   *
   * @param most - iterations that it may have made
   */
  async find(id: string, most: number): Promise<TrainingState | undefined> {
    const state = this.#memory.get(id) ?? (await this.#read(id));
    return state && state.history.lossHistory.length <= most ? state : undefined;
  }

  /**
   * Writes the state of a trial to the folder, if it still is in memory.
   *
   * @param signal - aborted when nobody waits for `onError` any longer
   */
  async store(id: string, signal: AbortSignal): Promise<void> {
    const state = this.#memory.get(id);
    if (!state || !this.#options) return;
    const { onError } = this.#options;
    const origin = this.#originOf(id);
    const writing = writeCheckpoint(this.#fileOf(id), { state, done: false, settings: undefined, origin });
    this.#writing.set(id, Promise.allSettled([writing]));
    try {
      await writing;
    } catch (error) {
      if (!onError) throw error;
      await settled(onError(error), signal);
    }
  }

  /**
   * Drops a state: neither the next round nor the end of the search needs it. The end of another trial may say so while
   * its file is being written.
   */
  async drop(id: string): Promise<void> {
    this.#memory.delete(id);
    await this.#writing.get(id);
    this.#writing.delete(id);
    if (this.#options) await rm(this.#fileOf(id), { force: true }).catch(() => {});
  }

  /**
   * Gives the folder up to others.
   *
   * @param done - whether the search is done, so that nothing of it is needed any more
   */
  async close(done: boolean): Promise<void> {
    const { folder } = this.#options ?? {};
    if (done && folder !== undefined) await removeFiles(folder, FILE);
    await this.#lock?.release();
    // Only an empty one: whatever else is in it is somebody's.
    if (folder !== undefined) await rmdir(folder).catch(() => {});
  }

  async #read(id: string): Promise<TrainingState | undefined> {
    if (!this.#options) return undefined;
    const kept = await readCheckpoint(this.#fileOf(id)).catch(() => undefined);
    return JSON.stringify(kept?.origin) === JSON.stringify(this.#originOf(id)) ? kept?.state : undefined;
  }

  #originOf(id: string) {
    return { trial: id, version: packageVersion(), ...this.#origin };
  }

  #fileOf(id: string): string {
    return join(this.#options?.folder ?? '', `${id}.checkpoint`);
  }
}

/** A training that is kept in a file while it runs, and one that goes on from such a file. */
import { stat } from 'node:fs/promises';
import type { BestEpoch, ParameterArrays } from '../../binding.js';
import type { BackendName, ChosenBackend } from '../backend/choose.js';
import { type KeptTraining, readCheckpoint, writeCheckpoint } from '../checkpoint/checkpoint.js';
import { checkSameOrigin, type Origin, originOf } from '../checkpoint/origin.js';
import { FileLock } from '../platform/file-lock.js';
import { checkPath, isSystemError } from '../platform/replace-file.js';
import { inTurns } from '../platform/turns.js';
import type { RandomState } from '../random/random-state.js';
import { CHECKPOINT_SECONDS, type CheckpointOptions, checkCheckpointOptions } from '../training/checkpoint-options.js';
import { isTrainingAborted, TrainingAbortedError } from '../training/errors.js';
import type { TrainingHistory } from '../training/history.js';
import { iterationsPerEpoch, resolveOptions, type TrainOptions } from '../training/options.js';
import { ratesOf, readSchedule } from '../training/schedule.js';
import { copyLeft, type StateSource, type TrainingState, trainingState } from '../training/state.js';
import { rowWeights } from '../training/weights.js';
import { failureOf } from '../validation/callback.js';
import { withCode } from '../validation/errors.js';
import { rowParts } from '../validation/inputs.js';
import { replaceAll } from '../validation/long-lists.js';
import { PARAMETERS } from '../validation/parameters.js';
import { isAbortOf } from '../validation/signal.js';
import { labelledRows, validationRows } from './begin-training.js';
import { alreadyTraining, type NetFields, netOf } from './net-of.js';
import type { PredictionOptions } from './options.js';
import {
  type DatasetArguments,
  optionsAmong,
  type RowsArguments,
  resolveArguments,
  withOptions,
} from './training-arguments.js';

/** The net of such a training; a `TwoLayerNet` has all of it. */
export interface KeptNet extends NetFields, Omit<StateSource, keyof PredictionOptions | 'best'>, PredictionOptions {
  readonly slots: ParameterArrays[];
  best?: BestEpoch | undefined;
  readonly inputScale: number;
  readonly backend: BackendName;
}

type Arguments = RowsArguments | DatasetArguments;

/** Whether the options of these arguments name files. */
export function namesFiles(args: Arguments): boolean {
  const { checkpoint, resume } = optionsAmong(args) ?? {};
  return checkpoint !== undefined || typeof resume === 'string';
}

/** Nets whose training is kept: between two parts of it, none of them trains. */
const keeping = new WeakSet<KeptNet>();

/**
 * Trains as the arguments say, in parts: at the end of each the training is written to the checkpoint's file while the
 * next one goes on. The parts together are the training without a break, bit for bit.
 *
 * @param train - trains the net as arguments say that name no files
 * @throws (as a rejection) what `train` throws; `ERR_CHECKPOINT` for a file that the training cannot go on with;
 * `ERR_LOCKED`, `ERR_NOT_WRITABLE`
 */
export async function keepTraining(
  net: KeptNet,
  args: Arguments,
  backend: ChosenBackend,
  train: (args: Arguments) => Promise<TrainingHistory>,
): Promise<TrainingHistory> {
  if (keeping.has(net)) throw alreadyTraining();
  const { checkpoint, resume, ...options } = optionsAmong(args) ?? {};
  if (checkpoint !== undefined) checkCheckpointOptions(checkpoint);
  if (typeof resume === 'string') checkPath(resume);
  const part = (changed: TrainOptions) => train(withOptions(args, { ...options, ...changed }));
  keeping.add(net);
  let lock: FileLock | undefined;
  try {
    const origin = await originFor(net, args, options, backend).catch((error: unknown) => {
      if (!isAbortOf(error, options.signal)) throw error;
    });
    // The training tells how it was aborted, here or in another process.
    const aborted = options.group ? options.group.any(!origin) : !origin;
    if (aborted || !origin) return await part({ resume: typeof resume === 'string' ? undefined : resume });
    const writes = options.group?.isFirst !== false;
    lock = checkpoint && writes ? await FileLock.take(checkpoint.file) : undefined;
    if (checkpoint && writes && checkpoint.file !== resume) await checkReplaceable(checkpoint.file);
    const saved = typeof resume === 'string' ? await readCheckpoint(resume) : undefined;
    if (saved) {
      checkSameOrigin(resume as string, saved.origin, origin);
      restoreInto(net, saved.state, options.random ?? net.random);
      if (saved.done) return saved.state.history;
    }
    const history = saved ? saved.state.history : (resume as TrainingHistory | undefined);
    if (!checkpoint) return await part({ resume: history });
    return await new Keeper(net, { checkpoint, options, origin, part }).run(history);
  } finally {
    keeping.delete(net);
    await lock?.release();
  }
}

/** The origin of the training, after all its arguments have been checked. */
async function originFor(
  net: KeptNet,
  args: Arguments,
  options: TrainOptions,
  { binding }: ChosenBackend,
): Promise<Origin> {
  const { inputSize, hiddenSize, numClasses, dtype, products, inputScale, backend } = net;
  const { X, y, validation, data } = resolveArguments(args, inputSize);
  const { count } = rowParts(X, inputSize, 'X');
  const resolved = resolveOptions(options, net.random, count);
  const { progressInterval: _, epochs: __, ...settings } = resolved.settings;
  const subject = { net: netOf(net), binding, mean: net.mean };
  const rows = labelledRows(subject, X, y, ['X', 'y']);
  const mean = rows.rows.mean ?? undefined;
  const classNames = data?.named ? data.classNames : net.classNames;
  const { custom } = readSchedule(options);
  const epoch = iterationsPerEpoch(count, settings.batchSize);
  const sizes = { inputSize, hiddenSize, numClasses, dtype, products, inputScale, backend };
  const source = {
    settings: { ...sizes, ...settings, finalAccuracies: resolved.finalAccuracies },
    training: rows,
    validation: validationRows({ ...subject, mean }, validation),
    weights: rowWeights(resolved, rows.labels, numClasses, classNames),
    rates: custom ? ratesOf({ ...settings, iterationsPerEpoch: epoch }, custom, 0) : null,
  };
  return inTurns(originOf(source), options.signal);
}

/**
 * Checks that a file may be replaced by the checkpoints of a new training: one that does not exist, or the checkpoint
 * of a training that has ended.
 *
 * @throws (as a rejection) Error `ERR_NOT_WRITABLE`
 */
async function checkReplaceable(file: string): Promise<void> {
  const there = await stat(file).catch((error: unknown) => {
    if (isSystemError(error) && error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!there) return;
  const refuse = (why: string, cause?: unknown) =>
    withCode(new Error(`Cannot write the checkpoint ${file}: ${why}`, { cause }), 'ERR_NOT_WRITABLE');
  let saved: KeptTraining;
  try {
    saved = await readCheckpoint(file);
  } catch (error) {
    throw refuse('a file is there already that is no checkpoint, or a damaged one: remove it or name another', error);
  }
  if (saved.done) return;
  throw refuse(
    `it holds a training that has not ended, after ${saved.state.history.lossHistory.length} iterations: ` +
      'go on with it (the option resume, or --resume), remove the file, or name another',
  );
}

/** Makes the net and the stream those of a state. */
function restoreInto(net: KeptNet, state: TrainingState, random: RandomState): void {
  random.setState(state.random);
  for (const name of PARAMETERS) net.params[name].set(state.params[name]);
  const { slots, best } = copyLeft(state);
  replaceAll(net.slots, slots);
  net.best = best;
  net.mean = state.mean;
  net.classNames = state.classNames;
  net.imageShape = state.imageShape;
}

/** What a {@link Keeper} keeps. */
interface Kept {
  readonly checkpoint: CheckpointOptions;
  /** Trains with these options in place of those that were given. */
  readonly part: (changed: TrainOptions) => Promise<TrainingHistory>;
  readonly options: TrainOptions;
  readonly origin: Origin;
}

/** One kept training. */
class Keeper {
  readonly #net: KeptNet;
  readonly #kept: Kept;
  /** Ends the part that trains now. */
  #stop = new AbortController();
  /** Aborted when the training is over, but for the file: `onError` is not waited for any longer. */
  readonly #over = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;
  #failed: { readonly error: unknown } | undefined;
  /** What `onError` threw: unlike what it was told, nothing mends this. */
  #refused: { readonly error: unknown } | undefined;

  constructor(net: KeptNet, kept: Kept) {
    this.#net = net;
    this.#kept = kept;
  }

  /** @param begun - the history to go on from; undefined for a new training */
  async run(begun: TrainingHistory | undefined): Promise<TrainingHistory> {
    const { signal } = this.#kept.options;
    const abort = () => {
      this.#stop.abort(signal?.reason);
      this.#over.abort();
    };
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort);
    try {
      for (let history = begun; ; ) {
        const ended = await this.#part(history);
        const aborted = isTrainingAborted(ended) ? ended : undefined;
        history = aborted?.history ?? (ended as TrainingHistory);
        const isLast = !aborted || this.#isAborted();
        if (isLast) await this.#finish(history, !aborted);
        if (!aborted) return history;
        if (isLast) throw new TrainingAbortedError(aborted.numIters, signal?.reason, history);
        this.#throwFailure();
        this.#writing = this.#write(this.#take(history, false));
      }
    } finally {
      signal?.removeEventListener('abort', abort);
      this.#over.abort();
      // The lock of the file is given up after this.
      await this.#writing;
      clearTimeout(this.#timer);
    }
  }

  /** Whether the signal has ended the training, here or in another process, rather than a checkpoint this part. */
  #isAborted(): boolean {
    const { signal, group } = this.#kept.options;
    const aborted = signal?.aborted ?? false;
    return group ? group.any(aborted) : aborted;
  }

  /** Whether it is this process that writes the file, of those that train together. */
  get #writes(): boolean {
    return this.#kept.options.group?.isFirst !== false;
  }

  /** Trains until the next checkpoint is due. */
  async #part(history: TrainingHistory | undefined): Promise<TrainingHistory | TrainingAbortedError> {
    const { options, part } = this.#kept;
    this.#stop = new AbortController();
    if (options.signal?.aborted) this.#stop.abort(options.signal.reason);
    if (!this.#writing) this.#setTimer();
    try {
      return await part({ resume: history, signal: this.#stop.signal });
    } catch (error) {
      if (isTrainingAborted(error)) return error;
      throw error;
    }
  }

  #setTimer(): void {
    const { every = CHECKPOINT_SECONDS } = this.#kept.checkpoint;
    if (!this.#writes) return;
    this.#timer = setTimeout(() => this.#stop.abort(), every * 1000);
  }

  /** Writes the last checkpoint. If that succeeds, it does not matter that one before has failed. */
  async #finish(history: TrainingHistory, done: boolean): Promise<void> {
    const last = history.lossHistory.length > 0 && this.#take(history, done);
    await this.#writing;
    if (last) {
      this.#failed = undefined;
      await this.#write(last);
    }
    this.#throwFailure();
  }

  #take(history: TrainingHistory, done: boolean): KeptTraining {
    const { options, checkpoint, origin } = this.#kept;
    const state = trainingState(this.#net, history, options.random ?? this.#net.random);
    return { state, done, origin, settings: checkpoint.settings };
  }

  /** Writes a checkpoint; the next one is due some time after that. */
  async #write(kept: KeptTraining): Promise<void> {
    const { file, onError } = this.#kept.checkpoint;
    clearTimeout(this.#timer);
    try {
      if (this.#writes) await writeCheckpoint(file, kept);
    } catch (error) {
      if (!onError) this.#failed = { error };
      // The next checkpoint waits for it, and so does the end of the training.
      else this.#refused ??= await failureOf(() => onError(error), this.#over.signal);
    }
    this.#writing = undefined;
    if (this.#failed ?? this.#refused) this.#stop.abort();
    else this.#setTimer();
  }

  #throwFailure(): void {
    const failure = this.#refused ?? this.#failed;
    if (failure) throw failure.error;
  }
}

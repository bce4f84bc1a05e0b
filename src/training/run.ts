import type { BestEpoch, Binding, Net, Outcome, ParameterArrays, ProgressReport, TrainingCall } from '../../binding.js';
import { sharedBuffer } from '../platform/shared-buffer.js';
import { inTurns } from '../platform/turns.js';
import { keepStream, releaseStream } from '../random/busy-streams.js';
import { RandomState, type RandomStateSnapshot } from '../random/random-state.js';
import { PARAMETERS } from '../validation/parameters.js';
import { isAbortOf } from '../validation/signal.js';
import { Follower } from './callbacks.js';
import { EpochCounter } from './epochs.js';
import { DivergedError, TrainingAbortedError } from './errors.js';
import { iterationLine, type TrainingHistory, type TrainingProgress } from './history.js';
import { noiseSeedOf } from './noise.js';
import { iterationsPerEpoch } from './options.js';
import type { RunOptions, TrainingRows } from './run-options.js';
import { ENGINE_SETTINGS, pickSettings } from './settings.js';
import { columnScales } from './warnings/column-scales.js';
import { lossOfGuessing, lossRose, rateVanished } from './warnings/curves.js';
import { oneClass } from './warnings/one-class.js';
import type { TrainingWarning } from './warnings/warning.js';

/** One training from its checked arguments to its history: everything between a net and a backend's call. */
export class TrainingRun {
  /** What the backend is called with. */
  readonly call: TrainingCall;
  /** What the backend reports to; null if nobody follows the training, and its memory cannot go away. */
  readonly report: ((report: ProgressReport) => void) | null;
  /** The best epoch of a stopped training, to continue it with. */
  bestSoFar: BestEpoch | undefined;
  readonly #options: RunOptions;
  readonly #history: TrainingHistory;
  readonly #state: RandomStateSnapshot;
  readonly #stop = new Int32Array(sharedBuffer(Int32Array.BYTES_PER_ELEMENT));
  readonly #abort = () => this.#end();
  readonly #start = performance.now();
  readonly #follower: Follower;
  readonly #epochs: EpochCounter;
  /** Without rates of a schedule: that of the next epoch that has not been reported yet. */
  #learningRate: number;
  #thrown: { error: unknown } | undefined;

  /**
   * @param slots - state of the update rule, which the training changes in place
   * @param rows - as they were passed; those that the backend reads may have to be copied yet
   * @throws Error `ERR_BUSY` when something else draws from the stream; {@link TrainingAbortedError} when the signal
   * is aborted already
   */
  constructor(net: Net, slots: readonly ParameterArrays[], rows: TrainingRows, options: RunOptions) {
    this.#options = options;
    this.#history = firstHistory(options);
    const { settings, signal, random, best, inputScale } = options;
    // Of several processes all end, or all begin and wait for each other.
    const aborted = signal?.aborted ?? false;
    if (options.group ? options.group.any(aborted) : aborted) throw this.#aborted();
    keepStream(random);
    const { learningRate, lossHistory } = this.#history;
    this.#state = this.#drawSeed();
    this.#learningRate = learningRate;
    this.#epochs = new EpochCounter(this.#history, iterationsPerEpoch(rows.training.rows.count, settings.batchSize));
    this.#follower = new Follower(options.callbacks, (error) => this.#fail(error), options.synchronous);
    this.call = {
      net,
      slots,
      training: options.kept.training,
      weights: options.weights,
      picture: options.picture,
      validation: options.kept.validation,
      rates: options.rates,
      noiseSeed: this.#history.noiseSeed ?? 0,
      finalAccuracies: options.finalAccuracies,
      settings: pickSettings(ENGINE_SETTINGS, {
        ...settings,
        numIters: settings.numIters + options.stepsBefore,
        learningRate,
        inputScale,
      }),
      firstIteration: lossHistory.length + options.stepsBefore,
      best,
      random: this.#state,
      stop: this.#stop,
      reportInterval: settings.progressInterval,
      profile: false,
      group: options.group?.handle ?? null,
    };
    const followed = options.verbose || options.callbacks.length > 0 || options.kept.guarded;
    this.report = followed ? (report) => this.#take(report) : null;
    signal?.addEventListener('abort', this.#abort);
    this.#warn(columnScales(rows.training.rows, net.shape.inputSize));
  }

  /**
   * The history, or the error that the training ended with. The stream is then where the training left it. After a
   * whole training with patience, the net has the parameters of the best epoch.
   */
  finish(outcome: Outcome): TrainingHistory {
    this.#takeEnd(outcome);
    return this.#result(outcome);
  }

  /** Trains in the background: the same, when everything has settled that the callbacks have returned. */
  async inBackground(binding: Pick<Binding, 'train'>): Promise<TrainingHistory> {
    // Without a turn, if there is nothing to copy: rows may lose their memory from now on.
    if (this.#options.kept.copying.length > 0) await this.#copyRows();
    const outcome = await binding.train(this.call, this.report);
    this.#takeEnd(outcome);
    const settled = await this.#follower.settled(this.#options.signal);
    return this.#result(settled || this.#options.group ? outcome : { ...outcome, status: 'stopped' });
  }

  async #copyRows(): Promise<void> {
    const { kept, signal, group } = this.#options;
    try {
      // Of several processes, the first iteration ends all.
      for (const pieces of kept.copying) await inTurns(pieces, group ? undefined : signal);
    } catch (error) {
      throw isAbortOf(error, signal) ? this.#aborted() : error;
    }
  }

  /** To be called whatever happened. */
  release(): void {
    releaseStream(this.#options.random);
    this.#options.kept.release();
    this.#options.signal?.removeEventListener('abort', this.#abort);
  }

  #takeEnd(outcome: Outcome): void {
    const { random } = this.#options;
    random.setState({ ...this.#state, position: outcome.position });
    if (this.#thrown) return;
    this.#add(outcome, outcome.seconds);
    this.#judgeCurves();
    this.#takeBest(outcome);
    this.#takeAccuracies(outcome);
    if (outcome.status !== 'diverged') this.#judgePredictions();
    this.#tell(outcome.status === 'done' || outcome.status === 'early');
  }

  #result({ status, iterations }: Outcome): TrainingHistory {
    const { settings } = this.#options;
    if (this.#thrown) throw this.#thrown.error;
    if (status === 'diverged') {
      const made = iterations - this.#options.stepsBefore;
      const inUse = { ...settings, learningRate: this.#rateAt(made - 1) };
      throw new DivergedError(made, inUse, this.#history);
    }
    if (status === 'stopped') throw this.#aborted();
    return this.#history;
  }

  #aborted(): TrainingAbortedError {
    const { settings, signal } = this.#options;
    return new TrainingAbortedError(settings.numIters, signal?.reason, this.#history);
  }

  #takeBest({ status, best }: Outcome): void {
    if (!best || !this.call.best || best.iterations === 0) return;
    this.#history.bestIteration = best.iterations;
    if (status === 'stopped') this.bestSoFar = { ...best, parameters: this.call.best.parameters };
    if (status !== 'done' && status !== 'early') return;
    for (const name of PARAMETERS) this.call.net.parameters[name].set(this.call.best.parameters[name]);
  }

  #takeAccuracies({ accuracies }: Outcome): void {
    if (!accuracies) return;
    this.#history.trainAccuracy = accuracies.training;
    if (accuracies.validation !== null) this.#history.valAccuracy = accuracies.validation;
  }

  /** Draws the seed of dropout and of changed pictures from a copy of the stream, and returns the copy's state. */
  #drawSeed(): RandomStateSnapshot {
    const { random, settings, resume } = this.#options;
    const copy = new RandomState(0);
    copy.setState(random.getState());
    const noiseSeed = noiseSeedOf(settings, resume?.noiseSeed, copy);
    if (noiseSeed !== undefined) this.#history.noiseSeed = noiseSeed;
    return copy.getState();
  }

  #judgeCurves(): void {
    const { settings, inputScale } = this.#options;
    const { lossHistory, learningRate } = this.#history;
    const { net, rates } = this.call;
    const ended = { net, lossHistory, learningRate, rates, settings: { ...settings, inputScale } };
    this.#warn(lossRose(ended, (iteration) => this.#rateAt(iteration)));
    this.#warn(rateVanished(ended));
    this.#warn(lossOfGuessing(ended));
  }

  #judgePredictions(): void {
    const { binding, classNames } = this.#options;
    const { net, training } = this.call;
    this.#warn(oneClass({ net, binding, training, iterations: this.#history.lossHistory.length, classNames }));
  }

  #warn(warning: TrainingWarning | undefined): void {
    if (warning) this.#history.warnings.push(warning);
  }

  #end(): void {
    Atomics.store(this.#stop, 0, 1);
  }

  /** Nothing may be thrown through a backend: an error of the caller's ends the training, and is thrown at its end. */
  #take(report: ProgressReport): void {
    if (this.#thrown) return;
    this.#add(report, (performance.now() - this.#start) / 1000);
    this.#tell(false);
  }

  #fail(error: unknown): void {
    this.#thrown = { error };
    this.#end();
  }

  /** Adds a report to the history; `seconds` are those since this training began. */
  #add(report: ProgressReport, seconds: number): void {
    const { verbose, settings, resume } = this.#options;
    const history = this.#history;
    const before = history.lossHistory.length;
    for (const loss of report.losses) history.lossHistory.push(loss);
    for (const accuracy of report.trainAccuracies) {
      history.trainAccHistory.push(accuracy);
      history.learningRateHistory.push(this.#rateOf(history.trainAccHistory.length - 1));
    }
    for (const accuracy of report.validationAccuracies) history.valAccHistory.push(accuracy);
    for (const loss of report.validationLosses) history.valLossHistory.push(loss);
    history.learningRate = report.learningRate;
    history.seconds = (resume?.seconds ?? 0) + seconds;
    history.samplesPerSecond = (history.lossHistory.length * settings.batchSize) / history.seconds;
    if (verbose) print(history.lossHistory, before, settings.numIters);
  }

  /** The learning rate of the first iteration of an epoch, which is the one after the last that was asked for. */
  #rateOf(epoch: number): number {
    const { rates, settings } = this.#options;
    if (rates) return rates[epoch * this.#epochs.iterations - this.call.firstIteration] ?? Number.NaN;
    const rate = this.#learningRate;
    // As the backend does after each epoch.
    this.#learningRate *= settings.learningRateDecay;
    return rate;
  }

  /** The learning rate of an iteration that was made. */
  #rateAt(iteration: number): number {
    const { rates, settings } = this.#options;
    const scheduled = rates?.[iteration - this.call.firstIteration];
    return scheduled ?? this.#epochs.rateAt(iteration, settings.learningRateDecay) ?? settings.learningRate;
  }

  /** @param over - whether the last epoch has ended, though it may be short */
  #tell(over: boolean): void {
    if (this.#history.lossHistory.length === 0) return;
    this.#follower.tell(this.#epochs.ended(over), () => this.#progress());
  }

  #progress(): TrainingProgress {
    const history = this.#history;
    const iteration = history.lossHistory.length;
    return {
      iteration,
      numIters: this.#options.settings.numIters,
      loss: history.lossHistory[iteration - 1],
      learningRate: history.learningRate,
      iterationsPerEpoch: this.#epochs.iterations,
      samplesPerSecond: history.samplesPerSecond,
      seconds: history.seconds,
      history,
    };
  }
}

/** The history that a training begins with: a copy of the one that it continues, or an empty one. */
function firstHistory({ settings, resume, madeBy, data }: RunOptions): TrainingHistory {
  return {
    lossHistory: [...(resume?.lossHistory ?? [])],
    trainAccHistory: [...(resume?.trainAccHistory ?? [])],
    valAccHistory: [...(resume?.valAccHistory ?? [])],
    valLossHistory: [...(resume?.valLossHistory ?? [])],
    // A history from elsewhere may lack it; the list is as long as that of the accuracies all the same.
    learningRateHistory: [...(resume?.learningRateHistory ?? resume?.trainAccHistory.map(() => Number.NaN) ?? [])],
    optimizer: settings.optimizer,
    ...madeBy,
    data,
    ...(resume?.noiseSeed !== undefined && { noiseSeed: resume.noiseSeed }),
    learningRate: (settings.schedule === 'decay' ? resume?.learningRate : undefined) ?? settings.learningRate,
    seconds: resume?.seconds ?? 0,
    samplesPerSecond: resume?.samplesPerSecond ?? 0,
    // Judged anew, over all iterations.
    warnings: [],
  };
}

/** Prints the lines of every hundredth iteration from `from` on. */
function print(lossHistory: readonly number[], from: number, numIters: number): void {
  for (let i = Math.ceil(from / 100) * 100; i < lossHistory.length; i += 100) {
    console.log(iterationLine(i, numIters, lossHistory[i]));
  }
}

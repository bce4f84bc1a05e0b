import type { LabelledRows, Net, TrainingCall, TrainingOutcome, TrainingReport } from '../../binding.js';
import type { RandomState, RandomStateSnapshot } from '../random/random-state.js';
import { withCode } from '../validation/errors.js';
import { type ResolvedTrainOptions, TrainingAbortedError, type TrainingHistory, TrainingRecord } from './training.js';

/** Streams that a training draws from at the moment: two drawing from one would each undo the other. */
const streamsInUse = new WeakSet<RandomState>();

/** One training from its checked arguments to its history: what lies between a net and a backend's call. */
export class TrainingRun {
  /** What the backend is called with. */
  readonly call: TrainingCall;
  /** What the backend reports to; null when nobody wants to hear. */
  readonly report: ((report: TrainingReport) => void) | null;
  readonly #options: ResolvedTrainOptions;
  readonly #record: TrainingRecord;
  readonly #state: RandomStateSnapshot;
  readonly #stop = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  readonly #abort = () => this.#end();
  #thrown: { error: unknown } | undefined;

  /**
   * @throws Error `ERR_BUSY` when another training draws from the stream; {@link TrainingAbortedError} when the signal
   * is aborted already
   */
  constructor(net: Net, training: LabelledRows, validation: LabelledRows | null, options: ResolvedTrainOptions) {
    this.#options = options;
    this.#record = new TrainingRecord(options);
    const { signal, random, numIters, batchSize, learningRateDecay, reg } = options;
    const { learningRate, lossHistory } = this.#record.history;
    if (signal?.aborted) throw new TrainingAbortedError(numIters, signal.reason, this.#record.history);
    if (streamsInUse.has(random)) {
      throw withCode(
        new Error(
          'Another training draws from this random stream and has not ended: await it first, or give each training a RandomState of its own',
        ),
        'ERR_BUSY',
      );
    }
    this.#state = random.getState();
    this.call = {
      net,
      training,
      validation,
      ...{ numIters, firstIteration: lossHistory.length, batchSize, learningRate, learningRateDecay, reg },
      random: this.#state,
      stop: this.#stop,
      reportInterval: options.progressInterval,
      profile: false,
    };
    this.report = this.#record.wanted ? (report) => this.#take(report) : null;
    streamsInUse.add(random);
    signal?.addEventListener('abort', this.#abort);
  }

  /** The history, or what the training came to, thrown. The stream is then where the training left it. */
  finish(outcome: TrainingOutcome): TrainingHistory {
    this.#options.random.setState({ ...this.#state, position: outcome.position });
    if (this.#thrown) throw this.#thrown.error;
    return this.#record.end(outcome);
  }

  /** To be called whatever happened. */
  release(): void {
    streamsInUse.delete(this.#options.random);
    this.#options.signal?.removeEventListener('abort', this.#abort);
  }

  #end(): void {
    Atomics.store(this.#stop, 0, 1);
  }

  /** Nothing may be thrown through a backend: an error of the caller's ends the training, and is thrown at its end. */
  #take(report: TrainingReport): void {
    if (this.#thrown) return;
    try {
      this.#record.add(report);
      this.#record.pass();
    } catch (error) {
      this.#thrown = { error };
      this.#end();
    }
  }
}

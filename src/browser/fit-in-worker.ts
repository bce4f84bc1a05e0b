/** Trains a classifier in a Worker, so that the page stays awake. */
import { Classifier, FitAbortedError } from '../classifier/classifier.js';
import { CLASSIFIER_OPTIONS, type ClassifierOptions, resolveClassifierOptions } from '../classifier/options.js';
import { optionsOf, trainingData } from '../classifier/training-data.js';
import type { Dataset, DatasetInput } from '../data/dataset.js';
import { type Label, labelName } from '../data/labels.js';
import type { DatasetPart } from '../data/part.js';
import type { Model } from '../model/model-types.js';
import { callbacksOf } from '../training/callbacks.js';
import { DivergedError, TrainingAbortedError } from '../training/errors.js';
import type { TrainingHistory } from '../training/history.js';
import { settled } from '../validation/callback.js';
import { checkNumber, checkOptions } from '../validation/check.js';
import { conflict, wrongType } from '../validation/errors.js';
import type { RowsInput } from '../validation/inputs.js';
import { addAll } from '../validation/long-lists.js';
import { abortError, throwIfAborted } from '../validation/signal.js';
import { type Answer, CURVES, type Curves, type Request, type SentDataset, type SentError } from './fit-protocol.js';
import { wasmFolder } from './instead/backend/wasm/load.js';
import { ownWorker, type StartedWorker, startWorker, workerFailure } from './start-worker.js';

/** Options of `fitInWorker`: those of `Classifier.fit`, and of the Worker. */
export interface FitInWorkerOptions extends Omit<ClassifierOptions, 'checkpoint' | 'resume'> {
  /**
   * Called now and then with the classifier as it is, which may be used and drawn: it does not change any more.
   * @defaultValue none
   */
  onModel?: ((classifier: Classifier) => unknown) | undefined;
  /**
   * Milliseconds from one call of `onModel` to the next, at least.
   * @defaultValue 500
   */
  modelInterval?: number | undefined;
  /**
   * Starts the Worker, where a bundler does not find its file: `() => new Worker(url, { type: 'module' })` with the
   * address of the package's `dist/browser/worker.js`.
   * @defaultValue the file `worker.js` beside this code, which Vite, webpack and Rollup find
   */
  worker?: (() => Worker) | undefined;
}

/** The options that `Classifier.fit` has not, or that a Worker cannot have. */
const OWN = ['onModel', 'modelInterval', 'worker'] as const;
const NOT_HERE: readonly string[] = ['checkpoint', 'resume'];

/**
 * As `Classifier.fit`, in a Worker: the page goes on, and the classifier is the same, bit for bit. Rows in shared
 * memory are shared, others copied.
 *
 * @param data - a data set, or what one is made from
 * @throws (as a rejection) as `Classifier.fit`: TypeError or RangeError, `DivergedError`; `FitAbortedError` when
 * `signal` ends it, with the classifier so far, and another `AbortError` before there is one; what a callback throws;
 * Error `ERR_WORKER` when the Worker cannot be started, with its address and the reason
 * @example
 * const stop = new AbortController();
 * const classifier = await fitInWorker(data, { onProgress: ({ loss }) => show(loss), signal: stop.signal });
 */
export async function fitInWorker(data: Dataset | DatasetInput, options?: FitInWorkerOptions): Promise<Classifier>;
/** The same on rows and their labels, as `Classifier.fit`. */
export async function fitInWorker(X: RowsInput, y: ArrayLike<Label>, options?: FitInWorkerOptions): Promise<Classifier>;
export async function fitInWorker(...args: unknown[]): Promise<Classifier> {
  const options = checkFit(optionsOf<FitInWorkerOptions>(args));
  const { onModel, modelInterval = 500, worker: start = ownWorker, ...fit } = options;
  const {
    random,
    signal,
    callbacks: _,
    onProgress: __,
    onEpochEnd: ___,
    classes: ____,
    inputSize: _____,
    ...sent
  } = fit;
  resolveClassifierOptions(fit);
  const { data, classes } = await trainingData(args, fit, signal);
  const following = callbacksOf(fit);
  const request: Request = {
    kind: 'fit',
    data: sentDataset(data, classes),
    options: sent,
    random: random?.getState(),
    folder: wasmFolder(),
    told: {
      progress: following.some((one) => one.onProgress),
      epochs: following.some((one) => one.onEpochEnd),
      model: onModel && modelInterval,
    },
  };
  const made = (model: Model) => Classifier.fromModel(labelled(model, classes));
  return new Fit(startWorker(start), { request, following, made, onModel, random, signal }).result;
}

function checkFit(options: FitInWorkerOptions): FitInWorkerOptions {
  const known = [...CLASSIFIER_OPTIONS.filter((name) => !NOT_HERE.includes(name)), ...OWN];
  checkOptions(options, 'the options of fitInWorker', known as (keyof FitInWorkerOptions)[]);
  const { onModel, modelInterval, worker, schedule } = options;
  if (onModel !== undefined && typeof onModel !== 'function') throw wrongType('a function for onModel', onModel);
  if (worker !== undefined && typeof worker !== 'function') throw wrongType('a function for worker', worker);
  if (modelInterval !== undefined) checkNumber(modelInterval, 'modelInterval', { min: 0 });
  if (typeof schedule === 'function') {
    throw conflict('Expected the name of a schedule in a Worker but received a function: it cannot be sent there');
  }
  return options;
}

/** What follows a fit, and what it gives back. */
interface Following {
  readonly request: Request;
  readonly following: ReturnType<typeof callbacksOf>;
  readonly made: (model: Model) => Classifier;
  readonly onModel: FitInWorkerOptions['onModel'];
  readonly random: ClassifierOptions['random'];
  readonly signal: AbortSignal | undefined;
}

/** One training in a Worker. */
class Fit {
  readonly result: Promise<Classifier>;
  readonly #worker: Worker;
  readonly #with: Following;
  readonly #history = Object.fromEntries(CURVES.map((curve) => [curve, []])) as unknown as Curves;
  #resolve: (classifier: Classifier) => void = () => {};
  #reject: (error: unknown) => void = () => {};
  /** What is told is told in order, one thing after the other. */
  #telling: Promise<void> = Promise.resolve();
  #begun = false;

  constructor({ worker, address }: StartedWorker, following: Following) {
    this.#worker = worker;
    this.#with = following;
    this.result = new Promise<Classifier>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    }).finally(() => this.#end());
    worker.onmessage = ({ data }: MessageEvent<Answer>) => this.#take(data);
    worker.onerror = (event) => {
      event.preventDefault?.();
      void workerFailure(event, address).then(this.#reject);
    };
    following.signal?.addEventListener('abort', this.#abort);
    if (following.signal?.aborted) {
      this.#abort();
      return;
    }
    try {
      this.#post(following.request);
    } catch (error) {
      // What cannot be copied.
      this.#reject(error);
    }
  }

  readonly #abort = (): void => {
    const { signal } = this.#with;
    if (this.#begun || !signal) this.#post({ kind: 'stop' });
    // Its files may come slowly, or never.
    else this.#reject(abortError('Training', signal));
  };

  #post(request: Request): void {
    this.#worker.postMessage(request);
  }

  #end(): void {
    this.#with.signal?.removeEventListener('abort', this.#abort);
    this.#worker.terminate();
  }

  #take(answer: Answer): void {
    if (answer.kind === 'begun') this.#begun = true;
    else this.#telling = this.#telling.then(() => this.#tell(answer)).catch(this.#reject);
  }

  async #tell(answer: Exclude<Answer, { kind: 'begun' }>): Promise<void> {
    const { following, made, onModel, signal } = this.#with;
    if (answer.kind === 'progress') {
      const progress = { ...answer.progress, history: this.#grown(answer.added) };
      for (const { onProgress } of following) await settled(onProgress?.(progress), signal);
      if (answer.model) await settled(onModel?.(made(answer.model)), signal);
      this.#post({ kind: 'taken' });
    } else if (answer.kind === 'epoch') {
      for (const { onEpochEnd } of following) await settled(onEpochEnd?.(answer.metrics), signal);
    } else if (answer.kind === 'failed') {
      // Before the training began, the Worker's own signal is the cause.
      throwIfAborted(answer.error.name === 'AbortError' ? signal : undefined, 'Training');
      throw received(answer.error);
    } else {
      this.#finish(answer);
    }
  }

  #grown(added: Curves): Curves {
    for (const curve of CURVES) addAll(this.#history[curve], added[curve]);
    return this.#history;
  }

  #finish({ model, random, stopped }: Extract<Answer, { kind: 'done' }>): void {
    const { made, signal, random: stream } = this.#with;
    const classifier = made(model);
    if (random) stream?.setState(random);
    if (stopped === undefined) {
      this.#resolve(classifier);
      return;
    }
    const history = classifier.history as TrainingHistory;
    this.#reject(new FitAbortedError(new TrainingAbortedError(stopped, signal?.reason, history), classifier));
  }
}

function labelled(model: Model, classes: readonly Label[]): Model {
  return { ...model, classNames: classes.map(labelName), labelType: typeof classes[0] as 'string' };
}

function sentDataset(data: Dataset, classes: readonly Label[]): SentDataset {
  const part = (one: DatasetPart | undefined) => one && { data: one.X.data, mean: one.X.mean, y: one.y };
  const { inputSize, numClasses, columns, imageShape, label, source, name, train, validation } = data;
  const classNames = data.named ? classes.map(labelName) : undefined;
  const about = { inputSize, numClasses, classNames, columns, imageShape, label, source, name };
  return { ...about, train: part(train), ...(validation && { validation: part(validation) }) } as SentDataset;
}

const CLASSES: Readonly<Record<string, { readonly prototype: object }>> = { DivergedError, TypeError, RangeError };

/** The error of a message, of the class that it had. */
function received({ name, message, stack, fields }: SentError): Error {
  const error = new Error(message);
  const { prototype } = CLASSES[name] ?? Error;
  Object.setPrototypeOf(error, prototype);
  Object.assign(error, fields);
  if (stack !== undefined) Object.defineProperty(error, 'stack', { value: stack, configurable: true, writable: true });
  if (error.name !== name) Object.defineProperty(error, 'name', { value: name, configurable: true });
  return error;
}

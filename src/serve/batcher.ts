/** Computes rows of several requests together: that costs little more than those of one. */
import type { Reals } from '../../binding.js';
import type { ClassPredictions } from '../classifier/class-predictions.js';
import type { Matrix } from '../data/matrix.js';
import { Refusal } from './refusal.js';
import { joined } from './rows.js';

/** The predictions of a request. */
export interface Judged {
  /** N·C probabilities. */
  readonly probabilities: Reals;
  /** The class of each row (N). */
  readonly classes: Int32Array;
}

interface Waiting {
  readonly X: Matrix;
  readonly since: number;
  readonly resolve: (judged: Judged) => void;
  readonly reject: (error: unknown) => void;
}

/** What a batcher is made with. */
export interface BatcherOptions {
  readonly predictor: ClassPredictions;
  /** Multiplications of one row. */
  readonly work: number;
  /** Milliseconds that a request may wait for others. */
  readonly batchWait: number;
  /** Milliseconds that a request may wait in all. */
  readonly timeout: number;
  /** How many requests may come in the next milliseconds: from how many connections some did in the last ones. */
  readonly expected: () => number;
  /** Told how many rows, of how many requests, were computed together. */
  readonly onBatch: (rows: number, requests: number) => void;
}

/** The most rows that are computed together. */
const MOST_ROWS = 1024;

/** The most multiplications at once on JavaScript's thread, which then does nothing else: some 0.3 ms. */
const MOST_AT_ONCE = 2e7;

/** A queue of requests for one model. */
export class Batcher {
  readonly #options: BatcherOptions;
  #waiting: Waiting[] = [];
  #rows = 0;
  #timer: NodeJS.Timeout | undefined;
  /** Whether a computation is to begin in this turn, or is going on. */
  #begun = false;

  constructor(options: BatcherOptions) {
    this.#options = options;
  }

  /** Predicts rows, together with those of other requests. */
  predict(X: Matrix): Promise<Judged> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ X, since: performance.now(), resolve, reject });
      this.#rows += X.rows;
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#begun || this.#waiting.length === 0) return;
    const { batchWait, expected } = this.#options;
    if (expected() <= 1) {
      // Nobody else asks: a turn of the event loop would only cost time.
      this.#begun = true;
      this.#next();
    } else if (batchWait > 0 && this.#waiting.length < expected() && this.#rows < MOST_ROWS) {
      this.#timer ??= setTimeout(() => this.#begin(), batchWait);
    } else {
      this.#begin();
    }
  }

  /** Begins when all that has arrived in this turn of the event loop has been read. */
  #begin(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#begun) return;
    this.#begun = true;
    setImmediate(() => this.#next());
  }

  #next(): void {
    const batch = this.#take();
    const ended = () => {
      this.#begun = false;
      this.#schedule();
    };
    const computing = batch.length > 0 && this.#compute(batch);
    if (computing) void computing.then(ended);
    else ended();
  }

  /** The next requests, without those that have waited too long. */
  #take(): Waiting[] {
    const oldest = performance.now() - this.#options.timeout;
    let rows = 0;
    let end = 0;
    for (; end < this.#waiting.length; end++) {
      if (end > 0 && rows + this.#waiting[end].X.rows > MOST_ROWS) break;
      rows += this.#waiting[end].X.rows;
    }
    const taken = this.#waiting.splice(0, end);
    this.#rows -= rows;
    return taken.filter(({ since, reject }) => {
      if (since >= oldest) return true;
      reject(new Refusal(503, 'ERR_TIMEOUT', 'The request has waited too long for its computation', true));
      return false;
    });
  }

  /** Computes at once, or beside JavaScript's thread: then there is a promise, which is always fulfilled. */
  #compute(batch: readonly Waiting[]): Promise<void> | undefined {
    const { predictor, work, onBatch } = this.#options;
    const X = joined(batch.map((waiting) => waiting.X));
    onBatch(X.rows, batch.length);
    if (X.rows * work > MOST_AT_ONCE) {
      return predictor.judge(X).then(
        (judged) => share(batch, judged, predictor.numClasses),
        (error: unknown) => this.#oneByOne(batch, error),
      );
    }
    try {
      share(batch, predictor.judgeNow(X), predictor.numClasses);
    } catch (error) {
      this.#oneByOne(batch, error);
    }
    return undefined;
  }

  /** One request's rows have no prediction: only that one is to fail. */
  #oneByOne(batch: readonly Waiting[], error: unknown): void {
    if (batch.length === 1) {
      batch[0].reject(error);
      return;
    }
    for (const { X, resolve, reject } of batch) {
      try {
        resolve(this.#options.predictor.judgeNow(X));
      } catch (own) {
        reject(own);
      }
    }
  }
}

function share(batch: readonly Waiting[], { probabilities, classes }: Judged, C: number): void {
  let row = 0;
  for (const { X, resolve } of batch) {
    const end = row + X.rows;
    resolve({ probabilities: probabilities.subarray(row * C, end * C), classes: classes.subarray(row, end) });
    row = end;
  }
}

/** What of this package is timed. It uses only what every version has, so that it can time other versions too. */
import type { TwoLayerNet } from '../net/two-layer-net.js';
import type { RandomData } from './random-data.js';
import type { BenchShape } from './shapes.js';
import { stepSeconds } from './steps.js';

/** A kind of work: training steps, `predict`, or the accuracy on validation rows that a training computes per epoch. */
export type Work = 'steps' | 'predict' | 'validation';

/** All kinds of work. */
export const WORK: readonly Work[] = ['steps', 'predict', 'validation'];

/** One thing to time: steps, or passes over some rows. */
export type Task =
  | { readonly work: 'steps' }
  | {
      readonly work: 'predict' | 'validation';
      /** Rows in one pass. */
      readonly rows: number;
    };

/**
 * The fewest iterations of a task in one run. The time of steps is a difference of two calls, and few steps would be
 * lost in the noise of a call.
 */
export function minIterations({ work }: Task): number {
  return work === 'steps' ? 20 : 1;
}

/** Rows in one pass, unless the data set has fewer. `predict` is also timed on the whole data set. */
const ROWS = 10_000;

/** The tasks of some kinds of work on a data set of `rows` rows. */
export function tasksOf(work: readonly Work[], rows: number): Task[] {
  const some = Math.min(ROWS, rows);
  return work.flatMap((kind): Task[] => {
    if (kind === 'steps') return [{ work: kind }];
    const counts = kind === 'predict' ? [...new Set([some, rows])] : [some];
    return counts.map((count) => ({ work: kind, rows: count }));
  });
}

/** Settings that keep the numbers finite for millions of steps: strong regularization would make the weights vanish. */
export const TRAINING = { learningRate: 1e-4, learningRateDecay: 1, reg: 1e-5 } as const;

/** Steps before any are timed. */
const WARM_UP = 3;

/** Returns a function that does a task some times and returns the seconds that this took. */
export function timer(
  task: Task,
  net: TwoLayerNet,
  { X, y }: RandomData,
  { N }: BenchShape,
): (iterations: number) => number {
  if (task.work === 'predict') return predictions(net, X.slice(0, task.rows));
  const train = (data: RandomData, validation: RandomData | null, numIters: number) => {
    const options = { ...TRAINING, numIters, batchSize: N, finalAccuracies: false };
    return net.trainSync(data.X, data.y, validation?.X ?? null, validation?.y ?? null, options).seconds;
  };
  if (task.work === 'steps') {
    const trainFor = (numIters: number) => train({ X, y }, null, numIters);
    trainFor(WARM_UP); // the first call is slower by more than one step takes
    return (steps) => stepSeconds(trainFor, steps);
  }
  const first = (rows: number) => ({ X: X.slice(0, rows), y: y.slice(0, rows) });
  // An epoch of N rows is one step, so that there is a pass after each.
  const [epoch, validation] = [first(Math.min(N, X.rows)), first(task.rows)];
  return (passes) => validationSeconds((withRows) => train(epoch, withRows ? validation : null, passes));
}

function predictions(net: TwoLayerNet, X: RandomData['X']): (passes: number) => number {
  return (passes) => {
    const start = performance.now();
    for (let pass = 0; pass < passes; pass++) net.predict(X);
    return (performance.now() - start) / 1000;
  };
}

/**
 * Returns the seconds of the passes over validation rows in a training: its time with validation rows less its time
 * without them.
 */
export function validationSeconds(train: (withRows: boolean) => number): number {
  return Math.max(0, train(true) - train(false));
}

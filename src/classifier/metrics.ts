/** How well predicted probabilities fit the labels of some rows. */
import { inTurns, type Pieces } from '../platform/turns.js';

/** Of one class against all others. NaN for a class with neither rows nor predictions. */
export interface ClassMetrics {
  /** The class's name. */
  readonly name: string;
  /** Of the rows predicted as this class, the share that is of it; 0 if none was predicted, though there are some. */
  readonly precision: number;
  /** Of the rows of this class, the share that was predicted as it; 0 if there are none, though some were predicted. */
  readonly recall: number;
  /** The harmonic mean of both: 2 · right / (predicted + rows). */
  readonly f1: number;
  /** The area under the ROC curve of its probability; NaN unless there are rows of it and others. */
  readonly rocAuc: number;
  /** The rows of this class. */
  readonly rows: number;
}

/** The metrics of the classes, averaged. Classes for which one is NaN are left out of its average. */
export interface AverageMetrics {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly rocAuc: number;
}

/** How well a classifier predicts labelled rows. */
export interface ClassifierEvaluation {
  /** The share of rows whose predicted class is their label, 0 … 1. */
  readonly accuracy: number;
  /** The mean of −ln p(label), with probabilities of at least 2⁻¹⁰²². */
  readonly logLoss: number;
  /** Each class (C), in the order of the classifier's classes. */
  readonly classes: readonly ClassMetrics[];
  /** The average over classes, each counted once. */
  readonly macro: AverageMetrics;
  /** The average over classes, each counted by its rows. */
  readonly weighted: AverageMetrics;
  /** Rows by true class (row) and predicted class (column): C lists of C counts. */
  readonly confusion: readonly (readonly number[])[];
}

/** Rows between two looks at the clock. */
const PIECE = 1 << 13;

/**
 * Computes all metrics, with turns of the event loop in between.
 *
 * @param probabilities - (N, C), row-major
 * @param labels - the class of each row (N)
 * @param names - the name of each class (C)
 * @param classes - the predicted class of each row (N); the most probable one if left out
 * @param signal - ends it
 */
export function metricsOf(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  names: readonly string[],
  classes?: ArrayLike<number>,
  signal?: AbortSignal,
): Promise<ClassifierEvaluation> {
  return inTurns(measuring(probabilities, labels, names, classes), signal);
}

function* measuring(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  names: readonly string[],
  predictions: ArrayLike<number> | undefined,
): Pieces<ClassifierEvaluation> {
  const C = names.length;
  const N = labels.length;
  const confusion = names.map(() => new Array<number>(C).fill(0));
  let logLoss = 0;
  for (let i = 0; i < N; i++) {
    confusion[labels[i]][predictions?.[i] ?? highest(probabilities, i * C, C)]++;
    logLoss -= Math.log(Math.max(probabilities[i * C + labels[i]], LEAST)) / N;
    if (i % PIECE === 0) yield;
  }
  const areas: number[] = [];
  for (let c = 0; c < C; c++) areas.push(yield* areaUnderRoc(probabilities, labels, c, C));
  const classes = names.map((name, c): ClassMetrics => {
    const right = confusion[c][c];
    const rows = confusion[c].reduce((sum, count) => sum + count, 0);
    const predicted = confusion.reduce((sum, row) => sum + row[c], 0);
    // A class that has rows, or predictions, but no right one: all three are 0, as in scikit-learn.
    const share = (of: number) => (of === 0 && predicted + rows > 0 ? 0 : right / of);
    const f1 = (2 * right) / (predicted + rows);
    return { name, precision: share(predicted), recall: share(rows), f1, rocAuc: areas[c], rows };
  });
  return {
    accuracy: classes.reduce((sum, _, c) => sum + confusion[c][c], 0) / N,
    logLoss,
    classes,
    macro: averageOf(classes, () => 1),
    weighted: averageOf(classes, ({ rows }) => rows),
    confusion,
  };
}

/** The least normal float64. */
const LEAST = 2 ** -1022;

/** The index of the highest of C numbers from `start` on, the first of them in a tie. */
export function highest(values: ArrayLike<number>, start: number, C: number): number {
  let best = 0;
  for (let c = 1; c < C; c++) if (values[start + c] > values[start + best]) best = c;
  return best;
}

/** Whether the highest of C numbers from `start` on is there twice. */
export function isTied(values: ArrayLike<number>, start: number, C: number): boolean {
  const best = highest(values, start, C);
  for (let c = best + 1; c < C; c++) if (values[start + c] === values[start + best]) return true;
  return false;
}

function averageOf(classes: readonly ClassMetrics[], weightOf: (metrics: ClassMetrics) => number): AverageMetrics {
  const average = (metric: keyof AverageMetrics) => {
    const counted = classes.filter((metrics) => !Number.isNaN(metrics[metric]));
    const weight = counted.reduce((sum, metrics) => sum + weightOf(metrics), 0);
    return counted.reduce((sum, metrics) => sum + weightOf(metrics) * metrics[metric], 0) / weight;
  };
  return { precision: average('precision'), recall: average('recall'), f1: average('f1'), rocAuc: average('rocAuc') };
}

/**
 * The probability that a row of class c has a higher probability of c than a row of another class, a tie counted as one
 * half: the Mann–Whitney statistic, which is the area under the ROC curve.
 */
function* areaUnderRoc(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  c: number,
  C: number,
): Pieces<number> {
  const N = labels.length;
  const values = new Float64Array(N);
  for (let i = 0; i < N; i++) {
    values[i] = probabilities[i * C + c];
    if (i % PIECE === 0) yield;
  }
  const sorted = yield* sortedCopy(values);
  let rankSum = 0;
  let positives = 0;
  for (let i = 0; i < N; i++) {
    if (i % PIECE === 0) yield;
    if (labels[i] !== c) continue;
    // The mean of the ranks of all equal values, which count from 1.
    const below = countBelow(sorted, (value) => value < values[i]);
    const notAbove = countBelow(sorted, (value) => value <= values[i]);
    rankSum += (below + 1 + notAbove) / 2;
    positives++;
  }
  const negatives = N - positives;
  return positives === 0 || negatives === 0
    ? Number.NaN
    : (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

/** How many of the sorted values come before the first one that is not below. */
function countBelow(sorted: Float64Array, isBelow: (value: number) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBelow(sorted[middle])) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Sorts by merging, in pieces: a sort of a million numbers at once would hold up the event loop. */
function* sortedCopy(values: Float64Array): Pieces<Float64Array> {
  let from = values.slice();
  let to = new Float64Array(values.length);
  for (let begin = 0; begin < from.length; begin += PIECE) {
    from.subarray(begin, begin + PIECE).sort();
    yield;
  }
  for (let width = PIECE; width < from.length; width *= 2) {
    for (let begin = 0; begin < from.length; begin += 2 * width) {
      const [middle, end] = [begin + width, begin + 2 * width].map((place) => Math.min(place, from.length));
      for (let at = begin, left = begin, right = middle; at < end; at++) {
        const fromLeft = left < middle && (right === end || from[left] <= from[right]);
        to[at] = fromLeft ? from[left++] : from[right++];
        if (at % PIECE === 0) yield;
      }
    }
    [from, to] = [to, from];
  }
  return from;
}

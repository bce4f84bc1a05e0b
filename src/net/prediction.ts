/** Predictions and the loss of a net, on JavaScript's thread. */
import type { Net, ParameterArrays, Reals } from '../../binding.js';
import type { ChosenBackend } from '../backend/choose.js';
import { type Dtype, setting } from '../training/settings.js';
import { checkOptions } from '../validation/check.js';
import { checkRows, type RowsInput } from '../validation/inputs.js';
import type { LabelsInput } from '../validation/labels.js';
import { arrayType } from '../validation/parameters.js';
import { allocated } from '../validation/system-limits.js';
import { labelledRows } from './begin-training.js';
import { notFinite } from './not-finite.js';
import { checkElements, zeroParameters } from './parameters.js';
import { rowBlocks } from './row-blocks.js';

/** What `loss` returns. */
export interface LossAndGradients {
  /** Mean cross-entropy over the rows + ½·reg·(ΣW1² + ΣW2²). */
  loss: number;
  /** d loss / d parameter, each shaped as its parameter. */
  grads: ParameterArrays;
}

/** What predicts. */
export interface Subject {
  /** The net, with checked parameters. */
  readonly net: Net;
  readonly dtype: Dtype;
  /** Subtracted from rows that have no mean of their own. */
  readonly mean: Float64Array | undefined;
  readonly backend: ChosenBackend;
}

/** What has scores. */
interface Scored extends Pick<Subject, 'dtype'> {
  readonly net: Pick<Net, 'shape'>;
}

/** An array for the scores of some rows. */
export function emptyScores({ net, dtype }: Scored, rows: number): Reals {
  const elements = rows * net.shape.numClasses;
  checkElements(elements, `the scores of ${rows} rows`);
  return allocated(`${elements} scores`, () => new (arrayType(dtype))(elements));
}

/** The error for a score that is not finite. */
export function notFiniteScore({ net, dtype }: Scored, scores: Reals, index: number): RangeError {
  return notFinite(dtype, `row ${Math.floor(index / net.shape.numClasses)} of X`, scores[index]);
}

/** The error for a row without a class, since its scores are not finite. */
export function notFiniteClass(dtype: Dtype, row: number): RangeError {
  return notFinite(dtype, `row ${row} of X`, Number.NaN);
}

/** As `TwoLayerNet.scores`. */
export function scores(subject: Subject, X: RowsInput): Reals {
  const { net, mean, backend } = subject;
  const { binding } = backend;
  const rows = checkRows(X, net.shape.inputSize, 'X', binding, mean);
  const scores = emptyScores(subject, rows.count);
  const { numClasses } = net.shape;
  for (const { first, end, part } of rowBlocks(net.shape, rows)) {
    binding.scores(net, part, scores.subarray(first * numClasses, end * numClasses));
  }
  const bad = binding.firstNonFinite(scores);
  if (bad >= 0) throw notFiniteScore(subject, scores, bad);
  return scores;
}

/** As `TwoLayerNet.predict`. */
export function predict({ net, dtype, mean, backend: { binding } }: Subject, X: RowsInput): Int32Array {
  const rows = checkRows(X, net.shape.inputSize, 'X', binding, mean);
  const classes = new Int32Array(rows.count);
  for (const { first, end, part } of rowBlocks(net.shape, rows)) {
    const bad = binding.predict(net, part, classes.subarray(first, end));
    if (bad >= 0) throw notFiniteClass(dtype, first + bad);
  }
  return classes;
}

/** As `TwoLayerNet.probabilities`. */
export function probabilities(subject: Subject, X: RowsInput): Reals {
  const values = scores(subject, X);
  subject.backend.binding.softmax(values, subject.net.shape.numClasses);
  return values;
}

/** As `TwoLayerNet.loss`. */
export function loss(
  { net, dtype, mean, backend: { binding } }: Subject,
  X: RowsInput,
  y: LabelsInput,
  options: { reg?: number },
): LossAndGradients {
  const { reg: given = 0 } = checkOptions(options, 'the options of loss', ['reg']);
  const reg = setting('reg', given);
  const data = labelledRows({ net, binding, mean }, X, y, ['X', 'y']);
  const grads = zeroParameters(net.shape, arrayType(dtype));
  const value = binding.lossAndGradients(net, data, reg, grads);
  if (!Number.isFinite(value)) throw notFinite(dtype, 'X', value);
  return { loss: value, grads };
}

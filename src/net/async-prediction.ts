/** Predictions beside JavaScript's thread: in parts, which a backend computes while other JavaScript runs. */
import type { Binding, Flaws, Net, PreparedNet, Reals, Rows } from '../../binding.js';
import type { BackendCapabilities } from '../backend/capabilities.js';
import { giveTurn } from '../platform/turns.js';
import { checkOptions } from '../validation/check.js';
import { notFiniteInput, placeInRows, type RowParts, type RowsInput, rowParts } from '../validation/inputs.js';
import { checkSignal, throwIfAborted } from '../validation/signal.js';
import { emptyScores, notFiniteClass, notFiniteScore, type Subject } from './prediction.js';

/** Options of `predictAsync`, `scoresAsync`, `probabilitiesAsync` and `evaluateAsync`. */
export interface AsyncOptions {
  /**
   * Ends the prediction within milliseconds. The promise is then rejected with an Error whose `name` is `AbortError`,
   * whose `code` is `ABORT_ERR`, and whose `cause` is the reason of the signal.
   * @defaultValue none
   */
  signal?: AbortSignal | undefined;
}

/** What predicts beside JavaScript's thread. */
export interface AsyncSubject extends Pick<Subject, 'dtype' | 'mean'> {
  readonly net: Pick<Net, 'shape' | 'threads'>;
  readonly capabilities: BackendCapabilities;
  readonly softmax: Binding['softmax'];
  /** The net, ready for a prediction of so many rows. */
  readonly prepare: (rows: number) => PreparedNet;
  /** Called once for each prepared net, when the prediction has ended. */
  readonly release: (prepared: PreparedNet) => void;
}

/** A subject that prepares its net for each prediction. */
export function preparing(subject: Subject): AsyncSubject {
  const { net, backend } = subject;
  return {
    ...subject,
    capabilities: backend.capabilities,
    softmax: backend.binding.softmax,
    prepare: (rows) => backend.binding.prepare(net, rows, null),
    release: (prepared) => prepared.close(),
  };
}

/** As `TwoLayerNet.predictAsync`. */
export async function predictAsync(subject: AsyncSubject, X: RowsInput, options: AsyncOptions): Promise<Int32Array> {
  const signal = signalOf(options, 'predictAsync');
  const rows = rowsOf(subject, X);
  const results = new Int32Array(rows.count);
  const { inputSize: columns } = subject.net.shape;
  const flawOf = (row: number) => notFiniteClass(subject.dtype, row);
  await inParts(subject, { rows, columns, results, perRow: 1, signal, flawOf }, (prepared, part, classes) =>
    prepared.predictAsync(part, classes, rows.count),
  );
  return results;
}

/** As `TwoLayerNet.scoresAsync`. */
export function scoresAsync(subject: AsyncSubject, X: RowsInput, options: AsyncOptions): Promise<Reals> {
  return computeScores(subject, X, signalOf(options, 'scoresAsync'), (prepared, part, scores, of) =>
    prepared.scoresAsync(part, scores, of),
  );
}

/** As `TwoLayerNet.probabilitiesAsync`. */
export function probabilitiesAsync(subject: AsyncSubject, X: RowsInput, options: AsyncOptions): Promise<Reals> {
  const { numClasses } = subject.net.shape;
  return computeScores(subject, X, signalOf(options, 'probabilitiesAsync'), async (prepared, part, scores, of) => {
    const flaws = await prepared.scoresAsync(part, scores, of);
    if (flaws.input < 0 && flaws.result < 0) subject.softmax(scores, numClasses);
    return flaws;
  });
}

async function computeScores(
  subject: AsyncSubject,
  X: RowsInput,
  signal: AbortSignal | undefined,
  compute: Compute<Reals>,
): Promise<Reals> {
  const rows = rowsOf(subject, X);
  const { inputSize: columns, numClasses: perRow } = subject.net.shape;
  const results = emptyScores(subject, rows.count);
  const flawOf = (index: number) => notFiniteScore(subject, results, index);
  await inParts(subject, { rows, columns, results, perRow, signal, flawOf }, compute);
  return results;
}

function rowsOf({ net, mean }: AsyncSubject, X: RowsInput): RowParts {
  return rowParts(X, net.shape.inputSize, 'X', mean);
}

/** Checks the options, of the function `name`. */
export function signalOf(options: AsyncOptions = {}, name: string): AbortSignal | undefined {
  return checkSignal(checkOptions(options, `the options of ${name}`, ['signal']).signal);
}

/** Computes the results of some rows of `of` in all. */
type Compute<A extends Reals | Int32Array> = (
  prepared: PreparedNet,
  rows: Rows,
  results: A,
  of: number,
) => Promise<Flaws>;

/** A prediction that is cut into parts. */
interface Prediction<A extends Reals | Int32Array> {
  readonly rows: RowParts;
  /** D. */
  readonly columns: number;
  /** All results (N · perRow). */
  readonly results: A;
  readonly perRow: number;
  readonly signal: AbortSignal | undefined;
  /** The error for a result that is not finite; `index` counts as {@link Flaws.result} does, over all rows. */
  readonly flawOf: (index: number) => Error;
}

/**
 * Computes `results` part by part. JavaScript's thread gives each part to the backend in a turn of its own, and only as
 * many as there are threads and one more, so that a thread which has finished finds the next part ready.
 */
async function inParts<A extends Reals | Int32Array>(
  { net, capabilities, prepare, release }: AsyncSubject,
  prediction: Prediction<A>,
  compute: Compute<A>,
): Promise<void> {
  const { rows, signal } = prediction;
  throwIfAborted(signal, 'The prediction');
  const most = capabilities.threads ? net.threads + 1 : 1;
  const prepared = prepare(rows.count);
  const pending: Promise<void>[] = [];
  try {
    for (let first = 0; first < rows.count; first += prepared.partRows) {
      throwIfAborted(signal, 'The prediction');
      const part = computePart(prediction, first, Math.min(first + prepared.partRows, rows.count), (data, results) =>
        compute(prepared, data, results, rows.count),
      );
      part.catch(() => {}); // it is awaited later, in its turn
      pending.push(part);
      if (pending.length === most) await pending.shift();
      else await giveTurn();
    }
    while (pending.length > 0) await pending.shift();
    throwIfAborted(signal, 'The prediction');
  } finally {
    release(prepared);
  }
}

async function computePart<A extends Reals | Int32Array>(
  { rows, columns, results, perRow, flawOf }: Prediction<A>,
  first: number,
  end: number,
  compute: (rows: Rows, results: A) => Promise<Flaws>,
): Promise<void> {
  const part = rows.part(first, end);
  const { input, result } = await compute(part, results.subarray(first * perRow, end * perRow) as A);
  if (input >= 0) throw notFiniteInput(part.data[input], 'X', placeInRows(first * columns + input, columns));
  if (result >= 0) throw flawOf(first * perRow + result);
}

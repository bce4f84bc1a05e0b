/** `Classifier.fit` with no option given, beside scikit-learn's classifiers with their defaults, on the same splits. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Classifier, Matrix } from '../../src/index.js';
import { rotated } from '../../src/measure/rounds.js';
import { type Spread, spread } from '../../src/measure/statistics.js';
import { Dialogue } from '../dialogue.js';

/** What is compared: this package, and three classifiers of scikit-learn after a `StandardScaler`. */
export const METHODS = {
  classifier: 'Classifier.fit',
  adam: 'MLPClassifier (Adam)',
  sgd: 'MLPClassifier (SGD)',
  logistic: 'LogisticRegression',
} as const;
export type Method = keyof typeof METHODS;

const ALL = Object.keys(METHODS) as Method[];

/** The data sets, by the names of scikit-learn's loaders, each with what is compared on it. */
export const CLASSIFIER_SETS: Readonly<Record<string, readonly Method[]>> = {
  iris: ALL,
  wine: ALL,
  breast_cancer: ALL,
  digits: ALL,
  // With SGD, scikit-learn's net would take minutes.
  embeddings: ['classifier', 'adam', 'logistic'],
};

/** What to compare. */
export interface ClassifierBench {
  /** Some of {@link CLASSIFIER_SETS}. */
  readonly sets: readonly string[];
  /** Splits of each set into training and test rows: so many fits of each method. */
  readonly splits: number;
  /** Threads of both sides. */
  readonly threads: number;
  /** The interpreter. */
  readonly python: string;
  /** The folder of sklearn_classifiers.py. */
  readonly folder: string;
}

/** One method on one data set. */
export interface ClassifierTiming {
  readonly set: string;
  readonly rows: number;
  readonly columns: number;
  readonly classes: number;
  readonly method: Method;
  /** The share of test rows that were predicted right with each split, 0 … 1. */
  readonly accuracies: readonly number[];
  /** The mean of them. */
  readonly accuracy: number;
  /** Seconds of a fit, scaling and holding out included. */
  readonly seconds: Spread;
}

/** The timings, and the version that they are compared with. */
export interface ClassifierTimings {
  readonly sklearn: string;
  readonly timings: readonly ClassifierTiming[];
}

/** One fit. */
interface Fit {
  readonly seconds: number;
  readonly accuracy: number;
}

/** A data set as sklearn_classifiers.py writes it. */
interface RowsOnDisk {
  readonly X: Float64Array;
  readonly columns: number;
  readonly y: readonly number[];
  readonly splits: readonly { readonly train: readonly number[]; readonly test: readonly number[] }[];
}

/**
 * Compares the methods, with each split in turn; both sides warm up with a fit that does not count.
 *
 * @param tell - called with a line of progress before each data set
 * @throws Error with the reason if scikit-learn is not available
 */
export async function measureClassifiers(
  bench: ClassifierBench,
  tell: (line: string) => void,
): Promise<ClassifierTimings> {
  const program = {
    file: 'sklearn_classifiers.py',
    command: bench.python,
    args: [join(bench.folder, 'sklearn_classifiers.py')],
  };
  const peer = new Dialogue({ ...program, missing: undefined }, bench.threads, PATIENCE);
  const scratch = mkdtempSync(join(tmpdir(), 'two-layer-net-bench-'));
  try {
    const { version, unavailable } = await peer.answer();
    if (unavailable !== undefined) throw new Error(`scikit-learn is not available: ${unavailable}`);
    const timings: ClassifierTiming[] = [];
    for (const set of bench.sets) {
      tell(`classifiers on ${set}`);
      timings.push(...(await measureSet(set, bench, peer, scratch)));
    }
    return { sklearn: String(version), timings };
  } finally {
    peer.end();
    rmSync(scratch, { recursive: true });
  }
}

/** Seconds to wait for a fit of scikit-learn. */
const PATIENCE = 300;

async function measureSet(
  set: string,
  { splits, threads }: ClassifierBench,
  peer: Dialogue,
  scratch: string,
): Promise<ClassifierTiming[]> {
  const about = await peer.ask({ prepare: { set, splits, folder: scratch } });
  const [rows, columns, classes] = [about.rows, about.columns, about.classes].map(Number);
  const data = { columns, ...read(scratch) };
  const train = async (method: Method, split: number) =>
    method === 'classifier'
      ? fitOwn(data, split, threads)
      : ((await peer.ask({ fit: { method, split } })) as unknown as Fit);
  const methods = CLASSIFIER_SETS[set];
  const fits = new Map<Method, Fit[]>(methods.map((method) => [method, []]));
  for (const method of methods) await train(method, 0);
  for (let split = 0; split < splits; split++) {
    for (const method of rotated(methods, split)) fits.get(method)?.push(await train(method, split));
  }
  return [...fits].map(([method, all]) => {
    const accuracies = all.map(({ accuracy }) => accuracy);
    const accuracy = accuracies.reduce((sum, value) => sum + value, 0) / splits;
    return {
      set,
      rows,
      columns,
      classes,
      method,
      accuracies,
      accuracy,
      seconds: spread(all.map((one) => one.seconds)),
    };
  });
}

function read(folder: string): Omit<RowsOnDisk, 'columns'> {
  const bytes = Uint8Array.from(readFileSync(join(folder, 'X.f64')));
  return { X: new Float64Array(bytes.buffer), ...JSON.parse(readFileSync(join(folder, 'set.json'), 'utf8')) };
}

async function fitOwn(data: RowsOnDisk, split: number, threads: number): Promise<Fit> {
  const [train, test] = [take(data, data.splits[split].train), take(data, data.splits[split].test)];
  const start = performance.now();
  // No option but those that are the same for scikit-learn: its threads and its random_state.
  const classifier = await Classifier.fit(train.X, train.y, { inputSize: data.columns, seed: split, threads });
  const seconds = (performance.now() - start) / 1000;
  return { seconds, accuracy: (await classifier.evaluate(test.X, test.y)).accuracy };
}

function take({ X, y, columns }: RowsOnDisk, indices: readonly number[]) {
  const rows = new Float64Array(indices.length * columns);
  for (const [i, row] of indices.entries()) rows.set(X.subarray(row * columns, (row + 1) * columns), i * columns);
  return { X: new Matrix(rows, columns), y: indices.map((row) => y[row]) };
}

/** What a call of `trainSync` costs besides its steps. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BackendChoice, Dtype, TrainingHistory } from '../src/index.js';
import { TRAINING } from '../src/measure/net-work.js';
import { type RandomData, randomData } from '../src/measure/random-data.js';
import { rotated } from '../src/measure/rounds.js';
import { type BenchShape, formatShape } from '../src/measure/shapes.js';
import { quantile } from './against/report.js';
import { memorySpeed } from './memory-speed.js';
import type { CallTiming } from './result.js';

/** Which calls to measure. */
export interface CallBench {
  /** Folders of built checkouts of this package, which are measured in turns. */
  readonly folders: readonly string[];
  readonly shapes: readonly BenchShape[];
  readonly threads: readonly number[];
  readonly dtypes: readonly Dtype[];
  readonly backend: BackendChoice;
  readonly rounds: number;
  /** Length of a round in seconds. */
  readonly seconds: number;
  /** Rows to train on. */
  readonly rows: number;
}

type Package = typeof import('../src/index.js');

/** The calls of one checkout; each returns its seconds. */
interface Calls {
  readonly folder: string;
  readonly kinds: readonly { readonly samples: number[]; readonly run: () => number }[];
}

/** Iterations of the long call, unless an epoch has fewer: accuracies are not to count. */
const ITERATIONS = 20;
/** Other programs only make a call slower, so its time is a low one. */
const LOW = 0.1;

/**
 * Times calls in turns, in rounds: the first iteration of a training, one more, and several more.
 *
 * @param tell - called with a line of progress before each shape
 */
export async function measureCalls(bench: CallBench, tell: (line: string) => void): Promise<CallTiming[]> {
  const packages = await Promise.all(
    bench.folders.map(async (folder): Promise<[string, Package]> => [folder, await load(folder)]),
  );
  const timings: CallTiming[] = [];
  for (const threads of bench.threads) {
    const bytesPerSecond = await memorySpeed(threads);
    for (const shape of bench.shapes) {
      for (const dtype of bench.dtypes) {
        tell(`calls, ${formatShape(shape)}: ${dtype}, ${threads} threads`);
        const how = { shape, dtype, threads, iterations: iterationsFor(shape, bench.rows) };
        const data = randomData(bench.rows, shape.D, shape.C);
        const all = packages.map(([folder, one]) => callsOf(folder, one, data, { ...how, backend: bench.backend }));
        inTurns(all, bench);
        for (const calls of all) timings.push({ ...how, bytesPerSecond, ...timingOf(calls, how, bytesPerSecond) });
      }
    }
  }
  return timings;
}

function load(folder: string): Promise<Package> {
  return import(pathToFileURL(join(folder, 'dist', 'index.js')).href);
}

function iterationsFor({ N }: BenchShape, rows: number): number {
  return Math.max(2, Math.min(ITERATIONS, Math.floor(rows / N) - 1));
}

/** What is called. */
interface How {
  readonly shape: BenchShape;
  readonly dtype: Dtype;
  readonly threads: number;
  /** Iterations of the long call. */
  readonly iterations: number;
}

function callsOf(
  folder: string,
  { Matrix, TwoLayerNet }: Package,
  { X: { data, columns, mean }, y }: RandomData,
  { shape, iterations, ...options }: How & { readonly backend: BackendChoice },
): Calls {
  const { D: inputSize, H: hiddenSize, C: numClasses, N: batchSize } = shape;
  const net = new TwoLayerNet({ inputSize, hiddenSize, numClasses, ...options });
  const X = new Matrix(data, columns, mean ? { mean } : {});
  const train = (numIters: number, resume?: TrainingHistory) =>
    net.trainSync(X, y, null, null, { ...TRAINING, numIters, batchSize, resume });
  const begun = train(1);
  const timed = (call: () => unknown) => () => {
    const start = performance.now();
    call();
    return (performance.now() - start) / 1000;
  };
  const runs = [() => train(1), () => train(2, begun), () => train(1 + iterations, begun)];
  return { folder, kinds: runs.map((run) => ({ samples: [], run: timed(run) })) };
}

function inTurns(all: readonly Calls[], { rounds, seconds }: CallBench): void {
  const kinds = all.flatMap((calls) => calls.kinds);
  let turn = 0;
  for (let round = 0; round < rounds; round++) {
    const end = performance.now() + seconds * 1000;
    do for (const { samples, run } of rotated(kinds, turn++)) samples.push(run());
    while (performance.now() < end);
  }
}

function timingOf({ folder, kinds }: Calls, { shape, dtype, iterations }: How, bytesPerSecond: number) {
  const [first, one, several] = kinds.map(({ samples }) => 1000 * quantile(samples, LOW));
  const iteration = (several - one) / (iterations - 1);
  const packing = (1000 * packedBytes(shape, dtype)) / bytesPerSecond;
  return { folder, first, one, iteration, fixed: one - iteration, packing, ratio: one / (iteration + packing) };
}

/** Bytes that packing the parameters and unpacking them reads and writes. */
function packedBytes({ D, H, C }: BenchShape, dtype: Dtype): number {
  const parameters = D * H + H + H * C + C;
  return 4 * parameters * (dtype === 'float64' ? 8 : 4);
}

/** What should leave the event loop to others: every asynchronous call of the package, with a net of one shape. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type BackendChoice,
  Classifier,
  Dataset,
  type DatasetInput,
  type Dtype,
  evaluateAsync,
  loadDataset,
  loadModel,
  RandomState,
  saveModel,
  sweep,
  TwoLayerNet,
} from '../../src/index.js';
import { randomData } from '../../src/measure/random-data.js';
import type { BenchShape } from '../../src/measure/shapes.js';
import { watchEventLoop } from './watch.js';

/** What the calls are watched with. */
export interface EventLoopBench {
  readonly shape: BenchShape;
  /** Threads of the engine. */
  readonly threads: number;
  readonly dtype: Dtype;
  readonly backend: BackendChoice;
  /** Rows of the data set. */
  readonly rows: number;
  /** Each call is made again until they took this long together. */
  readonly seconds: number;
}

/** How late timers were during one kind of call. Milliseconds. */
export interface EventLoopTiming {
  readonly verb: string;
  readonly shape: BenchShape;
  readonly threads: number;
  readonly dtype: Dtype;
  readonly rows: number;
  /** How many calls were made, and how long one took on average. */
  readonly calls: number;
  readonly milliseconds: number;
  /** How late the timer was: its median, its 99th percentile and its maximum over all times that it fired. */
  readonly late: Percentiles;
  /** The same without the time that other threads had the processor; null where the system does not tell. */
  readonly blocked: Percentiles | null;
}

export interface Percentiles {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Iterations of a training, and of each trial of a search. */
const NUM_ITERS = 20;

/** Rows for the validation accuracy, as in the article. */
const VALIDATION_ROWS = 1000;

/**
 * Watches the event loop during each kind of call, one after the other.
 *
 * @param tell - called with a line of progress before each
 */
export async function measureEventLoop(
  bench: EventLoopBench,
  tell: (line: string) => void,
): Promise<EventLoopTiming[]> {
  const folder = await mkdtemp(join(tmpdir(), 'two-layer-net-'));
  try {
    const timings: EventLoopTiming[] = [];
    for (const [verb, call] of Object.entries(await verbs(bench, folder))) {
      tell(`the event loop during ${verb}, ${bench.threads} threads`);
      timings.push({ verb, ...(await measureVerb(call, bench)) });
    }
    return timings;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The calls by their names, in the order of the table. To add one, add it here. */
async function verbs(
  { shape: { D, H, C, N }, threads, dtype, backend, rows }: EventLoopBench,
  folder: string,
): Promise<Record<string, () => Promise<unknown>>> {
  const data = { train: randomData(rows, D, C), validation: randomData(VALIDATION_ROWS, D, C), numClasses: C };
  const how = { dtype, backend, threads };
  const create = () => TwoLayerNet.create({ inputSize: D, hiddenSize: H, numClasses: C, ...how });
  const net = await create();
  const training = { numIters: NUM_ITERS, batchSize: N, learningRate: 1e-6 };
  const file = join(folder, 'model.safetensors');
  await saveModel(file, net);
  return {
    'nothing, 1 s': () => new Promise((resolve) => setTimeout(resolve, 1000)),
    create,
    train: () => net.train(data, { ...training, random: new RandomState(0), onProgress: () => {} }),
    predictAsync: () => net.predictAsync(data.train.X),
    evaluateAsync: () => evaluateAsync(net, data.train),
    'sweep, 3 trials': () =>
      sweep(data, {
        space: { hiddenSize: H, batchSize: N, learningRate: [1e-6, 2e-6, 3e-6], dtype },
        numIters: NUM_ITERS,
        threads,
        backend,
      }),
    saveModel: () => saveModel(file, net),
    loadModel: () => loadModel(file),
    ...(await classifierVerbs({ train: data.train, numClasses: C }, { H, N, how, folder })),
  };
}

/** The calls of a classifier, on the rows in memory and in a file. */
async function classifierVerbs(data: DatasetInput, { H, N, how, folder }: ClassifierBench) {
  const options = { hiddenSize: H, batchSize: N, numIters: NUM_ITERS, patience: 0, ...how };
  const classifier = await Classifier.fit(data, options);
  const file = join(folder, 'classifier.safetensors');
  await classifier.save(file);
  const arrays = join(folder, 'arrays');
  await mkdir(arrays);
  const { X, y } = Dataset.from(data).train;
  await writeNpy(join(arrays, 'X.npy'), X.data as Uint8Array, `(${X.rows}, ${X.columns})`);
  await writeNpy(join(arrays, 'y.npy'), Uint8Array.from(y), `(${X.rows},)`);
  return {
    'Classifier.fit': () => Classifier.fit(data, options),
    'classifier.evaluate': () => classifier.evaluate(data.train),
    'classifier.save': () => classifier.save(file),
    'Classifier.load': () => Classifier.load(file, { backend: how.backend, threads: how.threads }),
    'loadDataset, .npy': () => loadDataset(arrays),
  };
}

interface ClassifierBench {
  readonly H: number;
  readonly N: number;
  readonly how: { readonly dtype: Dtype; readonly backend: BackendChoice; readonly threads: number };
  readonly folder: string;
}

/** Writes bytes as an array in NumPy's format. */
async function writeNpy(file: string, bytes: Uint8Array, shape: string): Promise<void> {
  const header = `{'descr': '|u1', 'fortran_order': False, 'shape': ${shape}, }`;
  // 10 bytes, the header and a newline are a multiple of 64 together.
  const padded = `${header.padEnd(Math.ceil((header.length + 11) / 64) * 64 - 11)}\n`;
  const start = Buffer.from(['\x93NUMPY\x01\x00', '\0\0', padded].join(''), 'latin1');
  start.writeUInt16LE(padded.length, 8);
  await writeFile(file, Buffer.concat([start, bytes]));
}

async function measureVerb(
  call: () => Promise<unknown>,
  { shape, threads, dtype, rows, seconds }: EventLoopBench,
): Promise<Omit<EventLoopTiming, 'verb'>> {
  const late: number[] = [];
  const blocked: number[] = [];
  let calls = 0;
  let milliseconds = 0;
  let told = true;
  while (milliseconds < seconds * 1000) {
    const start = performance.now();
    const delays = await watchEventLoop(call);
    milliseconds += performance.now() - start;
    calls++;
    late.push(...delays.late);
    blocked.push(...(delays.blocked ?? []));
    told &&= delays.blocked !== null;
  }
  return {
    shape,
    threads,
    dtype,
    rows,
    calls,
    milliseconds: milliseconds / calls,
    late: percentiles(late),
    blocked: told ? percentiles(blocked) : null,
  };
}

function percentiles(values: readonly number[]): Percentiles {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1];
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}

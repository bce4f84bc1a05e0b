/** This package's nets as contenders: training, prediction, and how the time of a step is divided. */
import type { LabelledRows, Products, Profile } from '../../binding.js';
import { type BackendChoice, chooseBackend } from '../backend/choose.js';
import { TwoLayerNet } from '../net/two-layer-net.js';
import { RandomState } from '../random/random-state.js';
import { type Dtype, engineSettings } from '../training/settings.js';
import type { BenchDtype, Contender } from './contender.js';
import { type RandomData, randomData } from './random-data.js';
import type { BenchShape } from './shapes.js';

/** One way to run this package. */
export interface NetSettings {
  readonly backend: BackendChoice;
  readonly dtype: Dtype;
  readonly products: Products;
  readonly threads: number;
}

/** Rows in one iteration of {@link NetPrediction}. A run predicts as many rows at a time as the data set has. */
export const PREDICTED_ROWS = 1000;

/** Settings that keep the numbers finite for millions of steps: strong regularization would make the weights vanish. */
const TRAINING = { learningRate: 1e-4, learningRateDecay: 1, reg: 1e-5 } as const;

/** Keeps the data of the previous shape, because most shapes use the same. */
export class DataCache {
  #key = '';
  #data: RandomData | undefined;

  constructor(readonly rows: number) {}

  for({ D, C }: BenchShape): RandomData {
    const key = `${D} ${C}`;
    if (this.#data === undefined || this.#key !== key) {
      this.#data = undefined;
      this.#data = randomData(this.rows, D, C);
      this.#key = key;
    }
    return this.#data;
  }
}

/** `two-layer-net float32`, with the matrix products unless they are `auto`. */
export function contenderName({ dtype, products }: NetSettings): string {
  return `two-layer-net ${dtype}${products === 'auto' ? '' : `, ${products} products`}`;
}

/** The TypeScript backend uses one thread, however many it is given. */
function threadsOf({ backend, threads }: NetSettings): number {
  return chooseBackend(backend).capabilities.threads ? threads : 1;
}

/** Training through the public API, on bytes. The time includes drawing, gathering, converting and updating. */
export class NetTraining implements Contender {
  readonly name: string;
  readonly dtype: BenchDtype;
  readonly work = 'step';
  readonly threads: number;
  #task: { net: TwoLayerNet; data: RandomData; N: number } | undefined;

  constructor(
    readonly settings: NetSettings,
    private readonly cache: DataCache,
  ) {
    this.name = contenderName(settings);
    this.dtype = settings.dtype;
    this.threads = threadsOf(settings);
  }

  async prepare(shape: BenchShape): Promise<void> {
    this.#task = { net: netFor(shape, this.settings), data: this.cache.for(shape), N: shape.N };
  }

  async run(iterations: number): Promise<number> {
    const { net, data, N } = prepared(this.#task);
    const options = { ...TRAINING, numIters: iterations, batchSize: N };
    return net.trainSync(data.X, data.y, null, null, options).seconds;
  }
}

/** `predict` on many rows at once. One iteration is a thousand rows. */
export class NetPrediction implements Contender {
  readonly name: string;
  readonly dtype: BenchDtype;
  readonly work = 'rows';
  readonly threads: number;
  #task: { net: TwoLayerNet; data: RandomData } | undefined;

  constructor(
    readonly settings: NetSettings,
    private readonly cache: DataCache,
  ) {
    this.name = contenderName(settings);
    // bfloat16 nets predict in float32.
    this.dtype = settings.dtype === 'bfloat16' ? 'float32' : settings.dtype;
    this.threads = threadsOf(settings);
  }

  async prepare(shape: BenchShape): Promise<void> {
    this.#task = { net: netFor(shape, this.settings), data: this.cache.for(shape) };
  }

  async run(iterations: number): Promise<number> {
    const { net, data } = prepared(this.#task);
    const start = performance.now();
    let left = iterations * PREDICTED_ROWS;
    while (left > 0) {
      const rows = Math.min(left, data.X.rows);
      net.predict(data.X.slice(0, rows));
      left -= rows;
    }
    return (performance.now() - start) / 1000;
  }
}

/** How the time of some training steps is divided, and their total. The profile is null if the backend has none. */
export function profileTraining(
  shape: BenchShape,
  settings: NetSettings,
  cache: DataCache,
  iterations: number,
): { profile: Profile | null; seconds: number } {
  const { X, y } = cache.for(shape);
  const { binding } = chooseBackend(settings.backend);
  const { D: inputSize, H: hiddenSize, C: numClasses, N: batchSize } = shape;
  const { params: parameters } = netFor(shape, settings);
  const { products, threads, dtype } = settings;
  const training: LabelledRows = { rows: { data: X.data, count: X.rows, mean: X.mean ?? null }, labels: y };
  return binding.trainSync(
    {
      net: {
        shape: { inputSize, hiddenSize, numClasses },
        parameters,
        products,
        bfloat16: dtype === 'bfloat16',
        threads,
      },
      training,
      validation: null,
      settings: engineSettings({ ...TRAINING, numIters: iterations, batchSize }),
      slots: [],
      firstIteration: 0,
      random: new RandomState(0).getState(),
      stop: new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)),
      reportInterval: 0,
      profile: true,
    },
    null,
  );
}

function netFor({ D, H, C }: BenchShape, settings: NetSettings): TwoLayerNet {
  return new TwoLayerNet({ inputSize: D, hiddenSize: H, numClasses: C, ...settings });
}

function prepared<T>(task: T | undefined): T {
  if (task === undefined) throw new Error('expected a call of prepare before run');
  return task;
}

/** This package's nets as contenders, and how the time of their steps is divided. */
import type { LabelledRows, Products } from '../../binding.js';
import { type BackendChoice, chooseBackend } from '../backend/choose.js';
import { TwoLayerNet } from '../net/two-layer-net.js';
import { RandomState } from '../random/random-state.js';
import { type Dtype, engineSettings } from '../training/settings.js';
import type { BenchDtype, Contender, Description } from './contender.js';
import { minIterations, type Task, TRAINING, timer } from './net-work.js';
import { type RandomData, type RowType, randomData } from './random-data.js';
import type { BenchShape } from './shapes.js';
import { type CallTime, stepProfile } from './steps.js';

/** One way to run this package. */
export interface NetSettings {
  readonly backend: BackendChoice;
  readonly dtype: Dtype;
  readonly products: Products;
  readonly threads: number;
  /** The type of the rows that it trains on and predicts. */
  readonly rowType: RowType;
}

/** Keeps the data of the previous shape, because most shapes use the same. */
export class DataCache {
  #key = '';
  readonly #data = new Map<RowType, RandomData>();

  constructor(readonly rows: number) {}

  for({ D, C }: BenchShape, type: RowType): RandomData {
    const key = `${D} ${C}`;
    if (this.#key !== key) this.#data.clear();
    this.#key = key;
    const data = this.#data.get(type) ?? randomData(this.rows, D, C, type);
    this.#data.set(type, data);
    return data;
  }
}

/** `float32`, with the matrix products unless they are `auto`, and the rows unless they are bytes. */
export function netWords({ dtype, products, rowType }: Pick<NetSettings, 'dtype' | 'products' | 'rowType'>): string {
  return [
    dtype,
    ...(products === 'auto' ? [] : [`${products} products`]),
    ...(rowType === 'bytes' ? [] : [`${rowType} rows`]),
  ].join(', ');
}

/** `two-layer-net` and {@link netWords}. */
export function contenderName(net: Parameters<typeof netWords>[0]): string {
  return `two-layer-net ${netWords(net)}`;
}

/** A task through the public API. A step includes drawing, gathering, converting and updating. */
export class NetContender implements Contender {
  readonly name: string;
  readonly dtype: BenchDtype;
  readonly work: Description['work'];
  readonly passRows: number | undefined;
  readonly threads: number;
  readonly minIterations: number;
  #run: ((iterations: number) => number) | undefined;

  constructor(
    readonly settings: NetSettings,
    readonly task: Task,
    private readonly cache: DataCache,
  ) {
    const { backend, dtype, threads } = settings;
    this.name = contenderName(settings);
    this.work = task.work === 'steps' ? 'step' : task.work;
    this.passRows = task.work === 'steps' ? undefined : task.rows;
    this.minIterations = minIterations(task);
    // The accuracies of bfloat16 nets are computed in float32, like their predictions.
    this.dtype = dtype === 'bfloat16' && task.work !== 'steps' ? 'float32' : dtype;
    // The TypeScript backend uses one thread, however many it is given.
    this.threads = chooseBackend(backend).capabilities.threads ? threads : 1;
  }

  async prepare(shape: BenchShape): Promise<void> {
    const { settings, task, cache } = this;
    this.#run = timer(task, netFor(shape, settings), cache.for(shape, settings.rowType), shape);
  }

  async run(iterations: number): Promise<number> {
    if (this.#run === undefined) throw new Error('expected a call of prepare before run');
    return this.#run(iterations);
  }
}

/** How the time of some training steps is divided, and their total. The profile is null if the backend has none. */
export function profileSteps(shape: BenchShape, settings: NetSettings, cache: DataCache, steps: number): CallTime {
  const { X, y } = cache.for(shape, settings.rowType);
  const { binding } = chooseBackend(settings.backend);
  const { D: inputSize, H: hiddenSize, C: numClasses, N: batchSize } = shape;
  const { params: parameters } = netFor(shape, settings);
  const { products, threads, dtype } = settings;
  const bfloat16 = dtype === 'bfloat16';
  const training: LabelledRows = { rows: { data: X.data, count: X.rows, mean: X.mean ?? null }, labels: y };
  const train = (numIters: number) =>
    binding.trainSync(
      {
        net: { shape: { inputSize, hiddenSize, numClasses }, parameters, products, bfloat16, threads },
        training,
        validation: null,
        settings: engineSettings({ ...TRAINING, numIters, batchSize }),
        slots: [],
        weights: null,
        picture: null,
        rates: null,
        noiseSeed: 0,
        finalAccuracies: false,
        firstIteration: 0,
        best: null,
        random: new RandomState(0).getState(),
        stop: new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)),
        reportInterval: 0,
        profile: true,
        group: null,
      },
      null,
    );
  return stepProfile(train, steps);
}

function netFor({ D, H, C }: BenchShape, { backend, dtype, products, threads }: NetSettings): TwoLayerNet {
  return new TwoLayerNet({ inputSize: D, hiddenSize: H, numClasses: C, backend, dtype, products, threads });
}

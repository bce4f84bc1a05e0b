/** Steps with each update rule and regularization, beside plain gradient descent and PyTorch's fused optimizers. */
import { join } from 'node:path';
import { type BackendChoice, type Dtype, type ImageShape, type Products, TwoLayerNet } from '../../src/index.js';
import type { Contender } from '../../src/measure/contender.js';
import type { DataCache } from '../../src/measure/net-contenders.js';
import { minIterations, TRAINING } from '../../src/measure/net-work.js';
import type { RowType } from '../../src/measure/random-data.js';
import type { Failure } from '../../src/measure/result.js';
import { interleave, type Timing } from '../../src/measure/rounds.js';
import { type BenchShape, formatShape } from '../../src/measure/shapes.js';
import { medianRatio, type Spread, spread } from '../../src/measure/statistics.js';
import { stepSeconds } from '../../src/measure/steps.js';
import { Peer } from '../peer.js';
import type { PeerProgram } from '../peer-programs.js';
import { RULES, type Rule } from './rules.js';

/** What to measure. */
export interface OptimizerBench {
  /** Some of {@link RULES}. */
  readonly rules: readonly string[];
  readonly shapes: readonly BenchShape[];
  readonly threads: number;
  readonly dtype: Dtype;
  readonly products: Products;
  readonly rowType: RowType;
  readonly backend: BackendChoice;
  readonly rounds: number;
  /** Approximate length of one run in seconds. */
  readonly seconds: number;
  /** Keeps the data set, whose rows PyTorch's has as many as. */
  readonly cache: DataCache;
  /** PyTorch with an update rule, eager and compiled; see {@link torchPrograms}. */
  readonly programsOf: (rule: Rule, rowType: RowType) => readonly PeerProgram[];
}

/** A peer with the same update rule. */
export interface OptimizerPeer {
  readonly name: string;
  readonly milliseconds: Spread;
  /** Its time divided by this package's with the same rule in the same round; the median over the rounds. */
  readonly ratio: number;
}

/** One way to train, with one shape. */
export interface OptimizerTiming {
  /** Of {@link RULES}. */
  readonly rule: string;
  readonly shape: BenchShape;
  /** Milliseconds of a step, and of one with plain gradient descent in the same rounds. */
  readonly milliseconds: Spread;
  readonly plain: Spread;
  /** `milliseconds` divided by `plain` in the same round; the median over the rounds. */
  readonly ratio: number;
  readonly peers: readonly (OptimizerPeer | Failure)[];
}

/**
 * Measures one rule after the other. This package with and without it and the peers with it take turns in each round.
 *
 * @param tell - called with a line of progress before each rule and shape
 * @throws Error with the reason if this package cannot run a shape
 */
export async function measureOptimizers(
  bench: OptimizerBench,
  tell: (line: string) => void,
): Promise<OptimizerTiming[]> {
  const timings: OptimizerTiming[] = [];
  for (const name of bench.rules) {
    const rule = RULES[name];
    const { peers, missing } = await startPeers(bench.programsOf(rule, bench.rowType), bench);
    for (const { name: peer, failed } of missing) tell(`${rule.name} without ${peer}: ${failed}`);
    try {
      for (const shape of bench.shapes) {
        tell(`${rule.name}, ${formatShape(shape)}`);
        const own = [new Steps({}, bench), ...(name === 'sgd' ? [] : [new Steps(rule.options, bench)])];
        const all = await interleave([...own, ...peers], shape, bench);
        timings.push({ rule: name, shape, ...timingOf(all, own.length, missing) });
      }
    } finally {
      for (const peer of peers) peer.end();
    }
  }
  return timings;
}

async function startPeers(programs: readonly PeerProgram[], { threads, cache: { rows } }: OptimizerBench) {
  const peers: Peer[] = [];
  const missing: Failure[] = [];
  for (const program of programs) {
    try {
      peers.push(await Peer.start(program, { threads, rows }));
    } catch (error) {
      missing.push({ name: program.file, failed: (error as Error).message });
    }
  }
  return { peers, missing };
}

/** The first timings are this package's: `own` of them, plain gradient descent and the rule. */
function timingOf(
  timings: readonly Timing[],
  own: number,
  missing: readonly Failure[],
): Omit<OptimizerTiming, 'rule' | 'shape'> {
  const [plain, ruled = plain] = timings.slice(0, own).map((timing) => {
    if ('failed' in timing) throw new Error(`${timing.contender.name}: ${timing.failed}`);
    return timing.samples;
  });
  const peers = timings.slice(own).map((timing): OptimizerPeer | Failure => {
    const { name } = timing.contender;
    if ('failed' in timing) return { name, failed: timing.failed };
    return { name, milliseconds: inMilliseconds(timing.samples), ratio: medianRatio(timing.samples, ruled) };
  });
  return {
    milliseconds: inMilliseconds(ruled),
    plain: inMilliseconds(plain),
    ratio: medianRatio(ruled, plain),
    peers: [...peers, ...missing],
  };
}

function inMilliseconds(seconds: readonly number[]): Spread {
  return spread(seconds.map((each) => each * 1000));
}

/** Steps of this package with some options. */
class Steps implements Contender {
  readonly name: string;
  readonly dtype: Dtype;
  readonly work = 'step';
  readonly threads: number;
  readonly minIterations = minIterations({ work: 'steps' });
  #train: ((numIters: number) => number) | undefined;

  constructor(
    private readonly options: Rule['options'],
    private readonly bench: OptimizerBench,
  ) {
    this.name = `two-layer-net ${JSON.stringify(options)}`;
    this.dtype = bench.dtype;
    this.threads = bench.threads;
  }

  async prepare(shape: BenchShape): Promise<void> {
    const { dtype, products, threads, backend, cache, rowType } = this.bench;
    const { D: inputSize, H: hiddenSize, C: numClasses, N: batchSize } = shape;
    const imageShape = pictureOf(inputSize);
    const how = { dtype, products, threads, backend };
    const net = new TwoLayerNet({ inputSize, hiddenSize, numClasses, imageShape, ...how });
    const { X, y } = cache.for(shape, rowType);
    const options = { ...TRAINING, learningRate: LEARNING_RATE, ...this.options, batchSize, finalAccuracies: false };
    this.#train = (numIters) => net.trainSync(X, y, null, null, { ...options, numIters }).seconds;
    this.#train(WARM_UP);
  }

  async run(iterations: number): Promise<number> {
    if (this.#train === undefined) throw new Error('expected a call of prepare before run');
    return stepSeconds(this.#train, iterations);
  }
}

/** Below that of other benchmarks: momentum and Adam make longer steps, and numbers are to stay finite. */
const LEARNING_RATE = 1e-5;

/** Steps before any are timed. */
const WARM_UP = 3;

/** The square picture, in colours if they fit, that D numbers may be; undefined if none fits. */
function pictureOf(D: number): ImageShape | undefined {
  for (const channels of [3, 1] as const) {
    const side = Math.sqrt(D / channels);
    if (Number.isInteger(side)) return { height: side, width: side, channels };
  }
  return undefined;
}

/** How to run PyTorch with a rule, eager and compiled; none for what is not an update rule. */
export function torchPrograms(folder: string, python: string): OptimizerBench['programsOf'] {
  return ({ torch }, rowType) =>
    torch === null
      ? []
      : [false, true].map((compiled) => ({
          file: `PyTorch ${compiled ? 'compiled' : 'eager'}`,
          command: python,
          args: [join(folder, 'torch_optimizer.py'), JSON.stringify({ ...torch, compiled, rowType })],
          missing: undefined,
        }));
}

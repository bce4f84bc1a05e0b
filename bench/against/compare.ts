/** Compares this package with another checkout of it, in turns. */
import { fileURLToPath } from 'node:url';
import type { BackendChoice, Dtype, Products } from '../../src/index.js';
import { netWords } from '../../src/measure/net-contenders.js';
import { minIterations, type Task, tasksOf, type Work } from '../../src/measure/net-work.js';
import type { RowType } from '../../src/measure/random-data.js';
import { interleave } from '../../src/measure/rounds.js';
import { type BenchShape, formatShape } from '../../src/measure/shapes.js';
import { pairedRatios } from '../../src/measure/statistics.js';
import { Peer } from '../peer.js';
import type { PeerProgram } from '../peer-programs.js';

/** What to compare. */
export interface CompareSettings {
  /** The folder of this package. */
  readonly folder: string;
  /** The folder of the other checkout, which is built. */
  readonly other: string;
  readonly shapes: readonly BenchShape[];
  readonly threads: readonly number[];
  readonly dtypes: readonly Dtype[];
  readonly products: readonly Products[];
  readonly rowTypes: readonly RowType[];
  readonly work: readonly Work[];
  readonly backend: BackendChoice;
  readonly rounds: number;
  /** Approximate length of one run in seconds. */
  readonly seconds: number;
  /** Rows of the data set. */
  readonly rows: number;
}

/** What is compared at a time. */
export interface Variant {
  readonly shape: BenchShape;
  readonly threads: number;
  readonly dtype: Dtype;
  readonly products: Products;
  readonly rowType: RowType;
  readonly task: Task;
}

/** The times of both, round by round, and their ratios. */
export interface Comparison extends Variant {
  /** Milliseconds of this package in each round: for a step, or a pass over rows. */
  readonly milliseconds: readonly number[];
  /** The other's, in the same rounds. */
  readonly otherMilliseconds: readonly number[];
  /** This package's time divided by the other's in each round. Below 1 is faster. */
  readonly ratios: readonly number[];
}

/**
 * Rounds before both processes are started again. The layout of a process's memory makes it a little faster or slower
 * for as long as it runs, so several processes are needed to average this out.
 */
const ROUNDS_PER_PROCESS = 5;

/** The same from here and from build/bench/, where run.mjs puts the bundle. */
const CHECKOUT = fileURLToPath(new URL('../../bench/against/checkout.mjs', import.meta.url));

/** The choices by their older names, which older versions read from TWO_LAYER_NET_KERNELS. */
const KERNELS: Readonly<Record<Products, string>> = { auto: 'auto', simd: 'own', blas: 'blas' };

/**
 * Times both in processes of their own, one after the other in each round, in alternating order.
 *
 * @param tell - called with a line of progress before each shape
 * @throws Error with the reason if either cannot be started or timed
 */
export async function compare(settings: CompareSettings, tell: (line: string) => void): Promise<Comparison[]> {
  const comparisons: Comparison[] = [];
  for (const variant of variantsOf(settings)) {
    tell(`${formatShape(variant.shape)}: ${variantWords(variant)}, ${variant.threads} threads`);
    comparisons.push(await compareVariant(settings, variant));
  }
  return comparisons;
}

/** Every combination, shapes and tasks in turns. */
function variantsOf({ shapes, threads, dtypes, products, rowTypes, work, rows }: CompareSettings): Variant[] {
  const how = threads.flatMap((count) =>
    dtypes.flatMap((dtype) =>
      products.flatMap((kind) => rowTypes.map((rowType) => ({ threads: count, dtype, products: kind, rowType }))),
    ),
  );
  return how.flatMap((one) => shapes.flatMap((shape) => tasksOf(work, rows).map((task) => ({ shape, task, ...one }))));
}

/** `float32, step`, or `float32, predict 10000`. */
export function variantWords({ task, ...net }: Pick<Variant, 'dtype' | 'products' | 'rowType' | 'task'>): string {
  return `${netWords(net)}, ${task.work === 'steps' ? 'step' : `${task.work} ${task.rows}`}`;
}

async function compareVariant(settings: CompareSettings, variant: Variant): Promise<Comparison> {
  const samples = new Map<string, number[]>();
  const { folder, other, rounds } = settings;
  for (let done = 0; done < rounds; done += ROUNDS_PER_PROCESS) {
    // An odd number of rounds begins and ends with the same one, so they take turns at that as well.
    const folders = (done / ROUNDS_PER_PROCESS) % 2 === 0 ? [other, folder] : [folder, other];
    const some = Math.min(ROUNDS_PER_PROCESS, rounds - done);
    for (const [name, seconds] of await timeProcesses(folders, variant, { ...settings, rounds: some })) {
      samples.set(name, [...(samples.get(name) ?? []), ...seconds]);
    }
  }
  const milliseconds = (name: string) => (samples.get(name) ?? []).map((seconds) => seconds * 1000);
  const [mine, others] = [milliseconds(folder), milliseconds(other)];
  return { ...variant, milliseconds: mine, otherMilliseconds: others, ratios: pairedRatios(mine, others) };
}

/** Starts a process for each folder and times them in turns: seconds per iteration in each round, by folder. */
async function timeProcesses(
  folders: readonly string[],
  variant: Variant,
  { backend, rounds, seconds, rows }: CompareSettings,
): Promise<Map<string, readonly number[]>> {
  const { shape, threads, task } = variant;
  const peers: Peer[] = [];
  try {
    const settings = { threads, rows, minIterations: minIterations(task) };
    for (const folder of folders) {
      peers.push(await Peer.start(checkoutProgram(folder, variant, backend), settings));
    }
    const timings = await interleave(peers, shape, { rounds, seconds });
    return new Map(
      timings.map((timing) => {
        if ('failed' in timing) throw new Error(`${timing.contender.name}: ${timing.failed}`);
        return [timing.contender.name, timing.samples];
      }),
    );
  } finally {
    for (const peer of peers) peer.end();
  }
}

/** A built checkout as a peer, which times a task with its own package. */
export function checkoutProgram(
  folder: string,
  { dtype, products, rowType, task }: Pick<Variant, 'dtype' | 'products' | 'rowType' | 'task'>,
  backend: BackendChoice,
): PeerProgram {
  // An addon that does not load must be an error here, not a comparison with the TypeScript backend.
  const settings = { dtype, backend: backend === 'auto' ? 'native' : backend, rowType, task };
  return {
    file: folder,
    command: process.execPath,
    args: [CHECKOUT, folder, JSON.stringify(settings)],
    env: { TWO_LAYER_NET_PRODUCTS: products, TWO_LAYER_NET_KERNELS: KERNELS[products] },
    missing: undefined,
  };
}

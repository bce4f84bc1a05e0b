import type { Products } from '../../binding.js';
import type { BackendName } from '../backend/choose.js';
import { benchmark } from '../bench/benchmark.js';
import { type BenchShape, SHAPES } from '../bench/shapes.js';
import { defaultThreads } from '../platform/processors.js';

/** How fast a training step is, measured within a few seconds: `two-layer-net bench` takes the time to be sure. */
export interface Speed {
  readonly backend: BackendName;
  /** The article's sizes: D numbers per row, H hidden units, C classes, N rows per step. */
  readonly shape: BenchShape;
  readonly dtype: 'float32';
  readonly threads: number;
  /** Of a step, the median. */
  readonly milliseconds: number;
  /** What a step's multiply-adds come to, GFLOP/s. */
  readonly gflops: number;
  /** The most that the processor was found to do on as many threads, GFLOP/s; null where there is nothing to find it with. */
  readonly peakGflops: number | null;
  /** The step's part of that. */
  readonly shareOfPeak: number | null;
}

/** Rows of random bytes: 12 MB, more than most caches keep, and made in no time. */
const ROWS = 4000;

/**
 * Measures training steps of the article's size, and the processor's peak beside.
 *
 * @throws Error where a step cannot be made
 */
export async function measureSpeed(backend: BackendName, products: Products): Promise<Speed> {
  const shape = SHAPES.article;
  const threads = backend === 'js' ? 1 : defaultThreads();
  const settings = {
    ...{ shapes: [shape], threads: [threads], dtypes: ['float32'] as const, products: [products], backend },
    ...{ rounds: 3, seconds: 0.2, rows: ROWS, profile: false, peers: [] },
  };
  const { steps, peaks } = await benchmark(settings, () => {});
  const [step] = steps[0].contenders;
  if ('failed' in step) throw new Error(step.failed);
  return {
    ...{ backend, shape, dtype: 'float32', threads, milliseconds: step.milliseconds.median, gflops: step.gflops },
    peakGflops: peaks[0]?.gflops.median ?? null,
    shareOfPeak: step.shareOfPeak,
  };
}

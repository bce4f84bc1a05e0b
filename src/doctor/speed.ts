import type { Products } from '../../binding.js';
import { type BackendName, backendInfo } from '../backend/choose.js';
import { measure } from '../measure/measure.js';
import { type BenchShape, SHAPES } from '../measure/shapes.js';

/** The speed of a training step, measured in a few seconds. `two-layer-net bench` takes longer and is more precise. */
export interface Speed {
  readonly backend: BackendName;
  /** The article's sizes: D numbers per row, H hidden units, C classes, N rows per step. */
  readonly shape: BenchShape;
  readonly dtype: 'float32';
  readonly threads: number;
  /** Median time of a step. */
  readonly milliseconds: number;
  /** Speed of a step's matrix products, GFLOP/s. */
  readonly gflops: number;
  /** The processor's measured peak on as many threads, GFLOP/s; null if it cannot be measured. */
  readonly peakGflops: number | null;
  /** The step's speed divided by the peak; null without a peak. */
  readonly shareOfPeak: number | null;
}

/** Rows of random bytes: 12 MB, larger than most caches and quick to create. */
const ROWS = 4000;

/**
 * Measures training steps of the article's size, and the processor's peak.
 *
 * @throws Error if a step fails
 */
export async function measureSpeed(backend: BackendName, products: Products): Promise<Speed> {
  const shape = SHAPES.article;
  const dtype = 'float32';
  const { threads } = backendInfo(backend);
  const { steps, peaks } = await measure(
    {
      shapes: [shape],
      threads: [threads],
      dtypes: [dtype],
      products: [products],
      rowTypes: ['bytes'],
      backend,
      work: ['steps'],
      rounds: 3,
      seconds: 0.2,
      rows: ROWS,
      profile: false,
    },
    () => {},
  );
  const [step] = steps[0].contenders;
  if ('failed' in step) throw new Error(step.failed);
  const { milliseconds, gflops, shareOfPeak } = step;
  return {
    backend,
    shape,
    dtype,
    threads,
    milliseconds: milliseconds.median,
    gflops,
    peakGflops: peaks[0]?.gflops.median ?? null,
    shareOfPeak,
  };
}

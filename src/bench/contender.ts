import type { BenchShape } from './shapes.js';

/** A type of arithmetic that a processor has a peak for. */
export type BenchDtype = 'float32' | 'float64' | 'bfloat16';

/** What a contender is. */
export interface Description {
  /** As the table names it. */
  readonly name: string;
  /** The type of its arithmetic. */
  readonly dtype: BenchDtype;
  /** `step`: a whole training step; `products`: the two large matrix products alone, which is less; `rows`: predictions. */
  readonly work: 'step' | 'products' | 'rows';
  /** Threads that it uses; may be fewer than it was given. */
  readonly threads: number;
}

/** Something that is timed beside others. */
export interface Contender extends Description {
  /**
   * Gets everything ready for a shape: data, parameters, compilation, a few steps.
   *
   * @throws Error with the reason why it cannot
   */
  prepare(shape: BenchShape): Promise<void>;
  /** Runs some iterations; gives the seconds that they took. */
  run(iterations: number): Promise<number>;
}

import type { BenchShape } from './shapes.js';

/** A type of arithmetic for which the processor's peak can be measured. */
export type BenchDtype = 'float32' | 'float64' | 'bfloat16';

/** What a contender is. */
export interface Description {
  /** Its name in the tables. */
  readonly name: string;
  /** The type of its arithmetic. */
  readonly dtype: BenchDtype;
  /**
   * `step`: a whole training step; `products`: only its two large matrix products; `predict` and `validation`: a pass
   * over some rows.
   */
  readonly work: 'step' | 'products' | 'predict' | 'validation';
  /** Rows in one pass; undefined for steps and products. */
  readonly passRows?: number | undefined;
  /** Threads that it uses, which may be fewer than it was given. */
  readonly threads: number;
}

/** Something whose speed is measured. */
export interface Contender extends Description {
  /**
   * The fewest iterations in one run that give a good time, if that does not take too long.
   * @defaultValue 1
   */
  readonly minIterations?: number;
  /**
   * Prepares for a shape: data, parameters, compilation and a few warm-up steps.
   *
   * @throws Error with the reason if it cannot run this shape
   */
  prepare(shape: BenchShape): Promise<void>;
  /**
   * Runs some iterations.
   *
   * @returns the seconds that they took
   */
  run(iterations: number): Promise<number>;
}

/** The result of a measurement, as `two-layer-net bench --json` writes it. */
import type { Products, Profile } from '../../binding.js';
import type { BackendInfo } from '../backend/choose.js';
import type { Machine } from '../platform/this-machine.js';
import type { BenchDtype, Description } from './contender.js';
import type { RowType } from './random-data.js';
import type { BenchShape } from './shapes.js';
import type { Spread } from './statistics.js';

/** Everything that was measured. */
export interface Measurement {
  /** When it began, ISO 8601. */
  readonly date: string;
  readonly backend: BackendInfo;
  readonly rounds: number;
  /** Intended length of one run in seconds. */
  readonly seconds: number;
  /** Rows of the data set. */
  readonly rows: number;
  /** Types of the rows that this package was measured with. */
  readonly rowTypes: readonly RowType[];
  /**
   * Processors that other programs, and the host of a virtual machine, used on average while the peak was measured and
   * peers were stopped. Above 0.1 the times of a machine with few processors are too high.
   */
  readonly busyProcessors: number;
  readonly peaks: readonly Peak[];
  readonly steps: readonly StepResult[];
  readonly passes: readonly PassResult[];
  /** Empty unless requested. */
  readonly profiles: readonly ProfileResult[];
}

/** A measurement, and what it was made with. */
export interface BenchResult extends Measurement {
  /** This package's version. */
  readonly version: string;
  readonly machine: Machine;
  /** Environment variables that were removed before measuring, with their values. */
  readonly ignored: Readonly<Record<string, string>>;
}

/**
 * The highest speed of the processor. It is measured before and after each round, because its clock varies, and the
 * higher one counts. A dtype without kernels in the engine has no peak.
 */
export interface Peak {
  readonly dtype: BenchDtype;
  readonly threads: number;
  /** Multiply-adds count as 2 FLOP. */
  readonly gflops: Spread;
}

/** The times of a training step for one shape and one number of threads. */
export interface StepResult {
  readonly shape: BenchShape;
  readonly threads: number;
  /** Work in one step. */
  readonly flop: number;
  /** This package first, then others. */
  readonly contenders: readonly (StepTiming | Failure)[];
}

/** One contender's time. */
export interface StepTiming extends Description {
  readonly milliseconds: Spread;
  /** Milliseconds per step in each round. */
  readonly samples: readonly number[];
  /** Work divided by the median time. */
  readonly gflops: number;
  /**
   * Speed divided by the peak for this dtype and number of threads in the same round; the median over the rounds. Null
   * without a peak.
   */
  readonly shareOfPeak: number | null;
  /** Time divided by the first contender's in the same round; the median over the rounds. Null if that one failed. */
  readonly ratio: number | null;
}

/** A contender that could not be timed, and why. */
export interface Failure {
  readonly name: string;
  readonly failed: string;
}

/** The speed of `predict`, and of the accuracy on validation rows that a training computes once per epoch. */
export interface PassResult {
  readonly shape: BenchShape;
  readonly threads: number;
  readonly contenders: readonly (PassTiming | Failure)[];
}

/** One contender's passes over some rows. */
export interface PassTiming {
  readonly name: string;
  readonly work: 'predict' | 'validation';
  /** Rows in one pass. */
  readonly rows: number;
  readonly rowsPerSecond: Spread;
  readonly gflops: number;
  /** As for a step. */
  readonly shareOfPeak: number | null;
}

/** How the time of a step is divided. */
export interface ProfileResult {
  readonly shape: BenchShape;
  readonly threads: number;
  readonly name: string;
  readonly products: Products;
  /** Steps that were profiled. The costs of a call are not part of them. */
  readonly iterations: number;
  /** Wall time of all of them. */
  readonly seconds: number;
  /** Seconds of the calling thread; null if the backend does not measure them. */
  readonly profile: Profile | null;
}

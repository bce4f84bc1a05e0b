/** What a benchmark finds, as `two-layer-net bench --json` writes it. */
import type { Products, Profile } from '../../binding.js';
import type { BackendInfo } from '../backend/choose.js';
import type { BenchDtype, Description } from './contender.js';
import type { PeerIntroduction } from './peer.js';
import type { BenchShape } from './shapes.js';
import type { Spread } from './statistics.js';

/** The whole of a benchmark. */
export interface BenchResult {
  /** This package's version. */
  readonly version: string;
  /** When it began, ISO 8601. */
  readonly date: string;
  readonly machine: Machine;
  readonly backend: BackendInfo;
  readonly rounds: number;
  /** Seconds that a measurement was to last. */
  readonly seconds: number;
  /** Rows of the data set. */
  readonly rows: number;
  /** Variables of the environment that were taken out, with their values. */
  readonly ignored: Readonly<Record<string, string>>;
  readonly peaks: readonly Peak[];
  readonly peers: readonly PeerReport[];
  readonly steps: readonly StepResult[];
  readonly predictions: readonly PredictionResult[];
  /** Empty unless asked for. */
  readonly profiles: readonly ProfileResult[];
  /** Empty unless asked for. */
  readonly searches: readonly SearchTiming[];
}

/** Where it was measured. */
export interface Machine {
  readonly cpu: string;
  /** Processors that this process may use: by its affinity and the quota of its cgroup. */
  readonly processors: number;
  readonly platform: string;
  readonly node: string;
}

/**
 * The most that the processor can do, as found once in each round of the run: its clock is not always the same. There is
 * none for a type that the engine has no kernels of its own for.
 */
export interface Peak {
  readonly dtype: BenchDtype;
  readonly threads: number;
  /** Multiply-adds, 2 FLOP each. */
  readonly gflops: Spread;
}

/** What became of a peer at one number of threads. */
export interface PeerReport {
  readonly file: string;
  /** Threads that it was given. */
  readonly threads: number;
  /** What it said of itself; null where it is not to be had. */
  readonly introduction: PeerIntroduction | null;
  /** Why it is not to be had; null where it is. */
  readonly unavailable: string | null;
}

/** One shape at one number of threads: the time of a training step, side by side. */
export interface StepResult {
  readonly shape: BenchShape;
  readonly threads: number;
  /** Work of a step. */
  readonly flop: number;
  /** This package first, then the peers. */
  readonly contenders: readonly (StepTiming | Failure)[];
}

/** One contender's time. */
export interface StepTiming extends Description {
  readonly milliseconds: Spread;
  /** The same, round by round. */
  readonly samples: readonly number[];
  /** Its work by its median time. */
  readonly gflops: number;
  /** Of the peak for its type and the shape's threads in the same round, the median over the rounds; null where no peak. */
  readonly shareOfPeak: number | null;
  /** Its time by that of the first contender, round by round, the median; null where the first one failed. */
  readonly ratio: number | null;
}

/** A contender that gave no time, and why. */
export interface Failure {
  readonly name: string;
  readonly failed: string;
}

/** `predict` on many rows. */
export interface PredictionResult {
  readonly shape: BenchShape;
  readonly threads: number;
  readonly contenders: readonly (PredictionTiming | Failure)[];
}

/** One way to predict. */
export interface PredictionTiming {
  readonly name: string;
  readonly rowsPerSecond: Spread;
  readonly gflops: number;
  /** As a step's. */
  readonly shareOfPeak: number | null;
}

/** Where the time of a step goes. */
export interface ProfileResult {
  readonly shape: BenchShape;
  readonly threads: number;
  readonly name: string;
  readonly products: Products;
  readonly iterations: number;
  /** Wall time of all iterations. */
  readonly seconds: number;
  /** Seconds of the calling thread; null where the backend does not tell. */
  readonly profile: Profile | null;
}

/** A search of some trials, in seconds: side by side as `sweep` runs them, and one after the other on all threads. */
export interface SearchTiming {
  readonly trials: number;
  /** Threads in all. */
  readonly threads: number;
  readonly dtype: BenchDtype;
  /** Iterations of each trial. */
  readonly numIters: number;
  readonly sideBySide: Spread;
  readonly oneAfterOther: Spread;
  /** Side by side by one after the other, round by round, the median: below 1 is faster. */
  readonly ratio: number;
}

/** The result of a benchmark, as `npm run bench -- --json` writes it. */
import type { BenchDtype } from '../src/measure/contender.js';
import type { BenchResult } from '../src/measure/result.js';
import type { BenchShape } from '../src/measure/shapes.js';
import type { Spread } from '../src/measure/statistics.js';
import type { PeerIntroduction } from './peer.js';

/** Everything that was measured: this package, its peers, searches and calls. */
export interface PeerBenchResult extends BenchResult {
  readonly peers: readonly PeerReport[];
  /** Empty unless requested. */
  readonly searches: readonly SearchTiming[];
  /** Empty unless requested. */
  readonly calls: readonly CallTiming[];
}

/** Whether a peer could be started with one number of threads. */
export interface PeerReport {
  readonly file: string;
  /** Threads that it was given. */
  readonly threads: number;
  /** What it said about itself; null if it is unavailable. */
  readonly introduction: PeerIntroduction | null;
  /** Why it is unavailable; null if it is available. */
  readonly unavailable: string | null;
}

/** Seconds for a search: its trials side by side, as `sweep` runs them, or one after the other on all threads. */
export interface SearchTiming {
  readonly trials: number;
  /** Threads in total. */
  readonly threads: number;
  readonly dtype: BenchDtype;
  /** Iterations of each trial. */
  readonly numIters: number;
  readonly sideBySide: Spread;
  readonly oneAfterOther: Spread;
  /** `sideBySide` divided by `oneAfterOther` in the same round; the median over the rounds. Below 1 is faster. */
  readonly ratio: number;
}

/** What a call of `trainSync` costs. Times are milliseconds, and low ones: the tenth part of all calls was faster. */
export interface CallTiming {
  /** The folder of the checkout. */
  readonly folder: string;
  readonly shape: BenchShape;
  readonly threads: number;
  readonly dtype: BenchDtype;
  /** Iterations of the long call. */
  readonly iterations: number;
  /** The first iteration of a training, with the accuracy that it records. */
  readonly first: number;
  /** One more iteration of a training. */
  readonly one: number;
  /** An iteration of a long call. */
  readonly iteration: number;
  /** `one` less `iteration`. */
  readonly fixed: number;
  /** Bytes per second that as many threads copy in memory, reads and writes together. */
  readonly bytesPerSecond: number;
  /** The parameters read and written twice, packed and unpacked, at that speed. */
  readonly packing: number;
  /** `one` divided by the sum of `iteration` and `packing`. */
  readonly ratio: number;
}

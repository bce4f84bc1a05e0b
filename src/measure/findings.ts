import { addAll } from '../validation/long-lists.js';
import type { BenchDtype } from './contender.js';
import type {
  Failure,
  Measurement,
  PassResult,
  PassTiming,
  Peak,
  ProfileResult,
  StepResult,
  StepTiming,
} from './result.js';
import type { Timing } from './rounds.js';
import { type BenchShape, productsFlop, rowFlop, stepFlop } from './shapes.js';
import { median, medianRatio, spread } from './statistics.js';

/** Timings of one shape with one number of threads. */
export interface Measured {
  readonly shape: BenchShape;
  readonly threads: number;
  readonly timings: readonly Timing[];
  readonly peaks: RoundPeaks;
}

/** The peak of each dtype in each round, GFLOP/s. */
export type RoundPeaks = ReadonlyMap<BenchDtype, readonly number[]>;

/** Collects timings and turns them into results at the end. */
export class Findings {
  readonly #steps: Measured[] = [];
  readonly #passes: Measured[] = [];
  readonly #profiles: ProfileResult[] = [];

  addSteps(measured: Measured): void {
    this.#steps.push(measured);
  }

  addPasses(measured: Measured): void {
    this.#passes.push(measured);
  }

  addProfile(profile: ProfileResult): void {
    this.#profiles.push(profile);
  }

  /** Everything that was measured. */
  results(): Pick<Measurement, 'peaks' | 'steps' | 'passes' | 'profiles'> {
    return {
      peaks: this.#peaks(),
      steps: this.#steps.map((measured) => this.#stepResult(measured)),
      passes: this.#passes.map((measured) => this.#passResult(measured)),
      profiles: this.#profiles,
    };
  }

  #peaks(): Peak[] {
    const all = new Map<string, { dtype: BenchDtype; threads: number; found: number[] }>();
    for (const { threads, peaks } of [...this.#steps, ...this.#passes]) {
      for (const [dtype, gflops] of peaks) {
        const key = `${dtype} ${threads}`;
        if (!all.has(key)) all.set(key, { dtype, threads, found: [] });
        addAll(all.get(key)?.found ?? [], gflops);
      }
    }
    return [...all.values()]
      .filter(({ found }) => found.every(Number.isFinite))
      .map(({ dtype, threads, found }) => ({ dtype, threads, gflops: spread(found) }));
  }

  #stepResult({ shape, threads, timings, peaks }: Measured): StepResult {
    const [first] = timings;
    const base = 'failed' in first ? undefined : first.samples;
    const contenders = timings.map((timing) =>
      'failed' in timing ? failure(timing) : stepTiming(shape, timing, peaks, base),
    );
    return { shape, threads, flop: stepFlop(shape), contenders };
  }

  #passResult({ shape, threads, timings, peaks }: Measured): PassResult {
    const contenders = timings.map((timing) =>
      'failed' in timing ? failure(timing) : passTiming(shape, timing, peaks),
    );
    return { shape, threads, contenders };
  }
}

type Samples = Exclude<Timing, { failed: string }>;

function stepTiming(
  shape: BenchShape,
  { contender, samples }: Samples,
  peaks: RoundPeaks,
  base: readonly number[] | undefined,
): StepTiming {
  const { name, dtype, work, threads } = contender;
  const flop = work === 'products' ? productsFlop(shape) : stepFlop(shape);
  const milliseconds = samples.map((seconds) => seconds * 1000);
  return {
    name,
    dtype,
    work,
    threads,
    milliseconds: spread(milliseconds),
    samples: milliseconds,
    gflops: flop / median(samples) / 1e9,
    shareOfPeak: shareOfPeak(flop, samples, peaks.get(dtype)),
    ratio: base ? medianRatio(samples, base) : null,
  };
}

function passTiming(shape: BenchShape, { contender, samples }: Samples, peaks: RoundPeaks): PassTiming {
  const { name, dtype, work, passRows: rows } = contender;
  if (rows === undefined || (work !== 'predict' && work !== 'validation')) throw new Error(`${name} has no passes`);
  const flop = rowFlop(shape) * rows;
  return {
    name,
    work,
    rows,
    rowsPerSecond: spread(samples.map((seconds) => rows / seconds)),
    gflops: flop / median(samples) / 1e9,
    shareOfPeak: shareOfPeak(flop, samples, peaks.get(dtype)),
  };
}

/** The median of the shares in each round: a clock that changes between rounds changes both speed and peak. */
function shareOfPeak(flop: number, samples: readonly number[], peaks: readonly number[] | undefined): number | null {
  if (!peaks?.every(Number.isFinite)) return null;
  return medianRatio(
    samples.map((seconds) => flop / seconds / 1e9),
    peaks,
  );
}

function failure({ contender, failed }: Extract<Timing, { failed: string }>): Failure {
  return { name: contender.name, failed };
}

import type { BenchDtype } from './contender.js';
import { PREDICTED_ROWS } from './net-contenders.js';
import type {
  Failure,
  Measurement,
  Peak,
  PredictionResult,
  PredictionTiming,
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
  readonly #predictions: Measured[] = [];
  readonly #profiles: ProfileResult[] = [];

  addSteps(measured: Measured): void {
    this.#steps.push(measured);
  }

  addPredictions(measured: Measured): void {
    this.#predictions.push(measured);
  }

  addProfile(profile: ProfileResult): void {
    this.#profiles.push(profile);
  }

  /** Everything that was measured. */
  results(): Pick<Measurement, 'peaks' | 'steps' | 'predictions' | 'profiles'> {
    return {
      peaks: this.#peaks(),
      steps: this.#steps.map((measured) => this.#stepResult(measured)),
      predictions: this.#predictions.map((measured) => this.#predictionResult(measured)),
      profiles: this.#profiles,
    };
  }

  #peaks(): Peak[] {
    const all = new Map<string, { dtype: BenchDtype; threads: number; found: number[] }>();
    for (const { threads, peaks } of [...this.#steps, ...this.#predictions]) {
      for (const [dtype, gflops] of peaks) {
        const key = `${dtype} ${threads}`;
        if (!all.has(key)) all.set(key, { dtype, threads, found: [] });
        all.get(key)?.found.push(...gflops);
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

  #predictionResult({ shape, threads, timings, peaks }: Measured): PredictionResult {
    const contenders = timings.map((timing): PredictionTiming | Failure => {
      if ('failed' in timing) return failure(timing);
      const rowsPerSecond = spread(timing.samples.map((seconds) => PREDICTED_ROWS / seconds));
      const flop = rowFlop(shape) * PREDICTED_ROWS;
      const gflops = flop / median(timing.samples) / 1e9;
      const { name, dtype } = timing.contender;
      return { name, rowsPerSecond, gflops, shareOfPeak: shareOfPeak(flop, timing.samples, peaks.get(dtype)) };
    });
    return { shape, threads, contenders };
  }
}

function stepTiming(
  shape: BenchShape,
  { contender, samples }: Exclude<Timing, { failed: string }>,
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

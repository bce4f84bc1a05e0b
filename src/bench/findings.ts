import type { BenchDtype } from './contender.js';
import { PREDICTED_ROWS } from './own.js';
import type {
  BenchResult,
  Failure,
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

/** Timings of one shape at one number of threads. */
interface Measured {
  readonly shape: BenchShape;
  readonly threads: number;
  readonly timings: readonly Timing[];
}

/**
 * Collects what is measured and makes results of it at the end: a share is of the highest peak of all, since what slowed a
 * peak down slows nothing else.
 */
export class Findings {
  readonly #peaks: Peak[] = [];
  readonly #steps: Measured[] = [];
  readonly #predictions: Measured[] = [];
  readonly #profiles: ProfileResult[] = [];

  addPeak(dtype: BenchDtype, threads: number, gflops: number): void {
    const index = this.#peaks.findIndex((peak) => peak.dtype === dtype && peak.threads === threads);
    if (index < 0) this.#peaks.push({ dtype, threads, gflops });
    else if (gflops > this.#peaks[index].gflops) this.#peaks[index] = { dtype, threads, gflops };
  }

  addSteps(shape: BenchShape, threads: number, timings: readonly Timing[]): void {
    this.#steps.push({ shape, threads, timings });
  }

  addPredictions(shape: BenchShape, threads: number, timings: readonly Timing[]): void {
    this.#predictions.push({ shape, threads, timings });
  }

  addProfile(profile: ProfileResult): void {
    this.#profiles.push(profile);
  }

  /** Everything that was measured. */
  results(): Pick<BenchResult, 'peaks' | 'steps' | 'predictions' | 'profiles'> {
    return {
      peaks: this.#peaks,
      steps: this.#steps.map((measured) => this.#stepResult(measured)),
      predictions: this.#predictions.map((measured) => this.#predictionResult(measured)),
      profiles: this.#profiles,
    };
  }

  #stepResult({ shape, threads, timings }: Measured): StepResult {
    const [first] = timings;
    const base = 'failed' in first ? undefined : first.samples;
    const contenders = timings.map((timing) =>
      'failed' in timing ? failure(timing) : this.#stepTiming(shape, threads, timing, base),
    );
    return { shape, threads, flop: stepFlop(shape), contenders };
  }

  #stepTiming(
    shape: BenchShape,
    given: number,
    { contender, samples }: Exclude<Timing, { failed: string }>,
    base: readonly number[] | undefined,
  ): StepTiming {
    const { name, dtype, work, threads } = contender;
    const gflops = (work === 'products' ? productsFlop(shape) : stepFlop(shape)) / median(samples) / 1e9;
    const milliseconds = samples.map((seconds) => seconds * 1000);
    return {
      ...{ name, dtype, work, threads },
      milliseconds: spread(milliseconds),
      samples: milliseconds,
      gflops,
      shareOfPeak: gflops / this.#peak(dtype, given),
      ratio: base ? medianRatio(samples, base) : null,
    };
  }

  #predictionResult({ shape, threads, timings }: Measured): PredictionResult {
    const contenders = timings.map((timing): PredictionTiming | Failure => {
      if ('failed' in timing) return failure(timing);
      const rowsPerSecond = spread(timing.samples.map((seconds) => PREDICTED_ROWS / seconds));
      const gflops = (rowFlop(shape) * rowsPerSecond.median) / 1e9;
      const { name, dtype } = timing.contender;
      return { name, rowsPerSecond, gflops, shareOfPeak: gflops / this.#peak(dtype, threads) };
    });
    return { shape, threads, contenders };
  }

  #peak(dtype: BenchDtype, threads: number): number {
    return this.#peaks.find((peak) => peak.dtype === dtype && peak.threads === threads)?.gflops ?? Number.NaN;
  }
}

function failure({ contender, failed }: Extract<Timing, { failed: string }>): Failure {
  return { name: contender.name, failed };
}

import type { Products } from '../../binding.js';
import { type BackendChoice, backendInfo, chooseBackend } from '../backend/choose.js';
import type { Dtype } from '../training/settings.js';
import type { BenchDtype, Contender } from './contender.js';
import { Findings, type Measured } from './findings.js';
import {
  contenderName,
  DataCache,
  NetPrediction,
  type NetSettings,
  NetTraining,
  profileTraining,
} from './net-contenders.js';
import type { Measurement, ProfileResult } from './result.js';
import { interleave } from './rounds.js';
import { type BenchShape, formatShape } from './shapes.js';
import { median } from './statistics.js';

/** What to measure. */
export interface MeasureSettings {
  readonly shapes: readonly BenchShape[];
  /** Numbers of threads, measured one after the other. */
  readonly threads: readonly number[];
  readonly dtypes: readonly Dtype[];
  readonly products: readonly Products[];
  readonly backend: BackendChoice;
  readonly rounds: number;
  /** Approximate length of one run in seconds. */
  readonly seconds: number;
  /** Rows of the data set. */
  readonly rows: number;
  /** Whether to measure how the time of a step is divided. */
  readonly profile: boolean;
  /**
   * Starts other contenders, whose steps are timed in the same rounds. Called once for each number of threads.
   * @defaultValue none
   */
  readonly startOthers?: (threads: number) => Promise<readonly OtherContender[]>;
}

/** A contender outside this package. */
export interface OtherContender extends Contender {
  /** Ends it, whatever it is doing. */
  end(): void;
}

/** Measuring a peak takes no longer than this. */
const PEAK_SECONDS = 0.1;

/**
 * Measures training steps and predictions for every shape with every number of threads.
 *
 * @param tell - called with a line of progress before each shape
 * @throws what {@link backendInfo} throws for the backend
 */
export async function measure(settings: MeasureSettings, tell: (line: string) => void): Promise<Measurement> {
  // First, so that a backend that is not available is reported before any work.
  const backend = backendInfo(settings.backend);
  const cache = new DataCache(settings.rows);
  const findings = new Findings();
  const date = new Date().toISOString();
  for (const threads of settings.threads) {
    const others = (await settings.startOthers?.(threads)) ?? [];
    try {
      for (const shape of settings.shapes) {
        tell(`${formatShape(shape)}, ${threads === 1 ? '1 thread' : `${threads} threads`}`);
        await measureShape(shape, threads, { settings, cache, others, findings });
      }
    } finally {
      for (const other of others) other.end();
    }
  }
  const { rounds, seconds, rows } = settings;
  return { date, backend, rounds, seconds, rows, ...findings.results() };
}

interface Context {
  readonly settings: MeasureSettings;
  readonly cache: DataCache;
  readonly others: readonly Contender[];
  readonly findings: Findings;
}

async function measureShape(shape: BenchShape, threads: number, context: Context): Promise<void> {
  const { settings, cache, others, findings } = context;
  const nets = netSettings(settings, threads);
  const trainings = nets.map((net) => new NetTraining(net, cache));
  const steps = await timed([...trainings, ...others], shape, threads, settings);
  findings.addSteps(steps);
  const predictions = nets.map((net) => new NetPrediction(net, cache));
  findings.addPredictions(await timed(predictions, shape, threads, settings));
  if (!settings.profile) return;
  for (const [index, net] of nets.entries()) {
    const timing = steps.timings[index];
    if ('failed' in timing) continue;
    const iterations = Math.max(1, Math.round(settings.seconds / median(timing.samples)));
    findings.addProfile(profileOf(shape, net, cache, iterations));
  }
}

/** The contenders' times, and the peaks of their dtypes in the same rounds. */
async function timed(
  contenders: readonly Contender[],
  shape: BenchShape,
  threads: number,
  settings: MeasureSettings,
): Promise<Measured> {
  const { binding } = chooseBackend(settings.backend);
  const peaks = new Map<BenchDtype, number[]>(contenders.map(({ dtype }) => [dtype, []]));
  const eachRound = () => {
    for (const [dtype, gflops] of peaks) {
      gflops.push(binding.peak(dtype, threads, Math.min(PEAK_SECONDS, settings.seconds)));
    }
  };
  const { rounds, seconds } = settings;
  const timings = await interleave(contenders, shape, { rounds, seconds, eachRound });
  return { shape, threads, timings, peaks };
}

/** Every dtype with every choice of matrix products. */
function netSettings({ dtypes, products, backend }: MeasureSettings, threads: number): NetSettings[] {
  return dtypes.flatMap((dtype) => products.map((kind) => ({ backend, dtype, products: kind, threads })));
}

function profileOf(shape: BenchShape, net: NetSettings, cache: DataCache, iterations: number): ProfileResult {
  const { profile, seconds } = profileTraining(shape, net, cache, iterations);
  const { threads, products } = net;
  return { shape, threads, name: contenderName(net), products, iterations, seconds, profile };
}

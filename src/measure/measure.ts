import type { Products } from '../../binding.js';
import { type BackendChoice, backendInfo, chooseBackend } from '../backend/choose.js';
import type { Dtype } from '../training/settings.js';
import type { BenchDtype, Contender } from './contender.js';
import { Findings, type Measured } from './findings.js';
import { contenderName, DataCache, NetContender, type NetSettings, profileSteps } from './net-contenders.js';
import { tasksOf, type Work } from './net-work.js';
import { OtherPrograms } from './other-programs.js';
import type { RowType } from './random-data.js';
import type { Measurement } from './result.js';
import { interleave, iterationsFor } from './rounds.js';
import { type BenchShape, formatShape } from './shapes.js';
import { median } from './statistics.js';

/** What to measure. */
export interface MeasureSettings {
  readonly shapes: readonly BenchShape[];
  /** Numbers of threads, measured one after the other. */
  readonly threads: readonly number[];
  readonly dtypes: readonly Dtype[];
  readonly products: readonly Products[];
  /** Types of the rows that this package trains on and predicts. */
  readonly rowTypes: readonly RowType[];
  readonly backend: BackendChoice;
  /** What is measured of each shape. */
  readonly work: readonly Work[];
  readonly rounds: number;
  /** Approximate length of one run in seconds. */
  readonly seconds: number;
  /** Rows of the data set. */
  readonly rows: number;
  /** Whether to measure how the time of a step is divided; only together with steps. */
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
 * Measures the work of every shape with every number of threads.
 *
 * @param tell - called with a line of progress before each shape
 * @throws what {@link backendInfo} throws for the backend
 */
export async function measure(settings: MeasureSettings, tell: (line: string) => void): Promise<Measurement> {
  // First, so that a backend that is not available is reported before any work.
  const backend = backendInfo(settings.backend);
  const cache = new DataCache(settings.rows);
  const findings = new Findings();
  const otherPrograms = new OtherPrograms();
  const date = new Date().toISOString();
  for (const threads of settings.threads) {
    const others = (await settings.startOthers?.(threads)) ?? [];
    try {
      for (const shape of settings.shapes) {
        tell(`${formatShape(shape)}, ${threads === 1 ? '1 thread' : `${threads} threads`}`);
        await measureShape(shape, threads, { settings, cache, others, findings, otherPrograms });
      }
    } finally {
      for (const other of others) other.end();
    }
  }
  const { rounds, seconds, rows, rowTypes } = settings;
  const busyProcessors = otherPrograms.processors;
  return { date, backend, rounds, seconds, rows, rowTypes, busyProcessors, ...findings.results() };
}

interface Context {
  readonly settings: MeasureSettings;
  readonly cache: DataCache;
  readonly others: readonly Contender[];
  readonly findings: Findings;
  readonly otherPrograms: OtherPrograms;
}

async function measureShape(shape: BenchShape, threads: number, context: Context): Promise<void> {
  const { settings, cache, others, findings } = context;
  const nets = netSettings(settings, threads);
  const contenders = tasksOf(settings.work, settings.rows).flatMap((task) =>
    nets.map((net) => new NetContender(net, task, cache)),
  );
  const steps = contenders.filter(({ work }) => work === 'step');
  const passes = contenders.filter(({ work }) => work !== 'step');
  if (steps.length > 0) {
    const found = await timed([...steps, ...others], shape, threads, context);
    findings.addSteps(found);
    if (settings.profile) addProfiles(found, nets, context);
  }
  if (passes.length > 0) findings.addPasses(await timed(passes, shape, threads, context));
}

/** Profiles about as many steps as one run had. */
function addProfiles({ shape, threads, timings }: Measured, nets: readonly NetSettings[], context: Context): void {
  const { settings, cache, findings } = context;
  for (const [index, net] of nets.entries()) {
    const timing = timings[index];
    if ('failed' in timing) continue;
    const iterations = iterationsFor(timing.contender, settings.seconds, median(timing.samples));
    const { seconds, profile } = profileSteps(shape, net, cache, iterations);
    const { products } = net;
    findings.addProfile({ shape, threads, name: contenderName(net), products, iterations, seconds, profile });
  }
}

/** The contenders' times, and the peaks of their dtypes in the same rounds. */
async function timed(
  contenders: readonly Contender[],
  shape: BenchShape,
  threads: number,
  { settings: { backend, rounds, seconds }, otherPrograms }: Context,
): Promise<Measured> {
  const { binding } = chooseBackend(backend);
  const peaks = new Map<BenchDtype, number[]>(contenders.map(({ dtype }) => [dtype, []]));
  const aroundRound = (round: number) => {
    for (const [dtype, gflops] of peaks) {
      const found = otherPrograms.during(() => binding.peak(dtype, threads, Math.min(PEAK_SECONDS, seconds)));
      // Another program can only lower a peak, so the higher one of before and after the round is the peak.
      gflops[round] = Math.max(found, gflops[round] ?? 0);
    }
  };
  const timings = await interleave(contenders, shape, { rounds, seconds, aroundRound });
  return { shape, threads, timings, peaks };
}

/** Every dtype with every choice of matrix products and every type of rows. */
function netSettings({ dtypes, products, rowTypes, backend }: MeasureSettings, threads: number): NetSettings[] {
  return dtypes.flatMap((dtype) =>
    products.flatMap((kind) => rowTypes.map((rowType) => ({ backend, dtype, products: kind, rowType, threads }))),
  );
}

import type { Products } from '../../binding.js';
import { type BackendChoice, backendInfo, chooseBackend } from '../backend/choose.js';
import type { Dtype } from '../net/two-layer-net.js';
import type { BenchDtype, Contender } from './contender.js';
import { Findings, type Measured } from './findings.js';
import { DataCache, OwnPrediction, type OwnSettings, OwnTraining, ownName, profileTraining } from './own.js';
import { Peer } from './peer.js';
import type { PeerProgram } from './peer-programs.js';
import type { BenchResult, PeerReport, ProfileResult } from './result.js';
import { interleave } from './rounds.js';
import { type BenchShape, shapeWords } from './shapes.js';
import { median } from './statistics.js';

/** What to measure. */
export interface BenchSettings {
  readonly shapes: readonly BenchShape[];
  /** Numbers of threads, one after the other. */
  readonly threads: readonly number[];
  readonly dtypes: readonly Dtype[];
  readonly products: readonly Products[];
  readonly backend: BackendChoice;
  readonly rounds: number;
  /** Seconds that one measurement should last. */
  readonly seconds: number;
  /** Rows of the data set. */
  readonly rows: number;
  /** Whether to ask where the time of a step goes. */
  readonly profile: boolean;
  readonly peers: readonly PeerProgram[];
}

/** A peak needs no longer. */
const PEAK_SECONDS = 0.1;

/**
 * Measures every shape at every number of threads, this package and its peers side by side.
 *
 * @param tell - hears what is being done, line by line
 */
export async function benchmark(
  settings: BenchSettings,
  tell: (line: string) => void,
): Promise<Omit<BenchResult, 'version' | 'machine' | 'ignored' | 'searches'>> {
  // A backend that cannot be had is told before any work.
  const info = backendInfo(settings.backend);
  const cache = new DataCache(settings.rows);
  const findings = new Findings();
  const reports: PeerReport[] = [];
  const date = new Date().toISOString();
  for (const threads of settings.threads) {
    const peers = await startPeers(settings, threads, reports, tell);
    try {
      for (const shape of settings.shapes) {
        tell(`${shapeWords(shape)}, ${threads === 1 ? '1 thread' : `${threads} threads`}`);
        await measure(shape, threads, { settings, cache, peers, findings });
      }
    } finally {
      for (const peer of peers) peer.end();
    }
  }
  const { rounds, seconds, rows } = settings;
  return { date, backend: info, rounds, seconds, rows, peers: reports, ...findings.results() };
}

/** Starts the peers one after the other: each has the machine to itself while it loads. */
async function startPeers(
  { peers, rows }: BenchSettings,
  threads: number,
  reports: PeerReport[],
  tell: (line: string) => void,
): Promise<Peer[]> {
  const started: Peer[] = [];
  for (const program of peers) {
    const { file } = program;
    try {
      const peer = await Peer.start(program, { threads, rows });
      started.push(peer);
      reports.push({ file, threads, introduction: peer.introduction, unavailable: null });
    } catch (error) {
      const unavailable = (error as Error).message;
      reports.push({ file, threads, introduction: null, unavailable });
      tell(`without ${file}: ${unavailable}`);
    }
  }
  return started;
}

interface Bench {
  readonly settings: BenchSettings;
  readonly cache: DataCache;
  readonly peers: readonly Peer[];
  readonly findings: Findings;
}

async function measure(shape: BenchShape, threads: number, bench: Bench): Promise<void> {
  const { settings, cache, peers, findings } = bench;
  const own = ownSettings(settings, threads);
  const trainings = own.map((one) => new OwnTraining(one, cache));
  const steps = await timed([...trainings, ...peers], shape, threads, settings);
  findings.addSteps(steps);
  const predictions = own.map((one) => new OwnPrediction(one, cache));
  findings.addPredictions(await timed(predictions, shape, threads, settings));
  if (!settings.profile) return;
  for (const [index, one] of own.entries()) {
    const timing = steps.timings[index];
    if ('failed' in timing) continue;
    const iterations = Math.max(1, Math.round(settings.seconds / median(timing.samples)));
    findings.addProfile(profileOf(shape, one, cache, iterations));
  }
}

/** The contenders' times, and the peaks of their types of arithmetic in the same rounds. */
async function timed(
  contenders: readonly Contender[],
  shape: BenchShape,
  threads: number,
  settings: BenchSettings,
): Promise<Measured> {
  const { binding } = chooseBackend(settings.backend);
  const peaks = new Map<BenchDtype, number[]>(contenders.map(({ dtype }) => [dtype, []]));
  const eachRound = () => {
    for (const [dtype, found] of peaks) {
      found.push(binding.peak(dtype, threads, Math.min(PEAK_SECONDS, settings.seconds)));
    }
  };
  const timings = await interleave(contenders, shape, { ...settings, eachRound });
  return { shape, threads, timings, peaks };
}

/** Every dtype with every choice of kernels. */
function ownSettings({ dtypes, products, backend }: BenchSettings, threads: number): OwnSettings[] {
  return dtypes.flatMap((dtype) => products.map((kind) => ({ backend, dtype, products: kind, threads })));
}

function profileOf(shape: BenchShape, own: OwnSettings, cache: DataCache, iterations: number): ProfileResult {
  const { profile, seconds } = profileTraining(shape, own, cache, iterations);
  return { shape, threads: own.threads, name: ownName(own), products: own.products, iterations, seconds, profile };
}

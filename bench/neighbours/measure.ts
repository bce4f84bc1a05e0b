/** Training steps on a machine that is shared: beside a busy loop, beside a second training, on too many threads. */
import type { BenchDtype } from '../../src/measure/contender.js';
import { iterationsFor, rotated } from '../../src/measure/rounds.js';
import { type BenchShape, formatShape } from '../../src/measure/shapes.js';
import { median, medianRatio, type Spread, spread } from '../../src/measure/statistics.js';
import { Peer } from '../peer.js';
import type { PeerProgram } from '../peer-programs.js';
import { BusyLoop } from './busy-loop.js';

/** What to measure. */
export interface NeighbourBench {
  readonly programs: readonly PeerProgram[];
  readonly shape: BenchShape;
  /** As many threads as there are processors to share: 2 or more. */
  readonly threads: number;
  readonly rounds: number;
  /** Approximate length of one run in seconds. */
  readonly seconds: number;
  /** Rows of the data set. */
  readonly rows: number;
}

/** How one contender does. Ratios are medians over the rounds, of times in the same round. */
export interface NeighbourTiming {
  readonly name: string;
  readonly dtype: BenchDtype;
  readonly shape: BenchShape;
  readonly threads: number;
  /** Milliseconds of a step on one thread, and on all threads, without neighbours. */
  readonly one: Spread;
  readonly all: Spread;
  /** Milliseconds of a step on all threads beside a busy loop of {@link NICENESS}. */
  readonly besideLoop: Spread;
  /** `one` divided by `all`, and by `besideLoop`: how many times as fast as one thread. */
  readonly speedup: number;
  readonly speedupBesideLoop: number;
  /** Processors that the busy loop had meanwhile: its share of one; NaN where the system does not tell. */
  readonly loop: number;
  /** Two trainings at once, on all threads each, in the time of one after the other. */
  readonly twoAtOnce: number;
  /** Twice as many threads as processors, in the time of `all`. */
  readonly doubled: number;
}

/** A contender that could not be measured, with the reason. */
export interface NeighbourFailure {
  readonly file: string;
  readonly shape: BenchShape;
  readonly failed: string;
}

/** The busy loop's: Linux gives a thread of the usual priority nine times its time. */
export const NICENESS = 10;

/** The situations that are timed in each round. */
type Situation = 'one' | 'all' | 'besideLoop' | 'twoAtOnce' | 'doubled';

/** A contender's processes: two on all threads, so that they can run at once. */
interface Processes {
  readonly one: Peer;
  readonly all: readonly [Peer, Peer];
  readonly doubled: Peer;
}

/**
 * Measures contenders one after the other; for each, the situations take turns.
 *
 * @param tell - called with a line of progress before each contender
 */
export async function measureNeighbours(
  bench: NeighbourBench,
  tell: (line: string) => void,
): Promise<(NeighbourTiming | NeighbourFailure)[]> {
  const timings: (NeighbourTiming | NeighbourFailure)[] = [];
  const loop = await BusyLoop.start(NICENESS);
  try {
    for (const program of bench.programs) {
      tell(`${program.file} and its neighbours, ${formatShape(bench.shape)}`);
      timings.push(await measureProgram(program, bench, loop));
    }
  } finally {
    loop.end();
  }
  return timings;
}

async function measureProgram(
  program: PeerProgram,
  bench: NeighbourBench,
  loop: BusyLoop,
): Promise<NeighbourTiming | NeighbourFailure> {
  const peers: Peer[] = [];
  const start = async (threads: number) => {
    const peer = await Peer.start(program, { threads, rows: bench.rows });
    peers.push(peer);
    await peer.prepare(bench.shape);
    return peer;
  };
  const { threads, shape } = bench;
  try {
    const one = await start(1);
    const all = [await start(threads), await start(threads)] as const;
    const processes = { one, all, doubled: await start(2 * threads) };
    return { name: one.name, dtype: one.dtype, shape, threads, ...(await timeSituations(processes, bench, loop)) };
  } catch (error) {
    return { file: program.file, shape, failed: error instanceof Error ? error.message : String(error) };
  } finally {
    for (const peer of peers) peer.end();
  }
}

async function timeSituations(
  { one, all, doubled }: Processes,
  { rounds, seconds }: NeighbourBench,
  loop: BusyLoop,
): Promise<Omit<NeighbourTiming, 'name' | 'dtype' | 'shape' | 'threads'>> {
  const iterations = await iterationsOf(all[0], seconds);
  const loops: number[] = [];
  const runs: Record<Situation, () => Promise<number>> = {
    one: () => one.run(iterations),
    all: () => all[0].run(iterations),
    besideLoop: async () => {
      const { result, processors } = await loop.during(() => all[0].run(iterations));
      loops.push(processors);
      return result;
    },
    twoAtOnce: async () => Math.max(...(await Promise.all(all.map((peer) => peer.run(iterations))))),
    doubled: () => doubled.run(iterations),
  };
  for (const run of Object.values(runs)) await run(); // to warm up
  loops.length = 0;
  const samples: Record<Situation, number[]> = { one: [], all: [], besideLoop: [], twoAtOnce: [], doubled: [] };
  for (let round = 0; round < rounds; round++) {
    for (const situation of rotated(Object.keys(runs) as Situation[], round)) {
      samples[situation].push(((await runs[situation]()) / iterations) * 1000);
    }
  }
  return {
    one: spread(samples.one),
    all: spread(samples.all),
    besideLoop: spread(samples.besideLoop),
    speedup: medianRatio(samples.one, samples.all),
    speedupBesideLoop: medianRatio(samples.one, samples.besideLoop),
    loop: median(loops),
    twoAtOnce: medianRatio(samples.twoAtOnce, samples.all) / 2,
    doubled: medianRatio(samples.doubled, samples.all),
  };
}

/** The iterations of a run of about `seconds` without neighbours. */
async function iterationsOf(peer: Peer, seconds: number): Promise<number> {
  let iterations = 1;
  for (;;) {
    const took = await peer.run(iterations);
    if (took >= seconds / 4) return iterationsFor(peer, seconds, took / iterations);
    iterations *= 4;
  }
}

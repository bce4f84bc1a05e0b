/** Calls of a prediction beside onnxruntime-node: a row, some rows, many rows. */
import { join } from 'node:path';
import { interleave } from '../../src/measure/rounds.js';
import type { BenchShape } from '../../src/measure/shapes.js';
import { medianRatio, type Spread, spread } from '../../src/measure/statistics.js';
import { Peer } from '../peer.js';

/** What to measure. */
export interface PredictionBench {
  /** N is the number of rows in a call. */
  readonly shapes: readonly BenchShape[];
  readonly threads: readonly number[];
  readonly rounds: number;
  /** Approximate length of one run in seconds. */
  readonly seconds: number;
  /** Where predict.mjs lies. */
  readonly folder: string;
}

/** One kind of call with one shape. */
export interface PredictionTiming {
  readonly shape: BenchShape;
  readonly threads: number;
  readonly name: string;
  readonly version: string;
  /** Microseconds of a call. */
  readonly microseconds: Spread;
  /** Its time divided by that of {@link KINDS}' first in the same round; the median over the rounds. */
  readonly ratio: number;
}

/** The kinds of calls in predict.mjs; the others are compared with the first. */
const KINDS = ['predictor', 'asynchronous', 'net', 'onnxruntime'] as const;

/** The shapes by default: embeddings and pictures, with the hidden units of small and large nets. */
export const PREDICTION_SHAPES: readonly BenchShape[] = [768, 3072].flatMap((D) =>
  [50, 64, 512].flatMap((H) => [1, 32, 10_000].map((N) => ({ D, H, C: 10, N }))),
);

/** The smallest net: what a call costs besides its arithmetic. */
export const EMPTY_SHAPE: BenchShape = { D: 1, H: 1, C: 2, N: 1 };

/**
 * Times the kinds of calls in turns, each in a process of its own.
 *
 * @param tell - called with a line of progress
 * @returns the timings, and why onnxruntime-node is missing if it is
 */
export async function measurePredictions(
  { shapes, threads, rounds, seconds, folder }: PredictionBench,
  tell: (line: string) => void,
): Promise<{ timings: PredictionTiming[]; unavailable: string | null }> {
  const timings: PredictionTiming[] = [];
  let unavailable: string | null = null;
  for (const count of threads) {
    const peers: Peer[] = [];
    try {
      for (const kind of KINDS) {
        try {
          peers.push(await start(kind, folder, count));
        } catch (error) {
          if (kind !== 'onnxruntime') throw error;
          unavailable = (error as Error).message;
          tell(`without onnxruntime-node: ${unavailable}`);
        }
      }
      for (const shape of shapes) {
        tell(`predictions with D ${shape.D}, H ${shape.H}, ${shape.N} rows, ${count} threads`);
        timings.push(...(await timeShape(peers, shape, count, { rounds, seconds })));
      }
    } finally {
      for (const peer of peers) peer.end();
    }
  }
  return { timings, unavailable };
}

function start(kind: string, folder: string, threads: number): Promise<Peer> {
  const file = join(folder, 'predict.mjs');
  return Peer.start({ file, command: process.execPath, args: [file, kind], missing: undefined }, { threads, rows: 0 });
}

async function timeShape(
  peers: readonly Peer[],
  shape: BenchShape,
  threads: number,
  options: { rounds: number; seconds: number },
): Promise<PredictionTiming[]> {
  const timings = await interleave(peers, shape, options);
  const samples = timings.map((timing) => {
    if ('failed' in timing) throw new Error(`${timing.contender.name}: ${timing.failed}`);
    return timing.samples;
  });
  return peers.map(({ name, introduction: { version } }, i) => ({
    shape,
    threads,
    name,
    version,
    microseconds: spread(samples[i].map((each) => each * 1e6)),
    ratio: medianRatio(samples[i], samples[0]),
  }));
}

import { messageOf } from '../validation/kinds.js';
import type { Contender } from './contender.js';
import type { BenchShape } from './shapes.js';

/** How much to measure. */
export interface RoundsOptions {
  /** How often each contender runs. */
  readonly rounds: number;
  /** Approximate length of one run in seconds. */
  readonly seconds: number;
  /** Called before and after each round, with its number. */
  readonly aroundRound?: (round: number) => void;
}

/** A run does not last longer than this to have as many iterations as its contender wants, but for a few. */
const ENOUGH_SECONDS = 2;
const FEW_ITERATIONS = 4;

/** The result of one contender: seconds per iteration in each round, or the reason why there are none. */
export type Timing =
  | { readonly contender: Contender; readonly samples: readonly number[] }
  | { readonly contender: Contender; readonly failed: string };

/** A contender and its samples so far. */
interface Runner {
  readonly contender: Contender;
  iterations: number;
  readonly samples: number[];
  failed: string | undefined;
}

/**
 * Times the contenders in rounds. Each runs once per round, in a different order each time, so that a machine that
 * slows down or another program that starts affects all of them. A contender that fails is skipped from then on, and
 * its reason is kept.
 */
export async function interleave(
  contenders: readonly Contender[],
  shape: BenchShape,
  options: RoundsOptions,
): Promise<Timing[]> {
  const runners = contenders.map((contender): Runner => ({ contender, iterations: 1, samples: [], failed: undefined }));
  for (const runner of runners) {
    await unlessFailed(runner, async () => {
      await runner.contender.prepare(shape);
      runner.iterations = await calibrated(runner.contender, options.seconds);
    });
  }
  for (let round = 0; round < options.rounds; round++) {
    options.aroundRound?.(round);
    for (const runner of rotated(runners, round)) {
      await unlessFailed(runner, async () => {
        runner.samples.push(await secondsEach(runner));
      });
    }
    options.aroundRound?.(round);
  }
  return runners.map(({ contender, samples, failed }) =>
    failed === undefined ? { contender, samples } : { contender, failed },
  );
}

async function secondsEach({ contender, iterations }: Runner): Promise<number> {
  const seconds = await contender.run(iterations);
  if (seconds > 0) return seconds / iterations;
  throw new Error(`${iterations} iterations took no time that the clock shows: run more of them`);
}

/** The list rotated to the left by `round` places. */
export function rotated<T>(list: readonly T[], round: number): T[] {
  const first = list.length === 0 ? 0 : round % list.length;
  return [...list.slice(first), ...list.slice(0, first)];
}

async function unlessFailed(runner: Runner, work: () => Promise<void>): Promise<void> {
  if (runner.failed !== undefined) return;
  try {
    await work();
  } catch (error) {
    runner.failed = messageOf(error);
  }
}

/** More iterations than any contender completes in a minute. */
const MAX_ITERATIONS = 1e9;

/** Finds the seconds of an iteration, which also warms the contender up, and from that the iterations of a run. */
async function calibrated(contender: Contender, seconds: number): Promise<number> {
  let iterations = 1;
  for (;;) {
    const took = await contender.run(iterations);
    if (took >= seconds / 4) return iterationsFor(contender, seconds, took / iterations);
    if (iterations >= MAX_ITERATIONS) throw new Error(`it reported ${took} s for ${iterations} iterations: impossible`);
    // Two to ten times as many: the first iterations are slower than the rest.
    iterations *= took > 0 ? Math.min(10, Math.max(2, Math.ceil(seconds / 4 / took))) : 10;
  }
}

/** The number of iterations in a run of about `seconds`, if each takes `each` seconds. */
export function iterationsFor({ minIterations = 1 }: Contender, seconds: number, each: number): number {
  const wanted = Math.min(minIterations, Math.max(FEW_ITERATIONS, Math.ceil(ENOUGH_SECONDS / each)));
  return Math.max(Math.round(seconds / each), wanted);
}

import type { Contender } from './contender.js';
import type { BenchShape } from './shapes.js';

/** How much is measured. */
export interface RoundsOptions {
  /** Times that each contender runs. */
  readonly rounds: number;
  /** Seconds that one run should last, about. */
  readonly seconds: number;
  /** Called at the beginning of each round. */
  readonly eachRound?: () => void;
}

/** What came of one contender: seconds for one iteration in each round, or why there is none. */
export type Timing =
  | { readonly contender: Contender; readonly samples: readonly number[] }
  | { readonly contender: Contender; readonly failed: string };

/** A contender on its way through the rounds. */
interface Runner {
  readonly contender: Contender;
  iterations: number;
  readonly samples: number[];
  failed: string | undefined;
}

/**
 * Times the contenders in rounds: each runs once per round, after another one each time, so that a machine that slows down
 * or a neighbour that wakes up meets all of them. One that fails is left out of the following rounds and keeps its reason.
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
      runner.iterations = await iterationsFor(runner.contender, options.seconds);
    });
  }
  for (let round = 0; round < options.rounds; round++) {
    options.eachRound?.();
    for (const runner of rotated(runners, round)) {
      await unlessFailed(runner, async () => {
        runner.samples.push((await runner.contender.run(runner.iterations)) / runner.iterations);
      });
    }
  }
  return runners.map(({ contender, samples, failed }) =>
    failed === undefined ? { contender, samples } : { contender, failed },
  );
}

/** The list from its `round`-th entry on, then what is before it. */
export function rotated<T>(list: readonly T[], round: number): T[] {
  const first = list.length === 0 ? 0 : round % list.length;
  return [...list.slice(first), ...list.slice(0, first)];
}

async function unlessFailed(runner: Runner, work: () => Promise<void>): Promise<void> {
  if (runner.failed !== undefined) return;
  try {
    await work();
  } catch (error) {
    runner.failed = error instanceof Error ? error.message : String(error);
  }
}

/** More iterations than any contender makes in a minute. */
const MOST = 1e9;

/** The number of iterations that lasts about `seconds`; finding it warms the contender up. */
async function iterationsFor(contender: Contender, seconds: number): Promise<number> {
  let iterations = 1;
  for (;;) {
    const took = await contender.run(iterations);
    if (took >= seconds / 4) return Math.max(1, Math.round((iterations * seconds) / took));
    // At least twice as many, and no more than ten times: the first iterations are slower than the rest.
    iterations *= took > 0 ? Math.min(10, Math.max(2, Math.ceil(seconds / 4 / took))) : 10;
    if (iterations > MOST) throw new Error(`its many iterations took it ${took} s, which cannot be`);
  }
}

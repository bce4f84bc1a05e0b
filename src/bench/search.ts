/** What a search costs: trials side by side, against the same trials one after the other on all cores. */
import type { BackendChoice } from '../backend/choose.js';
import type { Dtype } from '../net/two-layer-net.js';
import { sweep } from '../tune/sweep.js';
import { randomData } from './data.js';
import type { SearchTiming } from './result.js';
import { rotated } from './rounds.js';
import { medianRatio, spread } from './statistics.js';

/** Which searches to measure. */
export interface SearchBench {
  /** Numbers of trials, one search for each. */
  readonly trials: readonly number[];
  /** Threads in all. */
  readonly threads: number;
  readonly dtype: Dtype;
  readonly backend: BackendChoice;
  /** Times that each is measured. */
  readonly rounds: number;
  /** Rows to train on. */
  readonly rows: number;
}

/** The article's net, in iterations that take some tenths of a second on one core. */
const NUM_ITERS = 500;
const D = 3072;
const C = 10;
/** Rows that trials are judged by, as in the article. */
const VALIDATION_ROWS = 1000;

/**
 * Times searches of so many trials, each way once in each round, in turns.
 *
 * @param tell - hears what is being done
 */
export async function measureSearches(bench: SearchBench, tell: (line: string) => void): Promise<SearchTiming[]> {
  const { threads, dtype, backend, rounds, rows } = bench;
  const data = { train: randomData(rows, D, C), validation: randomData(VALIDATION_ROWS, D, C), numClasses: C };
  const search = async (regs: readonly number[]) => {
    const start = performance.now();
    await sweep(data, { space: { learningRate: 1e-4, reg: regs }, numIters: NUM_ITERS, threads, dtype, backend });
    return (performance.now() - start) / 1000;
  };
  const timings: SearchTiming[] = [];
  for (const trials of bench.trials) {
    tell(`a search of ${trials} trials on ${threads} threads`);
    const regs = Array.from({ length: trials }, (_, i) => 0.1 + 0.01 * i);
    const ways = {
      sideBySide: { samples: [] as number[], run: () => search(regs) },
      // A search of one trial has all cores.
      oneAfterOther: {
        samples: [] as number[],
        run: async () => {
          let seconds = 0;
          for (const reg of regs) seconds += await search([reg]);
          return seconds;
        },
      },
    };
    await search(regs); // to warm up
    for (let round = 0; round < rounds; round++) {
      for (const way of rotated(Object.values(ways), round)) way.samples.push(await way.run());
    }
    const [together, apart] = [ways.sideBySide.samples, ways.oneAfterOther.samples];
    const ratio = medianRatio(together, apart);
    timings.push({
      trials,
      threads,
      dtype,
      numIters: NUM_ITERS,
      sideBySide: spread(together),
      oneAfterOther: spread(apart),
      ratio,
    });
  }
  return timings;
}

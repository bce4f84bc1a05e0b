/** The time of a search: its trials side by side, and the same trials one after the other on all cores. */
import { type BackendChoice, type Dtype, sweep } from '../src/index.js';
import { randomData } from '../src/measure/random-data.js';
import { rotated } from '../src/measure/rounds.js';
import { medianRatio, spread } from '../src/measure/statistics.js';
import type { SearchTiming } from './result.js';

/** Which searches to measure. */
export interface SearchBench {
  /** Numbers of trials. Each is one search. */
  readonly trials: readonly number[];
  /** Threads in total. */
  readonly threads: number;
  readonly dtype: Dtype;
  readonly backend: BackendChoice;
  /** How often each is measured. */
  readonly rounds: number;
  /** Rows to train on. */
  readonly rows: number;
}

/** The article's net, for a few tenths of a second on one core. */
const NUM_ITERS = 500;
const D = 3072;
const C = 10;
/** Rows for the validation accuracy, as in the article. */
const VALIDATION_ROWS = 1000;

/**
 * Times searches in rounds; each round runs both ways, in alternating order.
 *
 * @param tell - called with a line of progress before each search
 */
export async function measureSearches(bench: SearchBench, tell: (line: string) => void): Promise<SearchTiming[]> {
  const { threads, dtype, backend, rounds, rows } = bench;
  const data = { train: randomData(rows, D, C), validation: randomData(VALIDATION_ROWS, D, C), numClasses: C };
  const search = async (regs: readonly number[]) => {
    const start = performance.now();
    await sweep(data, { space: { learningRate: 1e-4, reg: regs, dtype }, numIters: NUM_ITERS, threads, backend });
    return (performance.now() - start) / 1000;
  };
  const timings: SearchTiming[] = [];
  for (const trials of bench.trials) {
    tell(`a search of ${trials} trials on ${threads} threads`);
    const regs = Array.from({ length: trials }, (_, i) => 0.1 + 0.01 * i);
    const ways = {
      sideBySide: { samples: [] as number[], run: () => search(regs) },
      // A search of one trial uses all cores.
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

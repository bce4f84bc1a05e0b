import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.js';

/** What takes long runs in a second tier, `npm run test:long`; so do programs that end in the middle of work. */
const LONG = ['test/**/*.long.test.ts', 'test/**/*processes.test.ts'];

/**
 * What runs in both tiers, and in the second one with every case (test/support/thorough.ts) or on WebAssembly
 * (`describeInTiers` of test/support/backends.ts).
 */
const BOTH = [
  'test/**/damage.test.ts',
  'test/net/async-prediction.test.ts',
  'test/net/kept-training.test.ts',
  'test/training/lost-memory.test.ts',
  'test/tune/sweep.test.ts',
];

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: { name: 'fast', include: ['test/**/*.test.ts'], exclude: LONG, provide: { thorough: false } },
      },
      { extends: true, test: { name: 'long', include: [...LONG, ...BOTH], provide: { thorough: true } } },
    ],
    globalSetup: ['test/support/check-environment.ts'],
    reporters: ['default', './test/support/skip-reporter.ts'],
    // Each file runs in its own process: the addon is loaded, and its warnings appear, once per process.
    pool: 'forks',
    // By default Vitest leaves one core free. On two cores, that is half of the machine.
    maxWorkers: availableParallelism(),
    sequence: { sequencer: LongestFirst },
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // The default of one second is not enough for a browser or a program on a busy machine.
    expect: { poll: { timeout: 20_000 } },
    coverage: {
      provider: 'v8',
      reporter: ['text'],
      include: ['src/**'],
      // Run from dist/, in another process or in a browser, where coverage is not measured.
      exclude: ['src/cli/**', 'src/report/page/**'],
    },
  },
});

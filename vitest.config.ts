import { readdirSync, readFileSync } from 'node:fs';
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

/** The fast tests that change their process, or count what it warns of once: each needs one of its own. */
const ALONE = filesWith(
  /\bvi\.(do)?(mock|stub|spyOn|reset|useFake|setSystem)/,
  /\bprocess\.(chdir|umask|on\(|once\(|env\.\w+ =)|globalThis\.|setFlags/,
);

function filesWith(...patterns: readonly RegExp[]): string[] {
  return readdirSync('test', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => `test/${file.replaceAll('\\', '/')}`)
    .filter((file) => {
      const text = readFileSync(file, 'utf8');
      return patterns.some((pattern) => pattern.test(text));
    });
}

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'fast',
          include: ['test/**/*.test.ts'],
          exclude: [...LONG, ...ALONE, 'test/backend/**', '**/node_modules/**'],
          provide: { thorough: false },
          // Two fifths of the time were modules that each file loaded again.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'fast-alone',
          include: [...ALONE, 'test/backend/**/*.test.ts'],
          exclude: [...LONG, '**/node_modules/**'],
          provide: { thorough: false },
        },
      },
      { extends: true, test: { name: 'long', include: [...LONG, ...BOTH], provide: { thorough: true } } },
    ],
    globalSetup: ['test/support/check-environment.ts'],
    reporters: ['default', './test/support/skip-reporter.ts'],
    // Processes, not threads: tests of one file may change what belongs to the process.
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

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/check-environment.ts'],
    reporters: ['default', './test/support/skip-reporter.ts'],
    // Each file in a process of its own: the addon is loaded and its warnings are given once per process.
    pool: 'forks',
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});

import type { Reporter, TestModule } from 'vitest/node';

/** Prints every skipped test after the run. The title of a skipped test says what this machine lacks. */
export default class SkipReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    for (const module of modules) {
      for (const test of module.children.allTests('skipped')) {
        // Not the tests that `-t` excluded.
        if (test.options.mode === 'skip') console.log(`skipped: ${module.relativeModuleId}: ${test.fullName}`);
      }
    }
  }
}

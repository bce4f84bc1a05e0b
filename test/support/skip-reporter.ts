import type { Reporter, TestModule } from 'vitest/node';

/** Names every skipped test after the run: its title says what this machine lacks. */
export default class SkipReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    for (const module of modules) {
      for (const test of module.children.allTests('skipped')) {
        // Tests that `-t` left out are not worth a line.
        if (test.options.mode === 'skip') console.log(`skipped: ${module.relativeModuleId}: ${test.fullName}`);
      }
    }
  }
}

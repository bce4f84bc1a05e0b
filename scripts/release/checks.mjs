// Runs named checks one after the other and keeps their outcomes, for scripts/release-check.mjs and its parts.
import { Failure } from '../prebuild/process.mjs';

/** A check that cannot run on this machine; the message says why. */
export class Skipped extends Error {}

/** The checks so far, in order. */
export class Checks {
  /** `{title, outcome, detail, seconds}`; the outcome is passed, failed or skipped. */
  results = [];

  /**
   * Runs a check and prints its outcome, with the text that it returns. Never throws.
   *
   * @returns whether the check passed
   */
  async check(title, run) {
    const start = performance.now();
    const done = (outcome, detail) => {
      const seconds = (performance.now() - start) / 1000;
      this.results.push({ title, outcome, detail, seconds });
      process.stderr.write(`${outcome.padEnd(7)} ${title}${detail ? `: ${detail}` : ''} (${seconds.toFixed(1)} s)\n`);
    };
    try {
      const found = await run();
      done('passed', typeof found === 'string' ? found : '');
      return true;
    } catch (error) {
      if (error instanceof Skipped) done('skipped', error.message);
      // Any other error is unexpected, so its stack is printed.
      else done('failed', error instanceof Failure ? error.message : error.stack);
      return false;
    }
  }

  count(outcome) {
    return this.results.filter((result) => result.outcome === outcome).length;
  }

  /** The last line of output. */
  summary() {
    return `${this.count('passed')} passed, ${this.count('failed')} failed, ${this.count('skipped')} skipped`;
  }
}

/** @throws Failure with `message` unless `condition` is true */
export function expect(condition, message) {
  if (!condition) throw new Failure(message);
}

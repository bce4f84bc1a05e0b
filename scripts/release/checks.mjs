// Named checks, one after the other, with what came of each: scripts/release-check.mjs and its parts.
import { Failure } from '../prebuild/process.mjs';

/** A check that cannot be made on this machine; the message says why. */
export class Skipped extends Error {}

/** What has been checked, in order. */
export class Checks {
  /** `{title, outcome, detail, seconds}`; outcome is passed, failed or skipped. */
  results = [];

  /** Runs a check; what it returns is told as what was found. Tells whether it passed; never throws. */
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
      // What is not a Failure is unforeseen, in the check or in what it checks: where it came from helps.
      else done('failed', error instanceof Failure ? error.message : error.stack);
      return false;
    }
  }

  count(outcome) {
    return this.results.filter((result) => result.outcome === outcome).length;
  }

  /** The closing line. */
  summary() {
    return `${this.count('passed')} passed, ${this.count('failed')} failed, ${this.count('skipped')} skipped`;
  }
}

/** Throws a Failure with `message` unless `condition` holds. */
export function expect(condition, message) {
  if (!condition) throw new Failure(message);
}

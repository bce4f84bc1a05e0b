// Named checks, run one after the other, with their results: used by scripts/release-check.mjs and its parts.
import { Failure } from '../prebuild/process.mjs';

/** A check that cannot run on this machine; the message says why. */
export class Skipped extends Error {}

/** The checks so far, in order. */
export class Checks {
  /** `{title, outcome, detail, seconds}`; outcome is passed, failed or skipped. */
  results = [];

  /** Runs a check and prints what it returns. Returns whether it passed; never throws. */
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
      // Anything but a Failure is a bug, in the check or in what it checks: the stack helps.
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

/** Throws a Failure with `message` if `condition` is false. */
export function expect(condition, message) {
  if (!condition) throw new Failure(message);
}

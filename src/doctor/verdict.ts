import { capabilitiesOf } from '../backend/capabilities.js';
import { remedyFor } from '../backend/native/remedies.js';
import type { Observations } from './observations.js';

/** A problem or a remark, and what to do about it. */
export interface Finding {
  /** What it is, as a sentence without its full stop. */
  readonly what: string;
  /** What to do, in the same form. */
  readonly remedy: string;
}

/** The conclusion of a diagnosis. */
export interface Verdict {
  /**
   * Whether everything works. Also true if the package has no addon for the platform and another backend is
   * used: that cannot be fixed.
   */
  readonly ok: boolean;
  /** One sentence. */
  readonly summary: string;
  /** What is wrong. */
  readonly problems: readonly Finding[];
  /** What is worth knowing: slower than it could be, or not supported. */
  readonly notes: readonly Finding[];
}

const REPORT = 'report it with the output of `npx two-layer-net doctor --json FILE`';

/** Judges what was found. */
export function judge(found: Observations): Verdict {
  const problems = [...addonProblems(found), ...settingProblems(found), ...testProblems(found)];
  const notes = notesOn(found);
  return { ok: problems.length === 0, summary: summaryOf(found, problems), problems, notes };
}

function summaryOf(found: Observations, problems: readonly Finding[]): string {
  const { addon, selfTest, speed } = found;
  if (problems.length > 0) return 'Something is wrong';
  const time = speed ? `; ${speed.milliseconds.toPrecision(3)} ms for a step of the article's size` : '';
  if (addon.file === null) {
    return `No problems: ${titleOf(found)} is used, as there is no addon for this platform${time}`;
  }
  const tested = selfTest ? ` and its ${selfTest.checks.length} checks pass` : ', untested';
  return `No problems: the addon loads${tested}${time}`;
}

/** What computes, in words. */
function titleOf({ backend }: Observations): string {
  return capabilitiesOf(backend.backend).title;
}

function addonProblems(found: Observations): Finding[] {
  const { addon } = found;
  if (addon.situation === null || addon.situation === 'unsupported') return [];
  const reasons = addon.reasons.join('; ');
  if (addon.situation !== 'crashing') {
    const what = `The native addon is not available, so the slower ${titleOf(found)} backend is used: ${reasons}`;
    return [{ what, remedy: remedyFor(addon.situation, addon.reasons, 'doctor') }];
  }
  return [
    {
      what: `${reasons}. Every program that creates a net crashes the same way`,
      remedy:
        'Install the package again, or run `npm run build:native` in a clone; ' +
        `if that does not help, ${REPORT}, and use backend 'js'`,
    },
  ];
}

function settingProblems({ productsError }: Observations): Finding[] {
  if (productsError === null) return [];
  const remedy = 'Unset TWO_LAYER_NET_PRODUCTS or correct it; until then no net can be created';
  return [{ what: productsError, remedy }];
}

function testProblems({ selfTest, speedError }: Observations): Finding[] {
  const failed = selfTest?.checks.filter(({ passed }) => !passed) ?? [];
  const problems = [];
  if (failed.length > 0) {
    const ways = [...new Set(failed.map(({ dtype, products }) => `${dtype} with ${products} products`))];
    const sound = (['simd', 'blas'] as const).find((kind) => {
      const checks = selfTest?.checks.filter(({ products }) => products === kind) ?? [];
      return checks.length > 0 && checks.every(({ passed }) => passed);
    });
    const meanwhile = sound ? `set TWO_LAYER_NET_PRODUCTS=${sound}, whose checks pass` : "use backend 'js'";
    problems.push({
      what: `The addon's results differ from TypeScript's: ${failed.length} checks fail, in ${ways.join(', ')}`,
      remedy: `Do not trust its results: ${meanwhile}, and ${REPORT}`,
    });
  }
  if (speedError !== null)
    problems.push({ what: `Training failed: ${speedError}`, remedy: `Use backend 'js', and ${REPORT}` });
  return problems;
}

function notesOn({ addon, system, backend, threads }: Observations): Finding[] {
  const notes: Finding[] = [];
  if (addon.situation === 'unsupported') {
    notes.push({ what: addon.reasons.join('; '), remedy: remedyFor('unsupported', addon.reasons, 'doctor') });
  }
  if (system.nodeSupported === false) {
    notes.push({
      what: `Node ${system.node} is not a supported version (${system.nodeRange})`,
      remedy: 'Install a supported version',
    });
  }
  if (backend.blasCoreOlder) {
    notes.push({
      what: `The BLAS runs kernels for an older processor, ${backend.blasCore}: ${backend.blasCoreReason}`,
      remedy: 'Follow that advice, or build the addon with a newer OpenBLAS',
    });
  }
  if (addon.file !== null && backend.simdTarget === 'none') {
    notes.push({
      what: 'The addon was built without SIMD kernels and uses the slower BLAS',
      remedy: 'Install Google Highway and build it again',
    });
  }
  if (threads.count < threads.available) {
    notes.push({
      what: `Nets use ${threads.count} of ${threads.available} threads: ${threads.reason}`,
      remedy: 'To make it faster, give the container more processors',
    });
  }
  return notes;
}

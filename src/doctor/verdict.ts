import { remedyFor } from '../backend/native/native.js';
import type { Observations } from './observations.js';

/** Something that is not as it should be, and what to do about it. */
export interface Finding {
  /** What, as a sentence without its full stop. */
  readonly what: string;
  /** What to do, in the same form. */
  readonly remedy: string;
}

/** What it all comes to. */
export interface Verdict {
  /**
   * Whether everything is as it can be here. True also where the package has no addon for the platform and TypeScript
   * serves: nothing can be mended there.
   */
  readonly ok: boolean;
  /** In a sentence. */
  readonly summary: string;
  /** What is wrong. */
  readonly problems: readonly Finding[];
  /** What is worth knowing: slower than it could be, or not as supported. */
  readonly notes: readonly Finding[];
}

/** Where results are to be told of. */
const TELL = 'tell us with the output of `npx two-layer-net doctor --json FILE`';

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
  if (addon.file === null) return `Nothing is wrong: TypeScript serves, for want of an addon for this platform${time}`;
  const tested = selfTest ? ` and its ${selfTest.checks.length} checks pass` : ', untested';
  return `All well: the addon loads${tested}${time}`;
}

function addonProblems({ addon }: Observations): Finding[] {
  if (addon.situation === null || addon.situation === 'unsupported') return [];
  const what = `The native addon is not available, so the slower TypeScript backend serves: ${addon.reasons.join('; ')}`;
  if (addon.situation !== 'crashing') return [{ what, remedy: remedyFor(addon.situation, 'doctor') }];
  return [
    {
      what: `${addon.reasons.join('; ')}: so ends every program that makes a net`,
      remedy: `Install the package again, in a clone \`npm run build:native\`; if it stays so, ${TELL}, and meanwhile use backend 'js'`,
    },
  ];
}

function settingProblems({ productsError }: Observations): Finding[] {
  if (productsError === null) return [];
  return [{ what: productsError, remedy: 'Unset TWO_LAYER_NET_PRODUCTS, or correct it: no net can be made' }];
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
      what: `The addon computes something else than TypeScript does: ${failed.length} checks fail, in ${ways.join(', ')}`,
      remedy: `Do not trust its results: ${meanwhile}, and ${TELL}`,
    });
  }
  if (speedError !== null)
    problems.push({ what: `Training failed: ${speedError}`, remedy: `Use backend 'js', and ${TELL}` });
  return problems;
}

function notesOn({ addon, system, backend, threads }: Observations): Finding[] {
  const notes: Finding[] = [];
  if (addon.situation === 'unsupported') {
    notes.push({ what: addon.reasons.join('; '), remedy: remedyFor('unsupported', 'doctor') });
  }
  if (system.nodeSupported === false) {
    notes.push({
      what: `Node ${system.node} is not among the versions that are supported, ${system.nodeRange}`,
      remedy: 'Install one of those',
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
      what: 'The addon was built without kernels of its own, and the BLAS serves, more slowly',
      remedy: 'Build it with Google Highway installed',
    });
  }
  if (threads.count < threads.available) {
    notes.push({
      what: `Nets take ${threads.count} of ${threads.available} threads: ${threads.reason}`,
      remedy: 'Give the container more processors, where it should be faster',
    });
  }
  return notes;
}

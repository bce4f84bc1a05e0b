import { describe, expect, it } from 'vitest';
import { referenceBinding } from '../../src/backend/reference/reference.js';
import type { Diagnosis } from '../../src/doctor/diagnose.js';
import { processorFacts } from '../../src/doctor/processor.js';
import type { SelfTestCheck } from '../../src/doctor/self-test.js';
import { systemFacts } from '../../src/doctor/system.js';
import { judge } from '../../src/doctor/verdict.js';

type Found = Omit<Diagnosis, 'verdict'>;

function check(passed: boolean, products: 'simd' | 'blas'): SelfTestCheck {
  const difference = passed ? 0 : 0.5;
  return { check: 'scores', dtype: 'float32', products, difference, allowed: 1e-5, passed, at: null, error: null };
}

/** A diagnosis where all is well, but for what `but` says. */
function found(but: Partial<Found>): Found {
  return {
    version: '1.0.0',
    date: '2026-01-01T00:00:00.000Z',
    system: systemFacts(),
    processor: processorFacts(),
    threads: { count: 2, available: 2, quota: undefined, reason: '2 processors' },
    addon: { tried: [], file: '/addon.node', reasons: [], situation: null },
    backend: { ...referenceBinding.info(), backend: 'native', simdTarget: 'AVX2' },
    productsError: null,
    selfTest: { passed: true, seconds: 1, checks: [check(true, 'simd'), check(true, 'blas')] },
    speed: null,
    speedError: null,
    ...but,
  };
}

it('finds nothing where nothing is wrong', () => {
  expect(judge(found({}))).toStrictEqual({
    ok: true,
    summary: 'No problems: the addon loads and its 2 checks pass',
    problems: [],
    notes: [],
  });
  expect(judge(found({ selfTest: null })).summary).toBe('No problems: the addon loads, untested');
});

describe('without an addon', () => {
  const addon = { tried: [], file: null, reasons: ['a reason'] };
  const without = { selfTest: null, backend: { ...referenceBinding.info(), backend: 'js' } } as const;

  it('nothing is wrong on a platform that has none', () => {
    const verdict = judge(found({ ...without, addon: { ...addon, situation: 'unsupported' } }));
    expect(verdict).toMatchObject({ ok: true, problems: [], notes: [{ what: 'a reason' }] });
    expect(verdict.summary).toMatch(/^No problems: TypeScript is used/);
  });

  it.each([
    ['clone', /npm run build:native/],
    ['damaged', /Install the package again/],
    ['missing', /outputFileTracingIncludes/],
    ['forbidden', /--no-addons/],
    ['unloadable', /does not load on this system/],
    ['bundled', /external/],
    ['elsewhere', /TWO_LAYER_NET_PREBUILD/],
    ['crashing', /Install the package again/],
  ] as const)('something is wrong where it is %s, and there is something to do', (situation, remedy) => {
    const verdict = judge(found({ ...without, addon: { ...addon, situation } }));
    expect(verdict).toMatchObject({
      ok: false,
      summary: 'Something is wrong',
      problems: [{ what: expect.stringContaining('a reason'), remedy: expect.stringMatching(remedy) }],
    });
  });
});

it('names the kernels that compute rightly where others do not', () => {
  const checks = [check(false, 'simd'), check(true, 'blas')];
  const { ok, problems } = judge(found({ selfTest: { passed: false, seconds: 1, checks } }));
  expect(ok).toBe(false);
  expect(problems).toMatchObject([
    {
      what: expect.stringMatching(/1 checks fail, in float32 with simd products/),
      remedy: expect.stringMatching(/PRODUCTS=blas/),
    },
  ]);
  const none = [check(false, 'simd'), check(false, 'blas')];
  expect(judge(found({ selfTest: { passed: false, seconds: 1, checks: none } })).problems[0].remedy).toMatch(
    /backend 'js'/,
  );
});

it('takes a setting that no net can be made with, and a training that fails, for wrong', () => {
  expect(judge(found({ productsError: 'Expected one of' }))).toMatchObject({
    ok: false,
    problems: [{ what: 'Expected one of' }],
  });
  expect(judge(found({ speedError: 'no memory' }))).toMatchObject({
    ok: false,
    problems: [{ what: 'Training failed: no memory' }],
  });
});

it('notes what is slower than it could be, or not as supported', () => {
  const backend = { ...referenceBinding.info(), backend: 'native', blasCore: 'Nehalem', blasCoreOlder: true } as const;
  const threads = { count: 2, available: 64, quota: 1.5, reason: "a cgroup's quota of 1.5 of 64 processors" };
  const system = { ...systemFacts(), node: '18.0.0', nodeSupported: false };
  const { ok, notes } = judge(found({ backend, threads, system }));
  expect(ok).toBe(true);
  expect(notes.map(({ what }) => what)).toStrictEqual([
    expect.stringMatching(/^Node 18\.0\.0 is not a supported/),
    expect.stringMatching(/^The BLAS runs kernels for an older processor, Nehalem: /),
    expect.stringMatching(/^The addon was built without SIMD kernels/),
    "Nets use 2 of 64 threads: a cgroup's quota of 1.5 of 64 processors",
  ]);
});

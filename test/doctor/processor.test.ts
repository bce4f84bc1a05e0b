import { describe, expect, it } from 'vitest';
import { featuresOf, processorFacts } from '../../src/doctor/processor.js';

/** What compilers call x86-64-v2, -v3 and -v4, as the flags of Linux. */
const V2 = 'fpu sse sse2 cx16 lahf_lm popcnt pni sse4_1 sse4_2 ssse3';
const V3 = `${V2} avx avx2 bmi1 bmi2 f16c fma abm movbe xsave`;
const V4 = `${V3} avx512f avx512bw avx512cd avx512dq avx512vl`;

const cpuinfo = (flags: string) =>
  `processor\t: 0\nmodel name\t: A\nvmx flags\t: avx512_bf16\nflags\t\t: ${flags}\nbugs\t\t: \n`;

describe('the level of an x86-64 processor', () => {
  it.each([
    ['fpu sse sse2', 'x86-64-v1'],
    [V2, 'x86-64-v2'],
    [V3, 'x86-64-v3'],
    [V4, 'x86-64-v4'],
    // AVX-512 without a part of the level below, as a virtual machine may have it.
    [V4.replace(' movbe', ''), 'x86-64-v2'],
    [V3.replace(' ssse3', ''), 'x86-64-v1'],
  ])('of the flags %j is %s', (flags, level) => {
    expect(featuresOf(cpuinfo(flags), 'x64').level).toBe(level);
  });
});

it('names the features that kernels are made for', () => {
  expect(featuresOf(cpuinfo(`${V4} avx512_bf16`), 'x64').features).toStrictEqual({
    'SSE4.2': true,
    AVX2: true,
    FMA: true,
    'AVX-512': true,
    'AVX512-BF16': true,
    'AMX-BF16': false,
  });
  expect(featuresOf(cpuinfo(`${V3} avx512f`), 'x64').features).toMatchObject({
    'AVX-512': false,
    'AVX512-BF16': false,
  });
  const arm = 'processor\t: 0\nFeatures\t: fp asimd atomics sve\n';
  expect(featuresOf(arm, 'arm64')).toStrictEqual({
    level: null,
    features: { NEON: true, SVE: true, SVE2: false, BF16: false },
  });
});

it.each([
  [undefined, 'x64'],
  ['', 'x64'],
  [cpuinfo(V2), 'riscv64'],
])('knows nothing from %j on %s', (text, arch) => {
  expect(featuresOf(text, arch)).toStrictEqual({ level: null, features: null });
});

it('finds this processor', () => {
  const { model, count } = processorFacts();
  expect(model).not.toBe('');
  expect(count).toBeGreaterThan(0);
});

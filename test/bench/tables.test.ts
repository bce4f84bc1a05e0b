import { describe, expect, test } from 'vitest';
import { type AnyResult, markdownTables } from '../../bench/tables.js';
import { backendInfo } from '../../src/index.js';
import type { BenchResult, StepTiming } from '../../src/measure/result.js';
import { type BenchShape, SHAPES } from '../../src/measure/shapes.js';

const machine = { cpu: 'A CPU', processors: 2, platform: 'linux x64', node: '20.19.0' };
const backend = { ...backendInfo('js'), backend: 'native', simdTarget: 'AVX3' } as const;
const at = (value: number) => ({ median: value, min: value, max: value });

function timing(name: string, milliseconds: number, more: Partial<StepTiming> = {}): StepTiming {
  const how = { dtype: 'float32', work: 'step', threads: 2 } as const;
  const figures = { milliseconds: at(milliseconds), samples: [milliseconds], gflops: 1, shareOfPeak: 0.5, ratio: null };
  return { name, ...how, ...figures, ...more };
}

/** A result with one shape. */
function result(
  shape: BenchShape,
  contenders: readonly (StepTiming | { name: string; failed: string })[],
  { threads = 2, ...more }: Partial<BenchResult> & { threads?: number } = {},
): BenchResult {
  const run = { version: '1', date: '2026-01-02', machine, backend, ignored: {}, rounds: 1, seconds: 1, rows: 1 };
  const steps = [{ shape, threads, flop: 1, contenders }];
  return { ...run, rowTypes: ['bytes'], busyProcessors: 0, peaks: [], steps, passes: [], profiles: [], ...more };
}

const mine = (milliseconds: number) => timing('two-layer-net float32', milliseconds, { ratio: 1 });

describe('Markdown tables of results', () => {
  test('steps of several files are one table for each D, by size, with the fastest float32 peer in bold', () => {
    const results = [
      result(SHAPES.article, [
        mine(2),
        timing('NumPy', 3, { ratio: 1.5 }),
        timing('JAX', 4, { ratio: 2 }),
        timing('oneDNN', 1, { ratio: 0.5, work: 'products' }),
      ]),
      result({ D: 784, H: 100, C: 3, N: 128 }, [
        mine(1),
        { name: 'NumPy', failed: 'no' },
        timing('JAX', 5, { ratio: 5 }),
      ]),
      result(SHAPES.wide, [mine(9), timing('float64', 8, { dtype: 'float64', ratio: 0.89 })]),
    ];
    expect(markdownTables(results)).toEqual([
      'two-layer-net float32, D 3072, AVX3, 2 threads',
      '',
      '|  | H 50, N 200 | H 512, N 200 |',
      '| --- | --- | --- |',
      '| **this package, ms per step** | **2** | **9** |',
      '| share of the peak | 50 % | 50 % |',
      '| NumPy | **1.50 ×** | - |',
      '| JAX | 2.00 × | - |',
      '| oneDNN, products only | 0.50 × | - |',
      '| float64 | - | 0.89 × |',
      '',
      'two-layer-net float32, D 784, AVX3, 2 threads',
      '',
      '|  | H 100, C 3, N 128 |',
      '| --- | --- |',
      '| **this package, ms per step** | **1** |',
      '| share of the peak | 50 % |',
      '| NumPy | - |',
      '| JAX | **5.00 ×** |',
    ]);
  });

  test('other SIMD targets and numbers of threads have tables of their own, and threads one beside each other', () => {
    const results = [
      result(SHAPES.article, [mine(2)]),
      result(SHAPES.article, [mine(4)], { threads: 1 }),
      result(SHAPES.article, [mine(3)], { backend: { ...backend, simdTarget: 'AVX2' } }),
      result(SHAPES.wide, [mine(9)]), // with one number of threads only
    ];
    const lines = markdownTables(results);
    expect(lines.filter((line) => line !== '' && !line.startsWith('|'))).toEqual([
      'two-layer-net float32, D 3072, AVX3, 2 threads',
      'two-layer-net float32, D 3072, AVX3, 1 thread',
      'two-layer-net float32, D 3072, AVX2, 2 threads',
      'two-layer-net float32 by threads, AVX3',
    ]);
    expect(lines.slice(-3)).toEqual([
      '| ms per step | 1 thread | 2 threads | 1 : 2 |',
      '| --- | --- | --- | --- |',
      '| H 50, N 200 | 4 | 2 | 2 |',
    ]);
  });

  test('passes over rows have a column for each kind', () => {
    const pass = { name: 'two-layer-net float32', gflops: 1, shareOfPeak: 0.25 };
    const contenders = [
      { ...pass, work: 'predict', rows: 100, rowsPerSecond: at(5000) },
      { ...pass, work: 'validation', rows: 100, rowsPerSecond: at(4000) },
      { ...pass, name: 'two-layer-net float32, float32 rows', work: 'predict', rows: 100, rowsPerSecond: at(3000) },
    ] as const;
    const passes = [{ shape: SHAPES.article, threads: 2, contenders }];
    expect(markdownTables([result(SHAPES.article, [], { steps: [], passes })])).toEqual([
      '| 1000 rows/s (of peak) |  |  | predict, 100 rows | validation, 100 rows |',
      '| --- | --- | --- | --- | --- |',
      '| D 3072, H 50 | two-layer-net float32 | AVX3, 2 threads | 5 (25 %) | 4 (25 %) |',
      '| D 3072, H 50 | two-layer-net float32, float32 rows | AVX3, 2 threads | 3 (25 %) | - |',
    ]);
  });

  test('comparisons have the median ratio and the middle half', () => {
    const comparison = {
      shape: SHAPES.tiny,
      threads: 1,
      dtype: 'float64',
      products: 'auto',
      rowType: 'bytes',
      task: { work: 'steps' },
      milliseconds: [1, 1, 1],
      otherMilliseconds: [2, 1, 0.8],
      ratios: [0.5, 1, 1.25],
    } as const;
    const run = { date: '2026-01-02', machine, backend, ignored: {}, rounds: 3, seconds: 1, rows: 1 };
    const compared: AnyResult = { ...run, folder: '/new', other: '/old', comparisons: [comparison] };
    expect(markdownTables([compared])).toEqual([
      '|  |  |  | the other, ms | this, ms | ratio | middle half |',
      '| --- | --- | --- | --- | --- | --- | --- |',
      '| D 20, H 16, N 32 | float64, step | AVX3, 1 thread | 1 | 1 | 1.000 | 0.750 – 1.125 |',
    ]);
  });
});

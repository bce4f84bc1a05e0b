import { expect, test } from 'vitest';
import type { Contender } from '../../src/measure/contender.js';
import { Findings } from '../../src/measure/findings.js';
import { rowFlop, SHAPES, stepFlop } from '../../src/measure/shapes.js';

test('a share refers to the peak of the same round; the median over the rounds is reported', () => {
  const findings = new Findings();
  const shape = SHAPES.tiny;
  const contender = { name: 'a', dtype: 'float32', work: 'step', threads: 2 } as Contender;
  // Half, a fifth and two fifths of the peaks.
  const samples = [10, 10, 5].map((gflops) => stepFlop(shape) / gflops / 1e9);
  const peaks = new Map([['float32', [20, 50, 12.5]]] as const);
  findings.addSteps({ shape, threads: 2, timings: [{ contender, samples }], peaks });
  const { steps, peaks: found } = findings.results();
  expect(steps[0].contenders[0]).toMatchObject({ shareOfPeak: expect.closeTo(0.4, 12), ratio: 1 });
  expect(found).toEqual([{ dtype: 'float32', threads: 2, gflops: { median: 20, min: 12.5, max: 50 } }]);
});

test('without a peak there is no share', () => {
  const findings = new Findings();
  const contender = { name: 'a', dtype: 'bfloat16', work: 'step', threads: 1 } as Contender;
  const peaks = new Map([['bfloat16', [Number.NaN]]] as const);
  findings.addSteps({ shape: SHAPES.tiny, threads: 1, timings: [{ contender, samples: [1] }], peaks });
  const { steps, peaks: found } = findings.results();
  expect(steps[0].contenders[0]).toMatchObject({ shareOfPeak: null });
  expect(found).toEqual([]);
});

test('passes over rows are reported in rows per second, with their share of the peak', () => {
  const findings = new Findings();
  const shape = SHAPES.tiny;
  const contender = { name: 'a', dtype: 'float32', work: 'predict', passRows: 1000, threads: 2 } as Contender;
  const samples = [0.5, 0.25, 0.125];
  const gflops = (1000 * rowFlop(shape)) / 0.25 / 1e9;
  const peaks = new Map([['float32', [gflops, 2 * gflops, 4 * gflops]]] as const);
  findings.addPasses({ shape, threads: 2, timings: [{ contender, samples }], peaks });
  const rowsPerSecond = { median: 4000, min: 2000, max: 8000 };
  const timing = { name: 'a', work: 'predict', rows: 1000, rowsPerSecond, gflops, shareOfPeak: 0.5 };
  expect(findings.results().passes).toEqual([{ shape, threads: 2, contenders: [timing] }]);
});

import { expect, test } from 'vitest';
import type { Contender } from '../../src/measure/contender.js';
import { Findings } from '../../src/measure/findings.js';
import { SHAPES, stepFlop } from '../../src/measure/shapes.js';

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

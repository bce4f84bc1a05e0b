import { afterEach, expect, test, vi } from 'vitest';
import { chooseBackend } from '../../src/backend/choose.js';
import { type MeasureSettings, measure } from '../../src/measure/measure.js';
import type { StepTiming } from '../../src/measure/result.js';
import { SHAPES, stepFlop } from '../../src/measure/shapes.js';
import { median } from '../../src/measure/statistics.js';

const { binding } = chooseBackend('js');
const settings: MeasureSettings = {
  shapes: [SHAPES.tiny],
  threads: [1],
  dtypes: ['float64'],
  products: ['auto'],
  rowTypes: ['bytes'],
  backend: 'js',
  work: ['steps'],
  rounds: 2,
  seconds: 0.001,
  rows: 50,
  profile: false,
};

afterEach(() => void vi.restoreAllMocks());

test('the peak of a round is the higher one of before and after it, and a share refers to that', async () => {
  const peak = vi.spyOn(binding, 'peak');
  for (const gflops of [10, 30, 20, 5]) peak.mockReturnValueOnce(gflops);
  const { peaks, steps } = await measure(settings, () => {});
  expect(peak).toHaveBeenCalledTimes(4);
  expect(peaks).toEqual([{ dtype: 'float64', threads: 1, gflops: { median: 25, min: 20, max: 30 } }]);
  const { samples, shareOfPeak } = steps[0].contenders[0] as StepTiming;
  const shares = samples.map((ms, round) => stepFlop(SHAPES.tiny) / ms / 1e6 / [30, 20][round]);
  expect(shareOfPeak).toBeCloseTo(median(shares), 12);
});

test('only what is asked for is measured, with every type of rows', async () => {
  // A step takes 1 ms here and a pass over the validation rows 2 ms.
  const { trainSync } = binding;
  vi.spyOn(binding, 'trainSync').mockImplementation((call, report) => ({
    ...trainSync(call, report),
    seconds: call.settings.numIters * (call.validation ? 0.003 : 0.001),
  }));
  const some: MeasureSettings = { ...settings, work: ['validation'], rowTypes: ['bytes', 'float32'], rounds: 1 };
  const { steps, passes, profiles } = await measure(some, () => {});
  expect([steps, profiles]).toEqual([[], []]);
  const rate = expect.closeTo(50 / 0.002, 6);
  const rowsPerSecond = { median: rate, min: rate, max: rate };
  expect(passes[0].contenders).toMatchObject([
    { name: 'two-layer-net float64', work: 'validation', rows: 50, rowsPerSecond },
    { name: 'two-layer-net float64, float32 rows', work: 'validation', rows: 50, rowsPerSecond },
  ]);
});

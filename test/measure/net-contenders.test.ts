import { afterEach, describe, expect, test, vi } from 'vitest';
import { chooseBackend } from '../../src/backend/choose.js';
import { contenderName, DataCache, NetContender, profileSteps } from '../../src/measure/net-contenders.js';
import { SHAPES } from '../../src/measure/shapes.js';

const { binding } = chooseBackend('js');
const settings = { backend: 'js', dtype: 'float64', products: 'blas', threads: 3, rowType: 'bytes' } as const;
const cache = new DataCache(100);

afterEach(() => void vi.restoreAllMocks());

describe('a net as a contender', () => {
  test('trains with the dtype, products, threads and rows of the settings, and once for a step less', async () => {
    const trainSync = vi.spyOn(binding, 'trainSync');
    const contender = new NetContender({ ...settings, rowType: 'float32' }, { work: 'steps' }, cache);
    await contender.prepare(SHAPES.tiny);
    expect(await contender.run(70)).toBeGreaterThan(0);
    expect(trainSync.mock.calls.map(([call]) => call.settings.numIters)).toEqual([3, 71, 1, 1]);
    const { net, training, validation, settings: given } = trainSync.mock.calls[0][0];
    expect(net).toMatchObject({ products: 'blas', threads: 3, bfloat16: false });
    expect(net.parameters.W1).toBeInstanceOf(Float64Array);
    expect(training.rows).toMatchObject({ count: 100, mean: null, data: expect.any(Float32Array) });
    expect(validation).toBeNull();
    expect(given).toMatchObject({ batchSize: SHAPES.tiny.N });
  });

  test('predicts all rows of a pass at once', async () => {
    const predict = vi.spyOn(binding, 'predict');
    const contender = new NetContender(settings, { work: 'predict', rows: 60 }, cache);
    await contender.prepare(SHAPES.tiny);
    expect(await contender.run(2)).toBeGreaterThan(0);
    expect(predict.mock.calls.map(([, rows]) => rows.count)).toEqual([60, 60]);
    expect(predict.mock.calls[0][1].data).toBeInstanceOf(Uint8Array);
  });

  test('computes the accuracy on validation rows in each step of a training whose epochs are one step', async () => {
    const trainSync = vi.spyOn(binding, 'trainSync');
    const contender = new NetContender(settings, { work: 'validation', rows: 60 }, cache);
    await contender.prepare(SHAPES.tiny);
    await contender.run(20);
    const calls = trainSync.mock.calls.map(([call]) => [call.settings.numIters, call.validation?.rows.count]);
    expect(calls).toEqual([
      [20, 60],
      [20, undefined],
    ]);
    expect(trainSync.mock.results.map(({ value }) => value.validationAccuracies.length)).toEqual([20, 0]);
  });

  test('says what it is: its arithmetic, and the one thread of the TypeScript backend', () => {
    expect(new NetContender(settings, { work: 'steps' }, cache)).toMatchObject({
      name: 'two-layer-net float64, blas products',
      dtype: 'float64',
      work: 'step',
      passRows: undefined,
      threads: 1,
    });
    const bfloat16 = { ...settings, dtype: 'bfloat16' } as const;
    expect(new NetContender(bfloat16, { work: 'steps' }, cache)).toMatchObject({ dtype: 'bfloat16' });
    expect(new NetContender(bfloat16, { work: 'validation', rows: 9 }, cache)).toMatchObject({
      dtype: 'float32',
      work: 'validation',
      passRows: 9,
    });
  });

  test('must be prepared before it runs', async () => {
    const contender = new NetContender(settings, { work: 'steps' }, cache);
    await expect(contender.run(1)).rejects.toThrow('expected a call of prepare before run');
  });
});

test('a name has the matrix products and the rows unless they are the usual ones', () => {
  expect(contenderName({ dtype: 'float32', products: 'auto', rowType: 'bytes' })).toBe('two-layer-net float32');
  expect(contenderName({ dtype: 'float32', products: 'simd', rowType: 'float32' })).toBe(
    'two-layer-net float32, simd products, float32 rows',
  );
});

test('data are kept for shapes with the same rows, each type of rows once', () => {
  const some = new DataCache(10);
  const bytes = some.for(SHAPES.article, 'bytes');
  const floats = some.for(SHAPES.wide, 'float32');
  expect(floats.X.data).toBeInstanceOf(Float32Array);
  expect(some.for(SHAPES.large, 'bytes')).toBe(bytes);
  expect(some.for(SHAPES.article, 'float32')).toBe(floats);
  expect(some.for(SHAPES.tiny, 'bytes').X.columns).toBe(20);
  expect(some.for(SHAPES.article, 'bytes')).not.toBe(bytes);
});

test('the TypeScript backend has no profile, only the seconds of the steps', () => {
  const trainSync = vi.spyOn(binding, 'trainSync');
  const { profile, seconds } = profileSteps(SHAPES.tiny, settings, cache, 50);
  expect(trainSync.mock.calls.map(([call]) => [call.settings.numIters, call.profile])).toEqual([
    [51, true],
    [1, true],
  ]);
  expect(profile).toBeNull();
  expect(seconds).toBeGreaterThan(0);
});

import { afterEach, expect, test, vi } from 'vitest';
import { chooseBackend } from '../../src/backend/choose.js';
import { DataCache, NetPrediction, NetTraining, profileTraining } from '../../src/measure/net-contenders.js';
import { SHAPES } from '../../src/measure/shapes.js';

const { binding } = chooseBackend('js');
const settings = { backend: 'js', dtype: 'float64', products: 'blas', threads: 3 } as const;
const cache = new DataCache(100);

afterEach(() => void vi.restoreAllMocks());

test('training runs the requested number of steps, with the dtype, products and threads of the settings', async () => {
  const trainSync = vi.spyOn(binding, 'trainSync');
  const contender = new NetTraining(settings, cache);
  await contender.prepare(SHAPES.tiny);
  expect(await contender.run(7)).toBeGreaterThan(0);
  const { net, settings: given } = trainSync.mock.calls[0][0];
  expect(net).toMatchObject({ products: 'blas', threads: 3, bfloat16: false });
  expect(net.parameters.W1).toBeInstanceOf(Float64Array);
  expect(given).toMatchObject({ numIters: 7, batchSize: SHAPES.tiny.N });
});

test('a prediction runs a thousand rows per iteration, at most the whole data set at a time', async () => {
  const predict = vi.spyOn(binding, 'predict');
  const contender = new NetPrediction(settings, new DataCache(600));
  await contender.prepare(SHAPES.tiny);
  expect(await contender.run(1)).toBeGreaterThan(0);
  expect(predict.mock.calls.map(([, rows]) => rows.count)).toEqual([600, 400]);
});

test('a contender that uses one thread says so', () => {
  expect(new NetTraining(settings, cache)).toMatchObject({
    name: 'two-layer-net float64, blas products',
    dtype: 'float64',
    work: 'step',
    threads: 1,
  });
});

test('a contender must be prepared before it runs', async () => {
  await expect(new NetTraining(settings, cache).run(1)).rejects.toThrow('expected a call of prepare before run');
});

test('the TypeScript backend has no profile, only the seconds', () => {
  const { profile, seconds } = profileTraining(SHAPES.tiny, settings, cache, 5);
  expect(profile).toBeNull();
  expect(seconds).toBeGreaterThan(0);
});

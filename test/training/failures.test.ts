import { expect, it, vi } from 'vitest';
import { DivergedError } from '../../src/training/errors.js';
import type { TrainOptions } from '../../src/training/options.js';
import type { Dtype } from '../../src/training/settings.js';
import { copyParameters } from '../../src/validation/parameters.js';
import { describeOnBackends } from '../support/backends.js';
import { allFinite, D, newNet, rejection, X, y } from '../support/training.js';

describeOnBackends('a training that cannot continue', (backend) => {
  it.each<[Dtype, number, string]>([
    ['float32', 1e3, 'the default, 0.001'],
    ['float32', 1e10, 'the default, 0.001'],
    ['float32', 1e30, 'the default, 0.001'],
    ['float64', 1e10, 'the default, 0.001'],
    ['float64', 1e30, 'the default, 0.001'],
    ['float64', 1e100, 'the default, 0.001'],
  ])('ends with DivergedError in %s at a rate of %d, with the last finite parameters', async (dtype, rate, smaller) => {
    const options = { batchSize: 9, learningRate: rate, reg: 1e-5, numIters: 400 };
    const net = newNet(backend, dtype);
    const error = await rejection<DivergedError>(net.train(X, y, X, y, options));
    expect(error).toBeInstanceOf(DivergedError);
    expect(error).toMatchObject({ name: 'DivergedError', code: 'ERR_DIVERGED' });
    const { iteration, history } = error;
    expect(iteration).toBeGreaterThan(0);
    expect(error.message).toContain(`at iteration ${iteration} of 400`);
    expect(error.message).toContain(`try a smaller one, such as ${smaller}`);
    expect(history.lossHistory).toHaveLength(iteration);
    expect(history.lossHistory.every(Number.isFinite)).toBe(true);

    // Repeat the steps up to that iteration: all of them, or all but the one that went out of range.
    const states = [iteration, iteration - 1].map((numIters) => {
      const twin = newNet(backend, dtype);
      if (numIters > 0) twin.trainSync(X, y, X, y, { ...options, numIters });
      return copyParameters(twin.params);
    });
    expect(copyParameters(net.params)).toStrictEqual(states.find(allFinite));

    // The random stream has drawn for that iteration too.
    const random = newNet(backend).random;
    for (let i = 0; i <= iteration; i++) random.choice(40, 9);
    expect(net.random.getState()).toStrictEqual(random.getState());
    // The net is free again.
    expect(() => net.trainSync(X, y)).not.toThrow(/already training/);
  });

  // Rows of zeros leave regularization alone at work: each step makes the weights −3 times what they were, until
  // float32 ends. The loss is noted in float64 and stays finite for as long as the weights do.
  const zeros = new Float32Array(40 * D);
  const growing = { batchSize: 9, learningRate: 4, reg: 1, learningRateDecay: 1, numIters: 400 };

  it('returns to the last finite parameters after many good iterations', async () => {
    const net = newNet(backend, 'float32');
    const { iteration } = await rejection<DivergedError>(net.train(zeros, y, null, null, growing));
    // 0.5 · 3^n is above 3.4e38 from n = 82 on; the largest of 35 draws is some way above 0.5.
    expect(iteration).toBeGreaterThan(75);
    expect(iteration).toBeLessThan(83);
    const twin = newNet(backend, 'float32');
    twin.trainSync(zeros, y, null, null, { ...growing, numIters: iteration - 1 });
    expect(copyParameters(net.params)).toStrictEqual(copyParameters(twin.params));
    expect(allFinite(copyParameters(net.params))).toBe(true);
    // Without a copy of the parameters, because nothing follows this training.
    const sync = newNet(backend, 'float32');
    expect(() => sync.trainSync(zeros, y, null, null, growing)).toThrow(DivergedError);
    expect(copyParameters(sync.params)).toStrictEqual(copyParameters(twin.params));
  });

  it('reports finite parameters only, to the end, and loses what onProgress writes to them before', async () => {
    const twin = newNet(backend, 'float32');
    const { iteration: last, history } = await rejection<DivergedError>(twin.train(zeros, y, null, null, growing));
    const net = newNet(backend, 'float32');
    const seen: number[] = [];
    const followed: TrainOptions = {
      ...growing,
      progressInterval: 0,
      onProgress: ({ iteration }) => {
        seen.push(iteration);
        expect(allFinite(net.params)).toBe(true);
        if (iteration < last) net.params.W1.fill(Number.NaN);
      },
    };
    const training = (async () => net.trainSync(zeros, y, null, null, followed))();
    const error = await rejection<DivergedError>(training);
    expect(seen).toStrictEqual(Array.from({ length: last }, (_, i) => i + 1));
    expect(error.iteration).toBe(last);
    expect(error.history.lossHistory).toStrictEqual(history.lossHistory);
    expect(copyParameters(net.params)).toStrictEqual(copyParameters(twin.params));
  });

  it('reports parameters that the last step made infinite, although no loss follows it', () => {
    const net = newNet(backend, 'float32');
    const before = copyParameters(net.params);
    const training = () => net.trainSync(X, y, null, null, { numIters: 1, batchSize: 9, learningRate: 3e38, reg: 1e5 });
    expect(training).toThrow(DivergedError);
    expect(copyParameters(net.params)).toStrictEqual(before);
  });

  it('names parameters whose memory was transferred to another thread meanwhile', async () => {
    const net = newNet(backend);
    const training = net.train(X, y, null, null, { numIters: 200, batchSize: 9 });
    structuredClone(net.params.W2, { transfer: [net.params.W2.buffer as ArrayBuffer] });
    await expect(training).rejects.toMatchObject({
      code: 'ERR_DETACHED',
      message: expect.stringMatching(/params\.W2/),
    });
  });

  it('names such parameters in trainSync as well', () => {
    const net = newNet(backend);
    const options: TrainOptions = {
      numIters: 200,
      batchSize: 9,
      progressInterval: 0,
      onProgress: () => structuredClone(0, { transfer: [net.params.b2.buffer as ArrayBuffer] }),
    };
    expect(() => net.trainSync(X, y, null, null, options)).toThrow(/params\.b2.*detached/);
  });

  it('stops soon if parameters are detached between reports, and reports it once', async () => {
    const net = newNet(backend);
    const warned = vi.fn();
    process.on('warning', warned);
    const options: TrainOptions = {
      numIters: 2 ** 31 - 1,
      batchSize: 9,
      progressInterval: 0,
      onProgress: () => {
        if (net.params.b2.length > 0) structuredClone(0, { transfer: [net.params.b2.buffer as ArrayBuffer] });
      },
    };
    await expect(net.train(X, y, null, null, options)).rejects.toMatchObject({ code: 'ERR_DETACHED' });
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', warned);
    expect(warned).not.toHaveBeenCalled();
  });

  it('blames the inputs, not the learning rate, if the first loss is not finite', () => {
    const net = newNet(backend, 'float32');
    const before = copyParameters(net.params);
    expect(() => net.trainSync(new Float64Array(D).fill(1e300), [0])).toThrow(
      /iteration 0 of 100 before any step: the inputs or the parameters are too large/,
    );
    expect(copyParameters(net.params)).toStrictEqual(before);
  });
});

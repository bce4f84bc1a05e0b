import { expect, it } from 'vitest';
import type { TrainingAbortedError } from '../../src/training/errors.js';
import { copyParameters } from '../../src/validation/parameters.js';
import { describeOnBackends } from '../support/backends.js';
import { brisk, ENDLESS, newNet, rejection, stateAfter, stateOf, X, y } from '../support/training.js';

describeOnBackends('onProgress', (backend) => {
  it('is called after each iteration of trainSync, with the history so far and current parameters', () => {
    const net = newNet(backend);
    const seen: number[] = [];
    const history = net.trainSync(X, y, X, y, {
      ...brisk,
      numIters: 6,
      progressInterval: 0,
      onProgress: (progress) => {
        seen.push(progress.iteration);
        expect(progress.numIters).toBe(6);
        expect(progress.history.lossHistory).toHaveLength(progress.iteration);
        expect(progress.loss).toBe(progress.history.lossHistory.at(-1));
        // Epochs begin at iterations 0 and 4.
        expect(progress.history.valAccHistory).toHaveLength(progress.iteration > 4 ? 2 : 1);
        expect(progress.learningRate).toBe(progress.iteration > 4 ? 0.1 * 0.95 * 0.95 : 0.1 * 0.95);
        expect(copyParameters(net.params)).toStrictEqual(stateAfter(progress.iteration, backend).params);
      },
    });
    expect(seen).toStrictEqual([1, 2, 3, 4, 5, 6]);
    expect(history.lossHistory).toHaveLength(6);
  });

  it('is called while train runs, each time with the state after the reported iteration', async () => {
    const net = newNet(backend);
    const seen: { iteration: number; losses: number[]; params: unknown }[] = [];
    const controller = new AbortController();
    const training = net.train(X, y, null, null, {
      ...brisk,
      numIters: ENDLESS,
      progressInterval: 0,
      signal: controller.signal,
      onProgress: ({ iteration, history }) => {
        seen.push({ iteration, losses: [...history.lossHistory], params: copyParameters(net.params) });
        if (seen.length === 3) controller.abort();
      },
    });
    const { history } = await rejection<TrainingAbortedError>(training);
    expect(seen.length).toBeGreaterThanOrEqual(3);
    for (const [i, { iteration, losses, params }] of seen.entries()) {
      expect(iteration).toBeGreaterThan(i === 0 ? 0 : seen[i - 1].iteration);
      expect(losses).toStrictEqual(history.lossHistory.slice(0, iteration));
      expect(params).toStrictEqual(stateAfter(iteration, backend).params);
    }
    expect(seen.at(-1)?.iteration).toBe(history.lossHistory.length);
  });

  it('is called at the end when its interval is longer than the training', async () => {
    const seen: number[] = [];
    const onProgress = ({ iteration }: { iteration: number }) => void seen.push(iteration);
    await newNet(backend).train(X, y, null, null, { ...brisk, numIters: 5, progressInterval: 1e9, onProgress });
    expect(seen).toStrictEqual([5]);
  });

  it('may use the net, but not train it', async () => {
    const net = newNet(backend);
    const codes: unknown[] = [];
    await net.train(X, y, null, null, {
      ...brisk,
      numIters: 3,
      progressInterval: 1e9,
      onProgress: () => {
        codes.push(net.predict(X).length, Number.isFinite(net.loss(X, y).loss));
        try {
          net.trainSync(X, y);
        } catch (error) {
          codes.push((error as { code: string }).code);
        }
      },
    });
    expect(codes).toStrictEqual([40, true, 'ERR_BUSY']);
  });

  it.each(['train', 'trainSync'] as const)('ends %s with the error that it throws', async (method) => {
    const net = newNet(backend);
    const thrown = new Error('enough');
    let calls = 0;
    const onProgress = () => {
      calls++;
      throw thrown;
    };
    const options = { ...brisk, numIters: ENDLESS, progressInterval: 0, onProgress };
    const error = await rejection((async () => net[method](X, y, null, null, options))());
    expect(error).toBe(thrown);
    expect(calls).toBe(1);

    // The net and its stream are where a whole number of iterations leaves them, and training can continue from there.
    const after = stateOf(net);
    const twin = newNet(backend);
    let iterations = 0;
    const there = () => JSON.stringify(twin.random.getState()) === JSON.stringify(after.random);
    while (!there() && iterations++ < 1e5) twin.random.choice(40, 9);
    expect(iterations).toBeGreaterThan(0);
    expect(after).toStrictEqual(stateAfter(iterations, backend));
    expect(net.trainSync(X, y, null, null, { ...brisk, numIters: 2 }).lossHistory).toHaveLength(2);
  });

  it('fails a finished training if its last call throws', async () => {
    const net = newNet(backend);
    const onProgress = () => {
      throw new TypeError('late');
    };
    const options = { ...brisk, numIters: 4, progressInterval: 1e9, onProgress };
    expect((await rejection(net.train(X, y, null, null, options))).message).toBe('late');
    expect(stateOf(net)).toStrictEqual(stateAfter(4, backend));
  });
});

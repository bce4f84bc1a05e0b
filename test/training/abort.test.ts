import { getEventListeners } from 'node:events';
import { expect, it, vi } from 'vitest';
import { TrainingAbortedError } from '../../src/training/errors.js';
import { sweep } from '../../src/tune/sweep.js';
import { describeOnBackends } from '../support/backends.js';
import { brisk, ENDLESS, newNet, numbersOf, rejection, stateAfter, stateOf, X, y } from '../support/training.js';

describeOnBackends('an AbortSignal', (backend) => {
  it('that is already aborted changes nothing', async () => {
    const net = newNet(backend);
    const before = stateOf(net);
    const onProgress = vi.fn();
    const signal = AbortSignal.abort('no need');
    const error = await rejection<TrainingAbortedError>(net.train(X, y, X, y, { signal, onProgress }));
    expect(error).toBeInstanceOf(TrainingAbortedError);
    expect(error).toMatchObject({ name: 'AbortError', code: 'ABORT_ERR', cause: 'no need' });
    expect(error.message).toBe('Training was aborted after 0 of 100 iterations');
    expect(error.history.lossHistory).toStrictEqual([]);
    expect(() => net.trainSync(X, y, X, y, { signal, onProgress })).toThrow(TrainingAbortedError);
    expect(onProgress).not.toHaveBeenCalled();
    expect(stateOf(net)).toStrictEqual(before);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    net.trainSync(X, y, null, null, { ...brisk, numIters: 3 });
    expect(stateOf(net)).toStrictEqual(stateAfter(3, backend));
  });

  it('stops train midway, with the history so far and the parameters after its last iteration', async () => {
    const net = newNet(backend);
    const controller = new AbortController();
    const reason = new Error('the user left');
    const { signal } = controller;
    const onProgress = () => void setTimeout(() => controller.abort(reason));
    const endless = { ...brisk, numIters: ENDLESS, progressInterval: 0, signal, onProgress };
    const error = await rejection<TrainingAbortedError>(net.train(X, y, X, y, endless));
    const { lossHistory } = error.history;
    expect(error).toMatchObject({ name: 'AbortError', code: 'ABORT_ERR' });
    expect(error.cause).toBe(reason);
    expect(error.message).toBe(`Training was aborted after ${lossHistory.length} of ${ENDLESS} iterations`);
    expect(lossHistory.length).toBeGreaterThan(0);

    const twin = newNet(backend);
    const whole = { ...brisk, numIters: lossHistory.length, finalAccuracies: false };
    const expected = twin.trainSync(X, y, X, y, whole);
    expect(numbersOf(error.history)).toStrictEqual(numbersOf(expected));
    expect(stateOf(net)).toStrictEqual(stateOf(twin));
  });

  it('stops trainSync when onProgress aborts it', () => {
    const net = newNet(backend);
    const controller = new AbortController();
    let error: TrainingAbortedError | undefined;
    try {
      net.trainSync(X, y, null, null, {
        ...brisk,
        numIters: ENDLESS,
        progressInterval: 0,
        signal: controller.signal,
        onProgress: ({ iteration }) => {
          if (iteration === 5) controller.abort();
        },
      });
    } catch (thrown) {
      error = thrown as TrainingAbortedError;
    }
    expect(error).toMatchObject({ code: 'ABORT_ERR', cause: controller.signal.reason });
    const done = error?.history.lossHistory.length ?? 0;
    // One more iteration may have begun before the report.
    expect([5, 6]).toContain(done);
    expect(stateOf(net)).toStrictEqual(stateAfter(done, backend));
  });

  it('has no listener left after training', async () => {
    const { signal } = new AbortController();
    const net = newNet(backend);
    const training = net.train(X, y, null, null, { ...brisk, signal });
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    await training;
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('with a timeout is the cause of the error', async () => {
    const options = { ...brisk, numIters: ENDLESS, signal: AbortSignal.timeout(5) };
    const error = await rejection<TrainingAbortedError>(newNet(backend).train(X, y, null, null, options));
    expect((error.cause as Error).name).toBe('TimeoutError');
  });
});

describeOnBackends('a callback that never settles', (backend) => {
  const never = () => new Promise<void>(() => {});

  it('does not keep a signal from ending a training that has made its iterations', async () => {
    const abort = new AbortController();
    const net = newNet(backend);
    const onProgress = () => {
      setTimeout(() => abort.abort('enough'));
      return never();
    };
    const training = net.train(X, y, null, null, { ...brisk, numIters: 1, signal: abort.signal, onProgress });
    const error = await rejection<TrainingAbortedError>(training);
    expect(error).toMatchObject({ code: 'ABORT_ERR', cause: 'enough' });
    expect(error.history.lossHistory).toHaveLength(1);
    await net.train(X, y, null, null, { ...brisk, numIters: 1 });
  });

  it.each(['onProgress', 'onResult'])('does not keep one from ending a search: %s', async (callback) => {
    const abort = new AbortController();
    const data = { train: { X, y }, validation: { X, y }, inputSize: 7 };
    const space = { hiddenSize: 5, batchSize: 9, learningRate: [0.1, 0.2] };
    const called = () => {
      setTimeout(() => abort.abort('enough'));
      return never();
    };
    const search = sweep(data, { space, numIters: 5, backend, signal: abort.signal, [callback]: called });
    expect(await rejection(search)).toMatchObject({ code: 'ABORT_ERR', cause: 'enough' });
  });
});

import { describe, expect, it } from 'vitest';
import { TwoLayerNet } from '../../src/net/two-layer-net.js';
import { checkSignal } from '../../src/validation/signal.js';
import { describeOnBackends } from '../support/backends.js';
import { ForeignSignal } from '../support/foreign-signal.js';
import { brisk, ENDLESS, newNet, X, y } from '../support/training.js';

describe('checkSignal', () => {
  it('returns signals, those of another realm too, and undefined', () => {
    for (const signal of [new AbortController().signal, AbortSignal.abort(), new ForeignSignal(), undefined]) {
      expect(checkSignal(signal)).toBe(signal);
    }
  });

  const whole = {
    aborted: false,
    addEventListener() {},
    removeEventListener() {},
    [Symbol.toStringTag]: 'AbortSignal',
  };
  const notSignals = [
    null,
    'abort',
    () => {},
    new AbortController(),
    new EventTarget(),
    { ...whole, aborted: undefined },
    { ...whole, addEventListener: undefined },
    { ...whole, removeEventListener: undefined },
    { ...whole, [Symbol.toStringTag]: 'EventTarget' },
  ];
  it.each(notSignals)('refuses %j', (value) => {
    expect(checkSignal(whole)).toBe(whole); // each of its parts is needed
    expect(() => checkSignal(value)).toThrow(
      expect.objectContaining({
        code: 'ERR_INVALID_TYPE',
        message: expect.stringContaining('Expected an AbortSignal for signal but received '),
      }),
    );
  });
});

describeOnBackends('a signal of another realm', (backend) => {
  it('ends a training', async () => {
    const signal = new ForeignSignal();
    setTimeout(() => signal.abort('enough'), 5);
    const training = newNet(backend).train(X, y, null, null, { ...brisk, numIters: ENDLESS, signal });
    await expect(training).rejects.toMatchObject({ name: 'AbortError', code: 'ABORT_ERR', cause: 'enough' });
  });

  it('ends a prediction', async () => {
    const net = new TwoLayerNet({ inputSize: 4, hiddenSize: 3, numClasses: 2, backend });
    const signal = new ForeignSignal();
    signal.abort('enough');
    const prediction = net.predictAsync(new Float32Array(8), { signal });
    await expect(prediction).rejects.toMatchObject({ name: 'AbortError', cause: 'enough' });
  });
});

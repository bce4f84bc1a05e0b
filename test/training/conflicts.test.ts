/** Options that contradict each other, and what a training needs to go on. */
import { describe, expect, it } from 'vitest';
import { TwoLayerNet } from '../../src/net/two-layer-net.js';
import type { TrainOptions } from '../../src/training/options.js';
import { describeOnBackends } from '../support/backends.js';
import { brisk, C, D, H, newNet, rejection, stateOf, X, y } from '../support/training.js';

type Case = [options: TrainOptions, message: RegExp];

const CASES: readonly Case[] = [
  [{ epochs: 2, numIters: 3 }, /either epochs or numIters but received both \(2 and 3\)/],
  [
    { nesterov: true },
    /^nesterov true only works with .* "sgd" and a momentum above 0, but momentum is 0, the default/,
  ],
  [{ nesterov: true, momentum: 0.9, optimizer: 'adamw' }, /^momentum 0\.9 only .*"sgd", but optimizer is "adamw"\. To/],
  [{ momentum: 0.9, optimizer: 'adam' }, /To fix this, pass optimizer "sgd", or leave momentum out$/],
  [{ nesterov: true, optimizer: 'adam' }, /^nesterov true only works with .*, but optimizer is "adam"/],
  [{ beta1: 0.9 }, /^beta1 0\.9 only .* optimizer "adam" or "adamw", but optimizer is "sgd", the default\. To fix/],
  [{ beta2: 0.9 }, /^beta2 0\.9 only works with optimizer "adam"/],
  [{ epsilon: 1e-8 }, /^epsilon 1e-8 only works with optimizer "adam"/],
  [
    { weightDecay: 0.01 },
    /^weightDecay 0\.01 only .* "adamw", but optimizer is "sgd", the default\. .*out \(reg is the/,
  ],
  [
    { weightDecay: 0.01, optimizer: 'adam' },
    /^weightDecay 0\.01 only works with optimizer "adamw", but .* is "adam"\./,
  ],
  [{ learningRateDecay: 0.9, schedule: 'cosine' }, /^learningRateDecay 0\.9 only .* "decay", but schedule is "cosine"/],
  [{ monitor: 'accuracy' }, /^monitor "accuracy" only works with a patience above 0, but patience is 0, the default/],
  [{ minGain: 0.01 }, /^minGain 0\.01 only works with a patience above 0.* To fix this, pass a patience above 0, or/],
  [{ patience: 3 }, /validation rows for a patience of 3 epochs but received none/],
  [{ flip: true }, /rows with an imageShape for flip but received rows without/],
  [{ shift: 1 }, /rows with an imageShape for a shift of 1 but received rows without/],
  [{ sampling: 'permutation', batchSize: 41 }, /batchSize of at most 40, .* sampling 'permutation' but received 41/],
];

describeOnBackends('options that contradict each other', (backend) => {
  it.each(CASES)('are refused before anything is done: %o', async (options, message) => {
    const net = newNet(backend);
    const before = stateOf(net);
    const error = await rejection(net.train(X, y, null, null, { ...brisk, ...options }));
    expect(error).toMatchObject({ code: 'ERR_CONFLICT', message: expect.stringMatching(message) });
    expect(stateOf(net)).toStrictEqual(before);
  });

  it.each([1, -0.1, 1.5])('are not a dropout of %d, which is out of its range', async (dropout) => {
    const error = await rejection(newNet(backend).train(X, y, null, null, { ...brisk, dropout }));
    expect(error).toMatchObject({ code: 'ERR_OUT_OF_RANGE' });
    expect(error.message).toBe(`Expected a finite number from 0 to below 1 for dropout but received ${dropout}`);
  });

  it('are none where one says that there is none of it', () => {
    const none = { momentum: 0, nesterov: false, weightDecay: 0, epochs: 0 } as const;
    const options = { ...brisk, numIters: 3, optimizer: 'adam' } as const;
    const [plain, other] = [newNet(backend), newNet(backend)];
    plain.trainSync(X, y, null, null, options);
    other.trainSync(X, y, null, null, { ...options, ...none });
    expect(stateOf(other)).toStrictEqual(stateOf(plain));
  });
});

describe('pictures', () => {
  const pictures = { inputSize: 12, hiddenSize: 5, numClasses: 3, imageShape: { height: 2, width: 3, channels: 2 } };
  const rows = Uint8Array.from({ length: 48 }, (_, i) => (i * 37) % 256);

  it('are refused with a shift that is not below their height and their width', async () => {
    const net = new TwoLayerNet({ ...pictures, backend: 'js' });
    const error = await rejection(net.train(rows, [0, 1, 2, 0], null, null, { shift: 2, numIters: 1 }));
    expect(error).toMatchObject({
      code: 'ERR_CONFLICT',
      message: expect.stringMatching(/height and the width .* 2 and 3/),
    });
  });

  it('are changed if the net knows how rows are pictures', () => {
    const losses = [{}, { flip: true, shift: 1 }].map((options) => {
      const net = new TwoLayerNet({ ...pictures, backend: 'js', init: 'he', inputScale: 0.01 });
      return net.trainSync(rows, [0, 1, 2, 0], null, null, { numIters: 5, batchSize: 4, ...options });
    });
    expect(losses[0].noiseSeed).toBeUndefined();
    expect(losses[1].noiseSeed).toBeGreaterThanOrEqual(0);
    expect(losses[1].lossHistory).not.toStrictEqual(losses[0].lossHistory);
  });
});

describeOnBackends('the state of the update rule', (backend) => {
  const adam = { ...brisk, optimizer: 'adam' } as const;
  const momentum = { ...brisk, momentum: 0.9 };
  const zeros = {
    W1: new Float64Array(D * H),
    b1: new Float64Array(H),
    W2: new Float64Array(H * C),
    b2: new Float64Array(C),
  };

  it('is as large as the rule needs, and new for a new training', () => {
    const net = newNet(backend);
    net.trainSync(X, y, null, null, { ...adam, numIters: 3 });
    expect(net.slots).toHaveLength(2);
    expect(net.slots[0].W1.some((value) => value !== 0)).toBe(true);
    const twin = TwoLayerNet.fromParams(structuredClone(net.params), { backend });
    const again = { ...momentum, numIters: 1 };
    net.trainSync(X, y, null, null, again);
    expect(net.slots).toHaveLength(1);
    expect(twin.slots).toHaveLength(0);
    net.trainSync(X, y, null, null, brisk);
    expect(net.slots).toHaveLength(0);
  });

  it('continues a training, with dropout and changed weights, as if it had not been interrupted', () => {
    const options = {
      ...adam,
      dropout: 0.4,
      inputDropout: 0.1,
      classWeights: 'balanced',
      schedule: 'constant',
    } as const;
    const whole = newNet(backend);
    const expected = whole.trainSync(X, y, null, null, { ...options, numIters: 11 });
    const net = newNet(backend);
    const history = net.trainSync(X, y, null, null, { ...options, numIters: 4 });
    expect(history.noiseSeed).toBe(expected.noiseSeed);
    const rest = net.trainSync(X, y, null, null, { ...options, numIters: 11, resume: history });
    expect(rest.lossHistory).toStrictEqual(expected.lossHistory);
    expect(stateOf(net)).toStrictEqual(stateOf(whole));
    expect(net.slots).toStrictEqual(whole.slots);
  });

  it('must be that of the rule to continue with', async () => {
    const net = newNet(backend);
    const history = net.trainSync(X, y, null, null, { ...adam, numIters: 3 });
    const other = await rejection(net.train(X, y, null, null, { ...brisk, numIters: 9, resume: history }));
    expect(other).toMatchObject({ code: 'ERR_CONFLICT' });
    expect(other.message).toMatch(/optimizer "adam", by which the training to resume was made, but received "sgd"/);
    net.slots.pop();
    const fewer = await rejection(net.train(X, y, null, null, { ...adam, numIters: 9, resume: history }));
    expect(fewer).toMatchObject({ code: 'ERR_CONFLICT' });
    expect(fewer.message).toMatch(/2 slots, which optimizer "adam" .* received one with 1/);
    const plain = newNet(backend);
    const begun = plain.trainSync(X, y, null, null, { ...brisk, numIters: 3 });
    const none = await rejection(plain.train(X, y, null, null, { ...momentum, numIters: 9, resume: begun }));
    expect(none.message).toMatch(/a momentum of 0, by which the training to resume was made, but received 0\.9/);
  });

  it('is zeros when nothing has been done yet', () => {
    const net = newNet(backend);
    const nothing = { ...newNet(backend).trainSync(X, y, null, null, brisk), lossHistory: [], trainAccHistory: [] };
    net.slots.push(zeros);
    net.trainSync(X, y, null, null, { ...adam, numIters: 2, resume: { ...nothing, learningRate: 0.1 } });
    expect(net.slots).toHaveLength(2);
  });
});

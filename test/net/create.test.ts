import { expect, it } from 'vitest';
import type { TwoLayerNetOptions } from '../../src/net/options.js';
import { TwoLayerNet } from '../../src/net/two-layer-net.js';
import { RandomState } from '../../src/random/random-state.js';
import type { Dtype } from '../../src/training/settings.js';
import { describeOnBackends } from '../support/backends.js';
import { brisk, rejection, stateOf, validation, X, y } from '../support/training.js';
import { givesTurns } from '../support/turns.js';

const sizes = { inputSize: 300, hiddenSize: 41, numClasses: 3 };
/** So many weights that drawing them takes several turns of the event loop. */
const large = { inputSize: 3072, hiddenSize: 200, numClasses: 10 };

describeOnBackends('TwoLayerNet.create', (backend) => {
  it.each<Dtype>(['float32', 'float64'])('makes the net that new makes: %s', async (dtype) => {
    const [first, second] = [new RandomState(5), new RandomState(5)];
    // A draw is left from before, and one is left after.
    first.randn();
    second.randn();
    const options = { ...sizes, std: 0.25, dtype, backend, threads: 2, classNames: ['a', 'b', 'c'] };
    const expected = new TwoLayerNet({ ...options, random: first });
    const net = await TwoLayerNet.create({ ...options, random: second });
    expect(net).toBeInstanceOf(TwoLayerNet);
    expect(stateOf(net)).toStrictEqual(stateOf(expected));
    expect(net.random).toBe(second);
    expect({ ...net, random: undefined }).toStrictEqual({ ...expected, random: undefined });
  });

  it('has the defaults of new', async () => {
    const net = await TwoLayerNet.create({ ...sizes, backend });
    expect(stateOf(net)).toStrictEqual(stateOf(new TwoLayerNet({ ...sizes, backend })));
  });

  it('keeps given parameters, and draws nothing', async () => {
    const random = new RandomState(5);
    const before = random.getState();
    const { params } = new TwoLayerNet({ ...sizes, backend });
    const net = await TwoLayerNet.create({ ...sizes, params, random, backend });
    expect(net.params).toBe(params);
    expect(random.getState()).toStrictEqual(before);
  });

  it('gives the event loop turns', async () => {
    expect(await givesTurns(() => TwoLayerNet.create({ ...large, backend }))).toBe(true);
  });

  it.each<[string, Partial<Record<keyof TwoLayerNetOptions, unknown>>]>([
    ['a missing size', { inputSize: undefined }],
    ['a size out of range', { hiddenSize: 0 }],
    ['a bad std', { std: -1 }],
    ['an unknown dtype', { dtype: 'float16' }],
    ['a bad stream', { random: 5 }],
    ['the wrong number of class names', { classNames: ['a'] }],
    ['parameters of another shape', { params: { W1: new Float32Array(1) } }],
    ['an unknown option', { hiddensize: 5 } as object],
  ])('rejects %s with the error that new throws, and draws nothing', async (_, wrong) => {
    const random = new RandomState(1);
    const before = random.getState();
    const options = { ...sizes, random, backend, ...wrong } as TwoLayerNetOptions;
    let thrown: unknown;
    try {
      new TwoLayerNet(options);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(Error);
    expect(await rejection(TwoLayerNet.create(options))).toStrictEqual(thrown);
    expect(random.getState()).toStrictEqual(before);
  });

  it('keeps its stream from trainings and other nets until it has drawn', async () => {
    const random = new RandomState(7);
    const options = { ...large, random, backend };
    const other = new TwoLayerNet({ inputSize: 7, hiddenSize: 5, numClasses: 3, backend });
    const creating = TwoLayerNet.create(options);
    const message = /Another training or TwoLayerNet.create draws from this random stream and has not ended/;
    const busy = expect.objectContaining({ code: 'ERR_BUSY', message: expect.stringMatching(message) });
    expect(await rejection(TwoLayerNet.create(options))).toEqual(busy);
    expect(await rejection(other.train(X, y, null, null, { ...brisk, numIters: 2, random }))).toEqual(busy);
    await creating;
    const after = new RandomState(7);
    new TwoLayerNet({ ...options, random: after });
    expect(random.getState()).toStrictEqual(after.getState());
    await other.train(X, y, null, null, { ...brisk, numIters: 2, random });
  });

  it('waits for no training, but refuses the stream of one', async () => {
    const random = new RandomState(7);
    const net = new TwoLayerNet({ inputSize: 7, hiddenSize: 5, numClasses: 3, backend, random });
    const training = net.train(X, y, validation.X, validation.y, { ...brisk, numIters: 50 });
    expect(await rejection(TwoLayerNet.create({ ...sizes, random, backend }))).toMatchObject({ code: 'ERR_BUSY' });
    await training;
    await TwoLayerNet.create({ ...sizes, random, backend });
  });
});

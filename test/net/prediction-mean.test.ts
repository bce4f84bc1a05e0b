/** What prediction needs besides the parameters, the mean row and the class names, travels with a net. */
import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Dataset } from '../../src/data/dataset.js';
import { Matrix } from '../../src/data/matrix.js';
import { loadModel, saveModel } from '../../src/model/model.js';
import { evaluate } from '../../src/net/evaluation.js';
import { gradientCheck } from '../../src/net/gradient-check.js';
import { restoreTraining } from '../../src/net/restore-training.js';
import { TwoLayerNet } from '../../src/net/two-layer-net.js';
import { RandomState } from '../../src/random/random-state.js';
import type { TrainOptions } from '../../src/training/options.js';
import { trainingState } from '../../src/training/state.js';
import { sweep } from '../../src/tune/sweep.js';
import { describeOnBackends } from '../support/backends.js';
import { freshFolder } from '../support/temporary-folder.js';

const D = 4;
const N = 200;
/** Small differences far from 0: without the mean a net sees no difference between rows. */
const offset = Float64Array.of(1000, -2000, 500, 3000);
const noise = new RandomState(2).randn(N * D);
const raw = noise.map((value, i) => value + offset[i % D]);
const y = Array.from({ length: N }, (_, i) => (noise[i * D] + noise[i * D + 1] > 0 ? 1 : 0));
const centered = new Matrix(raw, D, { mean: offset });
const classNames = ['below', 'above'];
const options = { numIters: 300, batchSize: 50, learningRate: 0.5, learningRateDecay: 1 } satisfies TrainOptions;

const inFolder = freshFolder();

describeOnBackends('a net trained on rows with a mean', (backend) => {
  const newNet = (more: { mean?: Float64Array; classNames?: string[] } = {}) =>
    new TwoLayerNet({ inputSize: D, hiddenSize: 8, numClasses: 2, std: 0.5, backend, ...more });
  const accuracy = (net: TwoLayerNet, X: Parameters<TwoLayerNet['predict']>[0] = raw) => evaluate(net, X, y).accuracy;

  it('predicts raw rows as well after it was saved and loaded', async () => {
    const net = newNet();
    const history = await net.train(centered, y, null, null, options);
    expect(accuracy(net)).toBeGreaterThan(0.95);
    await saveModel(inFolder('m'), net, { history });
    const loaded = TwoLayerNet.fromModel(await loadModel(inFolder('m')), { backend });
    expect(accuracy(loaded)).toBe(accuracy(net, centered));
    expect(loaded.scores(raw)).toStrictEqual(net.scores(centered));
    const withoutMean = TwoLayerNet.fromParams(loaded.params, { backend, mean: undefined });
    expect(accuracy(withoutMean)).toBeLessThan(0.7);
  });

  it('brings its mean and its names along with its parameters, unless something else is said', async () => {
    const net = newNet();
    await net.train({ train: { X: centered, y }, classNames }, options);
    await saveModel(inFolder('m'), net);
    const loaded = await loadModel(inFolder('m'));
    const sizes = { inputSize: D, hiddenSize: 8, numClasses: 2 };
    const others = {
      'its parameters': TwoLayerNet.fromParams(net.params, { backend }),
      'an object of them': TwoLayerNet.fromParams({ ...net.params }, { backend }),
      'those of its file': TwoLayerNet.fromParams(loaded.params, { backend }),
      'its parameters as an option': new TwoLayerNet({ ...sizes, backend, params: net.params }),
      'a model of them': TwoLayerNet.fromModel({ params: net.params }, { backend }),
    };
    for (const [what, other] of Object.entries(others)) {
      expect(other.scores(raw), what).toStrictEqual(net.scores(raw));
      expect(other.classNames, what).toEqual(classNames);
    }
    await saveModel(inFolder('n'), { ...sizes, params: net.params, dtype: 'float32' });
    expect(await loadModel(inFolder('n'))).toMatchObject({ mean: offset, classNames });

    const own = Float64Array.of(1, 2, 3, 4);
    const said = TwoLayerNet.fromParams(net.params, { backend, mean: own, classNames: undefined });
    expect([said.mean, said.classNames]).toEqual([own, undefined]);
    expect(TwoLayerNet.fromModel({ ...loaded, mean: undefined }).mean).toBeUndefined();
    expect(TwoLayerNet.fromParams(structuredClone(net.params), { backend }).mean).toBeUndefined();
  });

  it('brings along the mean that it has now, also when another net has the same parameters', () => {
    const net = newNet();
    const other = TwoLayerNet.fromParams(net.params, { backend });
    net.trainSync(centered, y, null, null, { ...options, numIters: 2 });
    expect(TwoLayerNet.fromParams(net.params, { backend }).mean).toBe(offset);
    net.mean = undefined;
    expect(TwoLayerNet.fromParams(net.params, { backend, classNames }).mean).toBeUndefined();
    expect(other.mean).toBeUndefined();
  });

  it('refuses validation rows with another mean, however they come, and changes nothing', async () => {
    const net = newNet();
    const before = net.params.W1.slice();
    const other = new Matrix(raw, D, { mean: offset.map((value, d) => value + (d === 1 ? 1 : 0)) });
    const plain = new Matrix(raw, D);
    for (const [X, Xval, message] of [
      [centered, other, /for X and Xval but received two: that of column 1 is .* in X and .* in Xval/],
      [plain, centered, /for X and Xval but received one for Xval alone/],
    ] as const) {
      const refused = expect.objectContaining({ code: 'ERR_CONFLICT', message: expect.stringMatching(message) });
      expect(() => net.trainSync(X, y, Xval, y, { numIters: 1 })).toThrow(refused);
      await expect(net.train(X, y, Xval, y, { numIters: 1, checkpoint: { file: inFolder('kept') } })).rejects.toThrow(
        refused,
      );
      const data = { train: { X, y }, validation: { X: Xval, y } };
      expect(() => new Dataset(data)).toThrow(/for train\.X and validation\.X but received/);
    }
    expect(net.params.W1).toStrictEqual(before);
    expect(existsSync(inFolder('kept'))).toBe(false);
    // An equal one is no other one.
    const same = new Matrix(raw, D, { mean: offset.slice() });
    expect(() => net.trainSync(centered, y, same, y, { numIters: 1 })).not.toThrow();
  });

  it('subtracts its mean from rows of any form, and not from a Matrix with a mean of its own', () => {
    const net = newNet();
    net.trainSync(centered, y, null, null, options);
    expect(net.mean).toBe(offset);
    const scores = net.scores(centered);
    const nested = Array.from({ length: N }, (_, i) => [...raw.subarray(i * D, (i + 1) * D)]);
    expect(net.scores(nested)).toStrictEqual(scores);
    expect(net.scores(new Matrix(raw, D))).toStrictEqual(scores);
    expect(net.scores(new Matrix(noise, D, { mean: new Float64Array(D) }))).not.toStrictEqual(net.scores(noise));
    expect(net.loss(raw, y)).toStrictEqual(net.loss(centered, y));
    expect(net.probabilities(raw)).toStrictEqual(net.probabilities(centered));
  });

  it('checks gradients with its mean', () => {
    const net = newNet({ mean: offset });
    const errors = gradientCheck(net, raw, y);
    expect(errors).toStrictEqual(gradientCheck(newNet(), centered, y));
    expect(errors.W1).toBeLessThan(1e-2);
  });

  it('validates raw rows with the mean of the training rows', () => {
    const [a, b] = [newNet(), newNet()];
    const first = a.trainSync(centered, y, raw, y, options);
    const second = b.trainSync(centered, y, centered, y, options);
    expect(first.valAccHistory).toStrictEqual(second.valAccHistory);
    expect(first.valAccHistory.at(-1)).toBeGreaterThan(0.95);
  });

  it('keeps its mean when it is trained on rows without one: they are used as predictions use them', () => {
    const [a, b] = [newNet({ mean: offset }), newNet()];
    a.trainSync(raw, y, null, null, options);
    b.trainSync(centered, y, null, null, options);
    expect(a.params).toStrictEqual(b.params);
    expect(a.mean).toBe(offset);
  });

  it('is not changed by a training that is refused', async () => {
    const net = newNet();
    await expect(net.train(centered, y.slice(1), null, null, options)).rejects.toThrow(/200 labels for y/);
    expect(net.mean).toBeUndefined();
  });

  it('takes the class names of a data set, and keeps both in a stopped training and in a search', async () => {
    const data = new Dataset({ train: { X: raw, y }, inputSize: D, classNames }).split({ validation: 0.2 }).center();
    const net = newNet();
    const history = await net.train(data, options);
    expect(history.valAccHistory.length).toBeGreaterThan(0);
    expect(net).toMatchObject({ mean: data.mean, classNames });
    const state = trainingState(net, history);
    expect(state.mean).not.toBe(net.mean);
    const restored = restoreTraining(state, { backend });
    expect(restored.mean).toStrictEqual(data.mean);
    expect(restored.classNames).toStrictEqual(classNames);
    expect(restored.scores(raw)).toStrictEqual(net.scores(raw));
    const space = { hiddenSize: 8, batchSize: 50, learningRate: 0.5, learningRateDecay: 1, std: 0.5 };
    const { best } = await sweep(data, { space, numIters: 100, backend });
    expect(best?.net).toMatchObject({ mean: data.mean, classNames });
    expect(best && accuracy(best.net)).toBeGreaterThan(0.95);
  });

  it('trains on a data set as on its parts, and on the plain object that one is made from', async () => {
    const parts = { train: { X: centered, y }, validation: { X: centered.slice(0, 50), y: y.slice(0, 50) } };
    const [a, b, c] = [newNet(), newNet(), newNet()];
    const first = await a.train(Dataset.from(parts), options);
    const second = b.trainSync(parts, options);
    const third = c.trainSync(centered, y, parts.validation.X, parts.validation.y, options);
    expect(a.params).toStrictEqual(c.params);
    expect(b.params).toStrictEqual(c.params);
    expect(first.valAccHistory).toStrictEqual(third.valAccHistory);
    expect(second.valAccHistory).toStrictEqual(third.valAccHistory);
    expect(evaluate(a, parts.train)).toStrictEqual(evaluate(a, centered, y));
  });

  it('keeps its class names when it is trained on a data set without names', () => {
    const net = newNet({ classNames });
    net.trainSync({ train: { X: centered, y } }, options);
    expect(net.classNames).toBe(classNames);
    const unnamed = newNet();
    unnamed.trainSync(new Dataset({ train: { X: raw, y }, inputSize: D }).split({ validation: 0.5 }), options);
    expect(unnamed.classNames).toBeUndefined();
  });

  it('trains on a data set whose labels do not include its last classes', () => {
    const of = (numClasses: number) => new TwoLayerNet({ inputSize: D, hiddenSize: 8, numClasses, std: 0.5, backend });
    const [a, b] = [of(5), of(5)];
    a.trainSync({ train: { X: centered, y } }, options);
    b.trainSync(centered, y, null, null, options);
    expect(a.params).toStrictEqual(b.params);
  });

  it('refuses a data set of other classes, and options in the place of labels', async () => {
    const data = new Dataset({ train: { X: raw, y }, inputSize: D, numClasses: 3 });
    await expect(newNet().train(data, options)).rejects.toThrow(/at most 2 classes, .* but received one of 3/);
    const named = new Dataset({ train: { X: raw, y }, inputSize: D, classNames: ['a', 'b', 'c'] });
    await expect(newNet().train(named, options)).rejects.toThrow(/Expected 2 classNames, .* but received 3/);
    const tooLarge = { train: { X: raw, y: y.map((label, i) => (i === 7 ? 2 : label)) } };
    await expect(newNet().train(tooLarge, options)).rejects.toThrow(
      /from 0 to 1 for each label but received 2 at index 7/,
    );
    // @ts-expect-error options come second, not fifth
    await expect(newNet().train({ train: { X: raw, y } }, null, null, null, options)).rejects.toThrow(/come second/);
    // @ts-expect-error a part is not a data set
    await expect(newNet().train({ X: raw, y }, options)).rejects.toThrow(/rows, or a data set .* received an object/);
    // @ts-expect-error neither rows and labels nor a part
    expect(() => evaluate(newNet(), raw)).toThrow(/rows and labels, or a part of a data set/);
  });

  it.each<[string, object, string]>([
    ['a mean of another length', { mean: new Float64Array(3) }, 'ERR_SHAPE'],
    ['a mean that is null', { mean: null }, 'ERR_INVALID_TYPE'],
    ['class names that are an empty text', { classNames: '' }, 'ERR_INVALID_TYPE'],
    ['a mean of floats', { mean: new Float32Array(4) }, 'ERR_INVALID_TYPE'],
    ['a mean with a NaN', { mean: Float64Array.of(1, 2, Number.NaN, 4) }, 'ERR_NOT_FINITE'],
    ['too many class names', { classNames: ['a', 'b', 'c'] }, 'ERR_SHAPE'],
    ['a class name that is a number', { classNames: ['a', 1] }, 'ERR_INVALID_TYPE'],
  ])('cannot be made with %s', (_, more, code) => {
    expect(() => newNet(more)).toThrow(expect.objectContaining({ code }));
  });

  it('refuses a mean that was set to the wrong length later', () => {
    const net = newNet();
    net.mean = new Float64Array(3);
    expect(() => net.predict(raw)).toThrow(/4 numbers for the mean of X but received Float64Array\(3\)/);
  });
});

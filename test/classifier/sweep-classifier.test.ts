import { describe, expect, test } from 'vitest';
import { Classifier } from '../../src/classifier/classifier.js';
import { sweepClassifier } from '../../src/classifier/sweep-classifier.js';
import { Dataset } from '../../src/data/dataset.js';
import { Matrix } from '../../src/data/matrix.js';
import { RandomState } from '../../src/random/random-state.js';
import { describeOnBackends } from '../support/backends.js';
import { rejection } from '../support/training.js';

const random = new RandomState(5);
const labels = Array.from({ length: 120 }, (_, i) => ['ash', 'elm', 'oak'][i % 3]);
/** Columns of very different scales. */
const rows = labels.map((_, i) => [1e4 * ((i % 3) + random.randn()), 1e-3 * random.randn(), 7]);
const numIters = 60;

describeOnBackends('sweepClassifier', (backend) => {
  test('has in each trial the numbers of Classifier.fit on the rows that it held out, and keeps the best', async () => {
    const space = { learningRate: [1, 0.03], reg: 0.01, patience: [1, 0], hiddenSize: 8 };
    const found = await sweepClassifier(rows, labels, {
      space,
      numIters,
      seed: 3,
      seeds: 2,
      validation: 0.25,
      backend,
    });
    expect(found.results).toHaveLength(8);
    const y = labels.map((label) => ['ash', 'elm', 'oak'].indexOf(label));
    const data = new Dataset({ train: { X: rows, y }, classNames: ['ash', 'elm', 'oak'] });
    const held = data.split({ validation: 0.25 }, { random: new RandomState(3), stratify: true });
    expect(held.validation?.y).toHaveLength(30);
    const { learningRateDecay, init } = found.results[0].settings;
    expect({ learningRateDecay, init }).toEqual({ learningRateDecay: 1, init: 'he' });
    for (const { settings, seed, valAccuracy, iterations, loss } of found.results) {
      const { learningRate, reg, hiddenSize, batchSize, patience } = settings;
      const options = { learningRate, reg, hiddenSize, batchSize, patience, numIters, seed, backend };
      const fitted = await Classifier.fit(held, options);
      const { accuracy } = await fitted.evaluate(held.part('validation'));
      const { lossHistory } = fitted.history ?? { lossHistory: [] };
      expect({ valAccuracy, iterations, loss }).toEqual({
        valAccuracy: accuracy,
        iterations: lossHistory.length,
        loss: lossHistory.at(-1),
      });
      if (found.best?.result.id !== found.results.find((one) => one.loss === loss)?.id) continue;
      expect(found.classifier?.net.params).toEqual(fitted.net.params);
      expect(found.classifier?.predict(rows)).toEqual(fitted.predict(rows));
      expect(found.classifier?.scaler).toEqual(fitted.scaler);
    }
    expect(
      found.results.some(({ iterations }) => iterations < numIters),
      'patience ends some',
    ).toBe(true);
    expect(new Set(found.classifier?.predict(rows))).toEqual(new Set(['ash', 'elm', 'oak']));
  });

  test('has the same results with any number of threads, also when trials get more of them', async () => {
    const space = { learningRate: [0.1, 0.01], reg: 0.01, patience: 3, hiddenSize: 8, dtype: 'float64' } as const;
    const search = { space, numIters: 3000, backend };
    const numbers = async (threads: number) =>
      (await sweepClassifier(rows, labels, { ...search, threads })).results.map(({ seconds: _, ...result }) => result);
    expect(await numbers(3)).toEqual(await numbers(1));
  });
});

test('tries learning rates and regularization strengths around the defaults of Classifier.fit', async () => {
  const { search, classifier } = await sweepClassifier(rows, labels, { numIters, backend: 'js' });
  expect(search.space).toMatchObject({
    learningRate: [0.005, 0.0017, 0.015],
    optimizer: ['adam'],
    sampling: ['permutation'],
    reg: [0.01, 0.001, 0.1],
    hiddenSize: [64],
    batchSize: [8],
    init: ['he'],
    patience: [20],
    inputScale: [1],
  });
  expect(classifier?.settings).toMatchObject({ init: 'he', numIters });
  const halving = await sweepClassifier(rows, labels, { search: 'halving', numIters, backend: 'js' });
  expect(halving.search.space.patience).toEqual([0]);
  const few = { learningRate: 0.1, reg: 0.01 };
  const whole = await sweepClassifier(rows, labels, { space: { ...few, batchSize: 54 }, backend: 'js' });
  expect(whole.search.numIters, '200 epochs of 108 rows').toBe(400);
  const std = await sweepClassifier(rows, labels, { space: { ...few, std: 0.1 }, numIters, backend: 'js' });
  expect(std.search.space.init).toEqual(['std']);
});

test('trains on bytes as they are, with the scale that Classifier.fit finds', async () => {
  const bytes = Uint8Array.from({ length: 1200 }, (_, i) => ((i * 89) % 251) * Number(Math.floor(i / 10) % 3 === 0));
  const data = { train: { X: new Matrix(bytes, 10), y: labels.map((label) => Number(label === 'ash')) } };
  const space = { learningRate: 0.005, reg: 0.01 };
  const found = await sweepClassifier(data, { space, numIters, backend: 'js' });
  const held = new Dataset(data).split({ validation: 0.1 }, { random: new RandomState(0), stratify: true });
  const fitted = await Classifier.fit(held, { numIters, backend: 'js' });
  expect(found.best?.result.settings.inputScale).toBe(fitted.net.inputScale);
  expect(found.classifier?.net.params).toEqual(fitted.net.params);
  expect(found.classifier?.net.mean).toEqual(fitted.net.mean);
  expect(found.classifier?.classes).toEqual([0, 1]);
});

describe('what is wrong', () => {
  test.each([
    [{ lr: 0.1 }, 'ERR_UNKNOWN_OPTION', /sweepClassifier/],
    [{ space: { epochs: 3 } }, 'ERR_UNKNOWN_OPTION', /the search space/],
    [{ space: null }, 'ERR_INVALID_TYPE', /the search space/],
    [{ space: { inputScale: 2 } }, 'ERR_CONFLICT', /no inputScale in a search of classifiers/],
    [{ space: { init: 'he', std: 0.1 } }, 'ERR_CONFLICT', /no std beside init 'he'/],
    [{ space: { patience: [0, 3] }, search: 'halving' }, 'ERR_CONFLICT', /no patience in a halving/],
    [{ validation: 0 }, 'ERR_SHAPE', /validation rows/],
    [{ validation: -1 }, 'ERR_OUT_OF_RANGE', /validation/],
    [{ standardize: 'yes' }, 'ERR_INVALID_TYPE', /true or false for standardize/],
  ])('is said of %j', async (options, code, message) => {
    const error = await rejection(sweepClassifier(rows, labels, options as object));
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
  });
});

import { expect, it } from 'vitest';
import { Classifier } from '../../src/classifier/classifier.js';
import { Dataset } from '../../src/data/dataset.js';
import { datasetFromRecords } from '../../src/data/dataset-from-records.js';
import { saveModel } from '../../src/model/model.js';
import type { Model } from '../../src/model/model-types.js';
import { TwoLayerNet } from '../../src/net/two-layer-net.js';
import { plotArchitecture } from '../../src/report/pictures/plot-architecture.js';
import { describeOnBackends } from '../support/backends.js';
import { freshFolder } from '../support/temporary-folder.js';

const inFolder = freshFolder();
/** Rows in units that need scaling. */
const ROWS = Array.from({ length: 40 }, (_, i) => [1000 + i, i % 2 ? 1e6 : -1e6]);
const LABELS = ROWS.map(([, b]) => (b > 0 ? 'up' : 'down'));

describeOnBackends('classifier.prepare', (backend) => {
  it('predicts rows as they are, as the classifier does, whatever is trained later', async () => {
    const classifier = await Classifier.fit(ROWS, LABELS, { epochs: 5, backend });
    const predictor = classifier.prepare();
    const probabilities = classifier.probabilities(ROWS);
    const close = (values: ArrayLike<number>) =>
      expect(Array.from(values).every((value, i) => Math.abs(value - probabilities[i]) < 1e-5)).toBe(true);
    await classifier.partialFit(ROWS.slice(0, 9), LABELS.slice(0, 9).reverse(), { learningRate: 1 });
    expect(classifier.probabilities(ROWS)).not.toEqual(probabilities);
    close(predictor.probabilities(ROWS));
    close(await predictor.probabilitiesAsync(ROWS));
    expect(predictor.predict(ROWS)).toEqual(LABELS);
    expect(await predictor.predictAsync(ROWS)).toEqual(LABELS);
    expect(predictor.top(ROWS[1])).toMatchObject([{ label: 'up', name: 'up' }]);
    expect(predictor.classNames).toEqual(['down', 'up']);
    expect(() => predictor.predict([[1]])).toThrow(/numbers/);
    predictor.close();
    expect(predictor.closed).toBe(true);
    expect(() => predictor.top(ROWS[1])).toThrow(expect.objectContaining({ code: 'ERR_CLOSED' }));
  });

  it('reads rows of a table, and is closed by its Symbol.dispose', async () => {
    const records = LABELS.map((label, i) => ({ size: ROWS[i][1], label }));
    const data = await datasetFromRecords(records, { label: 'label' });
    const predictor = (await Classifier.fit(data, { epochs: 5, backend })).prepare();
    expect(predictor.predict([{ size: 1e6 }, { size: -1e6 }])).toEqual(['up', 'down']);
    predictor[Symbol.dispose]();
    expect(predictor.closed).toBe(true);
  });
});

it('a classifier has a summary and a drawing, and its errors name what to call', async () => {
  const classifier = await Classifier.fit(ROWS, LABELS, { epochs: 1, backend: 'js' });
  expect(classifier.summary()).toEqual(classifier.net.summary());
  expect(plotArchitecture(classifier).svg).toContain('up');
  const invalid = (message: RegExp) =>
    expect.objectContaining({ code: 'ERR_INVALID_TYPE', message: expect.stringMatching(message) });
  const construct = Classifier as unknown as new () => Classifier;
  expect(() => new construct()).toThrow(invalid(/Classifier\.fit.*, which make classifiers/));
  for (const nothing of [{}, classifier] as unknown as Model[])
    await expect(saveModel(inFolder('m'), nothing)).rejects.toEqual(
      invalid(/a net or a model.*classifier\.toModel\(\)/),
    );
  for (const fromModel of [TwoLayerNet.fromModel, Classifier.fromModel])
    expect(() => fromModel(undefined as unknown as Model)).toThrow(invalid(/a model that loadModel read/));
});

it('a data set in place of a part, and labels of another type than the classes, are named', async () => {
  const data = new Dataset({ train: { X: ROWS, y: LABELS.map((label) => (label === 'up' ? 1 : 0)) } });
  const classifier = await Classifier.fit(ROWS, LABELS, { epochs: 1, backend: 'js' });
  await expect(classifier.evaluate(data as never)).rejects.toThrow(/data\.part\('test'\)/);
  expect(() => classifier.predict(data as never)).toThrow(/data\.part\('test'\)\.X/);
  await expect(classifier.partialFit([[1, 2]], [1])).rejects.toThrow(/that of the classes, a string, but received 1/);
});

it('names of classes that are there twice are refused', () => {
  const twice = expect.objectContaining({ code: 'ERR_LABEL' });
  const classNames = ['a', 'a'];
  expect(() => new Dataset({ train: { X: [[1], [2]], y: [0, 1] }, classNames })).toThrow(twice);
  expect(() => new TwoLayerNet({ inputSize: 1, hiddenSize: 1, numClasses: 2, classNames })).toThrow(twice);
});

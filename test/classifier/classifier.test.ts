import { describe, expect, it } from 'vitest';
import { Classifier, type FitAbortedError } from '../../src/classifier/classifier.js';
import { Dataset } from '../../src/data/dataset.js';
import type { Label } from '../../src/data/labels.js';
import { Matrix } from '../../src/data/matrix.js';
import { encodeRows } from '../../src/data/tables/encode-rows.js';
import { loadModel } from '../../src/model/model.js';
import { TwoLayerNet } from '../../src/net/two-layer-net.js';
import { RandomState } from '../../src/random/random-state.js';
import { TrainingAbortedError } from '../../src/training/errors.js';
import { describeOnBackends } from '../support/backends.js';
import { freshFolder } from '../support/temporary-folder.js';
import { rejection } from '../support/training.js';

/** Rows whose class is the quadrant of their first two columns; the units of the columns differ by 10⁹. */
function quadrants(N: number, seed: number) {
  const draws = new RandomState(seed).randn(N * 3);
  const X = draws.map((value, i) => [value * 1e-4, 5 + value * 1e5, value][i % 3]);
  const classOf = (i: number) => (draws[3 * i] > 0 ? 2 : 0) + (draws[3 * i + 1] > 0 ? 1 : 0);
  return { X: new Matrix(X, 3), y: Array.from({ length: N }, (_, i) => classOf(i)) };
}

const NAMES = ['south west', 'north west', 'south east', 'north east'];
const folder = freshFolder();
const { X, y } = quadrants(600, 1);
const test = quadrants(300, 2);
const named = y.map((label) => NAMES[label]);

describeOnBackends('Classifier.fit', (backend) => {
  it('warns of columns of other units only when it must leave them as they are', async () => {
    const options = { backend, epochs: 5 };
    expect((await Classifier.fit(X, named, options)).history?.warnings).toStrictEqual([]);
    const plain = await Classifier.fit(X, named, { ...options, standardize: false, learningRate: 1e-12 });
    expect(plain.history?.warnings?.[0].code).toBe('WARN_COLUMN_SCALES');
  });

  it('learns rows of any units and labels of any names, with no option given', async () => {
    const classifier = await Classifier.fit(X, named, { backend });
    expect(classifier.classes).toEqual([...NAMES].sort());
    const { accuracy, confusion } = await classifier.evaluate(
      test.X,
      test.y.map((label) => NAMES[label]),
    );
    expect(accuracy).toBeGreaterThan(0.93);
    expect(confusion.flat().reduce((sum, count) => sum + count, 0)).toBe(300);
    expect(classifier.predict([[1e-4, 2e5, 0]])).toEqual(['north east']);
    const [first, second, ...others] = classifier.top([1e-4, 2e5, 0], 10);
    expect(first).toMatchObject({ label: 'north east', name: 'north east' });
    expect(first.probability).toBeGreaterThan(second.probability);
    expect(others).toHaveLength(2);
  });

  it('draws everything from its seed', async () => {
    const weights = async (options: object) => {
      const { net } = await Classifier.fit(X, named, { backend, epochs: 3, ...options });
      return net.params;
    };
    const first = await weights({ seed: 5 });
    expect(await weights({ seed: 5, threads: 1 })).toStrictEqual(first);
    expect(await weights({ random: new RandomState(5) })).toStrictEqual(first);
    expect((await weights({ seed: 6 })).W1).not.toStrictEqual(first.W1);
  });

  it('trains on bytes as they are', async () => {
    const bytes = Uint8Array.from(X.data, (value, i) => [128 + value * 4e5, (value - 5) / 2e3 + 128, 7][i % 3]);
    const classifier = await Classifier.fit(new Matrix(bytes, 3), named, { backend });
    expect(classifier.scaler).toBeUndefined();
    expect(classifier.net.mean?.[2]).toBe(7);
    expect((await classifier.evaluate(bytes, named)).accuracy).toBeGreaterThan(0.93);
  });
});

describe('Classifier.fit', () => {
  it.each<[string, Label[]]>([
    ['numbers', [7, -1.5]],
    ['booleans', [true, false]],
    ['BigInts', [10n, 2n]],
  ])('gives labels back as the %s that they were', async (_, [positive, negative]) => {
    const labels = y.map((label) => (label > 1 ? positive : negative));
    const classifier = await Classifier.fit(X, labels, { epochs: 30 });
    expect(
      classifier.predict([
        [3e-4, 5, 0],
        [-3e-4, 5, 0],
      ]),
    ).toEqual([positive, negative]);
    const file = folder('model.safetensors');
    await classifier.save(file);
    expect((await Classifier.load(file)).classes).toEqual(classifier.classes);
  });

  it('holds rows out of the training rows, with each class in proportion, and stops by them', async () => {
    const { history } = await Classifier.fit(X, named);
    const epochs = history?.valLossHistory?.length ?? 0;
    expect(epochs).toBeLessThan(200);
    expect(history?.bestIteration).toBeGreaterThan(0);
    const whole = await Classifier.fit(X, named, { validation: 0, epochs: 4 });
    expect(whole.history?.valAccHistory).toEqual([]);
  });

  it('uses the validation rows of a data set, and its class names', async () => {
    const data = new Dataset({ train: { X, y }, validation: { X: test.X, y: test.y }, classNames: NAMES });
    const classifier = await Classifier.fit(data, { epochs: 5, patience: 0 });
    expect(classifier.classes).toEqual(NAMES);
    expect(classifier.history?.valAccHistory).toHaveLength(5);
    expect((await classifier.evaluate(data.part('validation'))).accuracy).toBeGreaterThan(0.7);
  });

  it('learns from thousands of columns that say nearly the same', async () => {
    const D = 10_000;
    const random = new RandomState(4);
    const labels = Array.from({ length: 60 }, (_, i) => i % 2);
    const wide = labels.map((label) => {
      const common = random.randn() + 4 * label;
      return Float32Array.from({ length: D }, (_, d) => common + Math.sin(d + label));
    });
    const classifier = await Classifier.fit(wide, labels, { epochs: 20 });
    expect(classifier.settings?.learningRate).toBe(7.5e-5);
    expect((await classifier.evaluate(wide, labels)).accuracy).toBeGreaterThan(0.9);
  });

  it('accepts the settings of a net and of its training', async () => {
    const { net, settings, history } = await Classifier.fit(X, named, {
      hiddenSize: 5,
      std: 0.1,
      numIters: 7,
      batchSize: 30,
      dtype: 'float64',
    });
    expect(net).toMatchObject({ hiddenSize: 5, dtype: 'float64' });
    expect(history?.lossHistory).toHaveLength(7);
    expect(settings).toMatchObject({ init: 'std', std: 0.1, batchSize: 30 });
  });

  it.each<[string, () => Promise<unknown>, string, RegExp]>([
    [
      'a seed beside a stream',
      () => Classifier.fit(X, named, { seed: 1, random: new RandomState(1) }),
      'ERR_CONFLICT',
      /either a seed or a random/,
    ],
    ['an unknown option', () => Classifier.fit(X, named, { lr: 1 } as object), 'ERR_UNKNOWN_OPTION', /"lr"/],
    ['labels that are missing', () => Classifier.fit(X, undefined as never), 'ERR_INVALID_TYPE', /labels for the rows/],
    ['epochs beside iterations', () => Classifier.fit(X, named, { epochs: 2, numIters: 3 }), 'ERR_CONFLICT', /epochs/],
    ['a share of 1.5 rows', () => Classifier.fit(X, named, { validation: 1.5 }), 'ERR_OUT_OF_RANGE', /validation/],
    ['NaN', () => Classifier.fit([[1], [Number.NaN]], ['a', 'b']), 'ERR_NOT_FINITE', /row 1, column 0/],
  ])('refuses %s', async (_, train, code, message) => {
    const error = await rejection(train());
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });

  it('ends when its signal says so, with the classifier as it is then', async () => {
    const abort = new AbortController();
    const training = Classifier.fit(X, named, {
      signal: abort.signal,
      epochs: 1e6,
      patience: 0,
      onProgress: () => abort.abort(),
    });
    const error = await training.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TrainingAbortedError);
    const { classifier, history, message } = error as FitAbortedError;
    expect(message).toMatch(/^Training was aborted after \d+ of \d+ iterations$/);
    expect(classifier.history).toBe(history);
    expect(history.lossHistory.length).toBeGreaterThan(0);
    expect(classifier.predict([[1e-4, 2e5, 0]])).toHaveLength(1);
  });
});

describe('a saved Classifier', () => {
  it('predicts the same, to the last bit', async () => {
    const classifier = await Classifier.fit(X, named, { epochs: 20 });
    const file = folder('model.safetensors');
    await classifier.save(file);
    const loaded = await Classifier.load(file);
    expect(loaded.probabilities(test.X)).toStrictEqual(classifier.probabilities(test.X));
    expect(await loaded.predictAsync(test.X)).toEqual(classifier.predict(test.X));
    expect(loaded.scaler).toStrictEqual(classifier.scaler);
    expect(loaded.history?.lossHistory).toEqual(classifier.history?.lossHistory);
    const model = await loadModel(file);
    expect(() => TwoLayerNet.fromModel(model)).toThrow(/that of a Classifier: use Classifier.fromModel/);
  });

  it('keeps the columns of a table, and encodes rows with them', async () => {
    const columns = [
      { name: 'size', type: 'number' },
      { name: 'colour', type: 'category', categories: ['blue', 'red'] },
    ] as const;
    const rows = Array.from({ length: 60 }, (_, i) => ({ size: i % 7, colour: i % 2 === 0 ? 'red' : 'blue' }));
    const labels = rows.map(({ colour }) => (colour === 'red' ? 0 : 1));
    const data = new Dataset({
      train: { X: encodeRows(columns, rows), y: labels },
      classNames: ['warm', 'cold'],
      columns,
    });
    const classifier = await Classifier.fit(data);
    const file = folder('model.safetensors');
    await classifier.save(file);
    const loaded = await Classifier.load(file);
    expect(loaded.columns).toEqual(columns);
    expect(loaded.predict([{ size: 3, colour: 'red' }, [3, 'blue']])).toEqual(['warm', 'cold']);
    expect(() => loaded.predict([{ size: 3, colour: 'green' }])).toThrow(/green/);
  });
});

describe('classes that have no rows', () => {
  const rows = [[1], [2], [3], [4]];

  it.each<[string, unknown[]]>([
    ['labels', [rows, ['z', 'z', 'z', 'z']]],
    ['a data set', [new Dataset({ train: { X: rows, y: [1, 1, 1, 1] }, classNames: ['a', 'z'] })]],
    ['declared', [rows, ['z', 'z', 'z', 'z'], { classes: ['z'] }]],
  ])('a single class is refused: %s', async (_, args) => {
    const train = Classifier.fit as (...args: unknown[]) => Promise<Classifier>;
    await expect(train(...args)).rejects.toMatchObject({
      code: 'ERR_LABEL',
      message: expect.stringContaining('at least two classes but received only "z"'),
    });
  });

  it('are warned of, unless they were declared', async () => {
    const options = { backend: 'js', epochs: 1, validation: 0 } as const;
    const { history } = await Classifier.fit({ train: { X: rows, y: [1, 2, 3, 1] } }, options);
    expect(history?.warnings?.[0]).toMatchObject({ code: 'WARN_EMPTY_CLASS', message: expect.stringContaining('"0"') });
    const declared = await Classifier.fit(rows, ['a', 'a', 'b', 'b'], { ...options, classes: ['a', 'b', 'c'] });
    expect(declared.history?.warnings).toEqual([]);
  });
});

/** D and C are never guessed from lengths, and one-hot labels are named, wherever rows and labels enter. */
import { describe, expect, it } from 'vitest';
import { backendInfo } from '../../src/backend/choose.js';
import { Classifier } from '../../src/classifier/classifier.js';
import { crossValidate } from '../../src/classifier/cross-validate.js';
import { sweepClassifier } from '../../src/classifier/sweep-classifier.js';
import { Dataset } from '../../src/data/dataset.js';
import { Matrix } from '../../src/data/matrix.js';
import { evaluate, evaluateAsync } from '../../src/net/evaluation.js';
import { gradientCheck } from '../../src/net/gradient-check.js';
import { TwoLayerNet } from '../../src/net/two-layer-net.js';
import { RandomState } from '../../src/random/random-state.js';
import { makeReport } from '../../src/report/document/make-report.js';
import { sweep } from '../../src/tune/sweep.js';
import type { LabelsInput } from '../../src/validation/labels.js';
import { rejection } from '../support/training.js';

const [N, D, C] = [60, 4, 3];
const flat = Float32Array.from(new RandomState(1).randn(N * D));
const nested = Array.from({ length: N }, (_, i) => [...flat.subarray(D * i, D * i + D)]);
const y = Array.from({ length: N }, (_, i) => i % C);
const fitting = { backend: 'js', epochs: 1, hiddenSize: 4 } as const;
const search = { backend: 'js', numIters: 2, space: { hiddenSize: 4, batchSize: 10, learningRate: 0.1 } } as const;
const net = () => new TwoLayerNet({ inputSize: D, hiddenSize: 4, numClasses: C, backend: 'js' });
const classifier = () => Classifier.fit(nested, y, fitting);

/** The entries that nobody has told D; each with the option or field that does. */
const untold: Record<string, (X: Matrix | Float32Array | number[][], given?: object) => unknown> = {
  Dataset: (X, given) => new Dataset({ train: { X, y }, ...given }),
  'Dataset.from': (X, given) => Dataset.from({ train: { X, y }, ...given }),
  'Classifier.fit': (X, given) => Classifier.fit(X, y, { ...fitting, ...given }),
  'Classifier.fit of data': (X, given) => Classifier.fit({ train: { X, y } }, { ...fitting, ...given }),
  crossValidate: (X, given) => crossValidate(X, y, { ...fitting, folds: 2, ...given }),
  sweep: (X, given) => sweep({ train: { X, y }, validation: { X, y }, ...given }, search),
  sweepClassifier: (X, given) => sweepClassifier(X, y, { ...search, ...given }),
};

describe.each(Object.entries(untold))('%s', (_, call) => {
  it('refuses a flat array of rows unless D is said', async () => {
    const error = await rejection(Promise.resolve().then(() => call(flat)));
    expect(error).toMatchObject({ name: 'RangeError', code: 'ERR_SHAPE' });
    expect(error.message).toMatch(
      /rows of a known length for (train\.)?X, .*Matrix\(X, D\).*inputSize: D.*Float32Array\(240\)/,
    );
    await call(flat, { inputSize: D });
    await call(new Matrix(flat, D));
    await call(nested, { inputSize: D });
  });

  it('refuses rows of another length than was said, and a D that does not fit the labels', async () => {
    for (const [X, inputSize] of [
      [new Matrix(flat, D), D + 1],
      [nested, D + 1],
      [flat, 2 * D],
      [flat, D / 2],
      [flat, D + 3],
    ] as const) {
      const error = await rejection(Promise.resolve().then(() => call(X, { inputSize })));
      expect(error).toMatchObject({ name: 'RangeError', code: 'ERR_SHAPE' });
    }
    const error = await rejection(Promise.resolve().then(() => call(flat, { inputSize: 0 })));
    expect(error).toMatchObject({ code: 'ERR_OUT_OF_RANGE' });
  });
});

it('refuses records as rows, and says what makes a data set of them', async () => {
  const error = await rejection(Classifier.fit([{ a: 1 }, { a: 2 }] as unknown as number[][], [0, 1]));
  expect(error.code).toBe('ERR_INVALID_TYPE');
  expect(error.message).toMatch(/an array of numbers for row 0 of X .*datasetFromRecords/);
});

it('refuses a flat list of numbers as rows', () => {
  const X = [1, 2, 3, 4] as unknown as number[][];
  expect(() => new Dataset({ train: { X, y: [0, 1] } })).toThrow(
    /an array of numbers for row 0 of train.X but .* 1: a flat array .*typed/,
  );
});

it('takes flat arrays where a net knows D', async () => {
  const data = { train: { X: flat, y }, validation: { X: flat, y } };
  const [a, b] = [net(), net()];
  await a.train(data, { numIters: 2, batchSize: 10 });
  b.trainSync(flat, y, flat, y, { numIters: 2, batchSize: 10 });
  expect(a.params).toStrictEqual(b.params);
  const report = makeReport({ net: a, data, backend: backendInfo('js') });
  expect(report.data).toMatchObject({ inputSize: D, trainRows: N });
  expect(evaluate(a, data.train)).toStrictEqual(evaluate(a, nested, y));
  const fitted = await classifier();
  expect(await fitted.evaluate(flat, y)).toStrictEqual(await fitted.evaluate(nested, y));
});

it('knows C from the labels that occur, not from lengths', () => {
  expect(new Dataset({ train: { X: nested, y: y.map(() => 6) } }).numClasses).toBe(7);
  expect(new Dataset({ train: { X: nested, y }, numClasses: 5 }).numClasses).toBe(5);
});

/** Every entry of labels. */
const entries: Record<string, (labels: LabelsInput) => unknown> = {
  Dataset: (labels) => new Dataset({ train: { X: nested, y: labels } }),
  'a part of a Dataset': (labels) => new Dataset({ train: { X: nested, y }, test: { X: nested, y: labels } }),
  'net.train': (labels) => net().train(flat, labels),
  'net.train, validation': (labels) => net().train(flat, y, flat, labels),
  'net.train of data': (labels) => net().train({ train: { X: flat, y: labels } }),
  'net.loss': (labels) => net().loss(flat, labels),
  gradientCheck: (labels) => gradientCheck(net(), flat, labels),
  evaluate: (labels) => evaluate(net(), flat, labels),
  evaluateAsync: (labels) => evaluateAsync(net(), { X: flat, y: labels }),
  'Classifier.fit': (labels) => Classifier.fit(nested, labels as number[], fitting),
  'Classifier.fit, declared': (labels) =>
    Classifier.fit(nested, labels as number[], { ...fitting, classes: [2, 1, 0] }),
  'Classifier.fit of data': (labels) => Classifier.fit({ train: { X: nested, y: labels } }, fitting),
  'classifier.evaluate': async (labels) => (await classifier()).evaluate(nested, labels as number[]),
  'classifier.evaluate of a part': async (labels) => (await classifier()).evaluate({ X: nested, y: labels }),
  'classifier.partialFit': async (labels) => (await classifier()).partialFit(nested, labels as number[]),
  crossValidate: (labels) => crossValidate(nested, labels as number[], fitting),
  sweep: (labels) => sweep({ train: { X: nested, y: labels }, validation: { X: nested, y } }, search),
  sweepClassifier: (labels) => sweepClassifier(nested, labels as number[], search),
};
const rowsOfOne = y.map((label) => Array.from({ length: C }, (_, c) => Number(c === label)));
const oneHot = {
  'lists of zeros and a one': rowsOfOne,
  'typed lists': rowsOfOne.map((row) => Uint8Array.from(row)),
  'lists of false and true': rowsOfOne.map((row) => row.map(Boolean)),
  'typed lists of BigInts': rowsOfOne.map((row) => BigInt64Array.from(row, BigInt)),
  'a flat typed array': Float32Array.from(rowsOfOne.flat()),
  'a flat list': rowsOfOne.flat(),
  'a Matrix': new Matrix(Uint8Array.from(rowsOfOne.flat()), C),
};

describe.each(Object.entries(entries))('%s', (_, call) => {
  it.each(Object.entries(oneHot))('names one-hot labels: %s', async (_form, labels) => {
    const error = await rejection(Promise.resolve().then(() => call(labels as unknown as LabelsInput)));
    expect(error).toMatchObject({ name: 'RangeError', code: 'ERR_LABEL' });
    expect(error.message).toMatch(/labels look one-hot: give the class of each row, e\.g\. .*indexOf\((1n?|true)\)/);
  });

  it.each([
    ['a label too few', y.slice(1), 'ERR_SHAPE', /60 labels/],
    ['a label too many', [...y, 0], 'ERR_SHAPE', /60 labels/],
    ['twice as many', [...y, ...y], 'ERR_SHAPE', /60 labels/],
    ['as many as numbers', Int32Array.from(flat, () => 0), 'ERR_SHAPE', /60 labels/],
    ['none', [], 'ERR_SHAPE', /60 labels/],
    ['a list of other lists', y.map((label) => [label, 1]), /^ERR_(LABEL|INVALID_TYPE)$/, /an array of 2 at index 0/],
    ['an object', { 0: 1, length: N }, 'ERR_INVALID_TYPE', /an array of 60 labels/],
  ])('refuses %s', async (_what, labels, code, message) => {
    const error = await rejection(Promise.resolve().then(() => call(labels as unknown as LabelsInput)));
    expect(error.code).toMatch(code);
    expect(error.message).toMatch(message);
    expect(error.message).not.toMatch(/one-hot/);
  });
});

it('shows code that makes class indices of one-hot labels', () => {
  for (const labels of Object.values(oneHot)) {
    const call = () => new Dataset({ train: { X: nested, y: labels as unknown as LabelsInput } });
    let code = '';
    expect(() => call()).toThrow(expect.objectContaining({ message: expect.stringMatching(/e\.g\. /) }));
    try {
      call();
    } catch (error) {
      code = (error as Error).message.split('e.g. ')[1];
    }
    expect(new Function('y', `return ${code}`)(labels)).toEqual(y);
  }
});

/** Labels of another kind, where class indices are needed. */
const otherKinds: [string, unknown, RegExp, RegExp][] = [
  ['BigInts', y.map(BigInt), /0n at index 0/, /Array\.from\((train\.)?y, Number\)/],
  [
    'a typed array of BigInts',
    BigInt64Array.from(y, BigInt),
    /BigInt64Array\(60\)/,
    /Array\.from\((train\.)?y, Number\)/,
  ],
  ['numbers as text', y.map(String), /"0" at index 0/, /Array\.from\((train\.)?y, Number\)/],
  ['words', y.map((label) => 'abc'[label]), /"a" at index 0/, /the index of each class, or train a Classifier/],
  ['false and true', y.map((label) => label > 0), /false at index 0/, /Array\.from\((train\.)?y, Number\)/],
];
const taking = ['Dataset', 'net.train', 'net.train of data', 'net.loss', 'gradientCheck', 'evaluate', 'evaluateAsync'];

describe.each([...taking, 'Classifier.fit of data', 'classifier.evaluate of a part', 'sweep'])('%s', (name) => {
  it.each(otherKinds)('says what makes class indices of %s', async (_kind, labels, given, remedy) => {
    const error = await rejection(Promise.resolve().then(() => entries[name](labels as LabelsInput)));
    expect(error.code).toMatch(/^ERR_(LABEL|INVALID_TYPE)$/);
    expect(error.message).toMatch(/for (train\.)?y|of (train\.)?y/);
    expect(error.message).toMatch(given);
    expect(error.message).toMatch(remedy);
  });

  it('says that indices begin with 0, or that there is no such class, and derives no number of classes', async () => {
    const labels = y.map((label) => label - 1);
    const error = await rejection(Promise.resolve().then(() => entries[name](labels)));
    expect(error).toMatchObject({ code: 'ERR_LABEL' });
    expect(error.message).toMatch(/-1 at index 0 of (train\.)?y/);
    expect(error.message).not.toMatch(/2147483646/);
  });
});

it('says of labels that begin with 1 where class indices begin', async () => {
  const error = await rejection(net().train({ train: { X: nested, y: y.map((label) => label + 1) } }));
  expect(error.message).toMatch(
    /3 at index 2 of train\.y: class indices begin with 0, so that of 3 classes the last is 2/,
  );
});

it('takes no labels for class indices that are too large for them', () => {
  const labels = y.with(3, 2 ** 31 - 2);
  const data = { train: { X: nested, y: labels } };
  const message = expect.stringMatching(/numClasses, but received 2147483646 at index 3/);
  expect(() => new Dataset(data)).toThrow(expect.objectContaining({ code: 'ERR_LABEL', message }));
  expect(new Dataset({ ...data, numClasses: 2 ** 31 - 1 }).numClasses).toBe(2 ** 31 - 1);
});

/** Every entry of rows with labels, and of rows alone. */
const rowEntries: Record<string, (X: number[][]) => unknown> = {
  Dataset: (X) => new Dataset({ train: { X, y } }),
  'net.train': (X) => net().train(X, y),
  'net.train of data': (X) => net().train({ train: { X, y } }),
  'net.loss': (X) => net().loss(X, y),
  'net.predict': (X) => net().predict(X),
  'net.predictAsync': (X) => net().predictAsync(X),
  evaluate: (X) => evaluate(net(), X, y),
  evaluateAsync: (X) => evaluateAsync(net(), X, y),
  'Classifier.fit': (X) => Classifier.fit(X, y, fitting),
  'Classifier.ensemble': (X) => Classifier.ensemble(X, y, 2, fitting),
  'classifier.predict': async (X) => (await classifier()).predict(X),
  'classifier.evaluate': async (X) => (await classifier()).evaluate(X, y),
  'classifier.partialFit': async (X) => (await classifier()).partialFit(X, y),
  crossValidate: (X) => crossValidate(X, y, { ...fitting, folds: 2 }),
  sweep: (X) => sweep({ train: { X, y }, validation: { X, y } }, search),
  sweepClassifier: (X) => sweepClassifier(X, y, search),
};

describe.each(Object.entries(rowEntries))('%s names the rows, and not the labels,', (_, call) => {
  it.each([
    ['an object', {}, 'ERR_INVALID_TYPE', /a Matrix, a typed array or an array of rows for (train\.)?(X|rows) but/],
    ['no rows', [], 'ERR_SHAPE', /at least one row for (train\.)?(X|rows) but received an empty array/],
    ['a flat list', [...flat], 'ERR_INVALID_TYPE', /numbers for row 0 of (train\.)?(X|rows) but received 1\.6.*typed/],
    ['a row without numbers', [[]], 'ERR_SHAPE', /for row 0 of (train\.)?(X|rows) but received an array of 0/],
    ['records', nested.map(() => ({ a: 1 })), 'ERR_INVALID_TYPE', /numbers.* but received an object \(Object\)/],
  ])('when they are %s', async (_what, X, code, message) => {
    const error = await rejection(Promise.resolve().then(() => call(X as number[][])));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });
});

it('says that rows may be of another length where the labels fit such rows', async () => {
  const wide = new TwoLayerNet({ inputSize: 2, hiddenSize: 4, numClasses: C, backend: 'js' });
  const read = /120 labels for y, .*: the rows were read as 120 of 2 numbers; 60 rows would have 4 numbers each/;
  for (const call of [
    () => wide.train(flat, y),
    () => evaluateAsync(wide, flat, y),
    () => Classifier.fit(new Matrix(flat, 2), y, fitting),
  ]) {
    const error = await rejection(Promise.resolve().then<unknown>(call));
    expect(error).toMatchObject({ code: 'ERR_SHAPE' });
    expect(error.message).toMatch(read);
  }
});

it('says that a data set which is still being read is to be awaited', async () => {
  const promised = Promise.resolve(new Dataset({ train: { X: nested, y } }));
  const error = await rejection(Classifier.fit(promised as unknown as Dataset, fitting));
  expect(error).toMatchObject({ code: 'ERR_INVALID_TYPE', message: expect.stringMatching(/await loadDataset/) });
});

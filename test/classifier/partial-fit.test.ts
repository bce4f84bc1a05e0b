import { describe, expect, it } from 'vitest';
import { Classifier } from '../../src/classifier/classifier.js';
import { sweepClassifier } from '../../src/classifier/sweep-classifier.js';
import { Dataset } from '../../src/data/dataset.js';
import { Matrix } from '../../src/data/matrix.js';
import { encodeRows } from '../../src/data/tables/encode-rows.js';
import { TwoLayerNet } from '../../src/net/two-layer-net.js';
import { RandomState } from '../../src/random/random-state.js';
import { copyParameters } from '../../src/validation/parameters.js';
import { describeOnBackends } from '../support/backends.js';
import { freshFolder } from '../support/temporary-folder.js';
import { rejection, rows } from '../support/training.js';

const { X, y } = rows(400);
const D = 7;
const NAMES = ['low', 'middle', 'high'];
const named = y.map((label) => NAMES[label]);
const part = (from: number, to: number) => [X.subarray(from * D, to * D), named.slice(from, to)] as const;
const folder = freshFolder();
const begin = { epochs: 2, validation: 0, classes: NAMES };

describeOnBackends('partialFit', (backend) => {
  it.each(['sgd', 'adam'] as const)('goes on after a search whose best trial has optimizer %s', async (optimizer) => {
    const space = { optimizer, hiddenSize: 4, ...(optimizer === 'sgd' && { momentum: 0.9 }) };
    const { classifier } = await sweepClassifier(...part(0, 120), { space, numIters: 10, inputSize: D, backend });
    const history = await classifier?.partialFit(...part(120, 200));
    expect(history?.lossHistory.length).toBeGreaterThan(0);
  });

  it('makes one epoch of the training that it continues, on rows scaled as the first', async () => {
    const classifier = await Classifier.fit(...part(0, 100), {
      ...begin,
      inputSize: D,
      backend,
      reg: 0.02,
      learningRate: 0.03,
      optimizer: 'sgd',
    });
    const { scaler, net, history } = classifier;
    const same = new TwoLayerNet({
      inputSize: D,
      hiddenSize: 64,
      numClasses: 3,
      backend,
      params: copyParameters(net.params),
    });
    same.random.setState(net.random.getState());
    const [more, labels] = part(100, 260);
    const record = await classifier.partialFit(more, labels);
    const scaled = Float32Array.from(
      more,
      (value, i) => (value - (scaler?.mean[i % D] ?? 0)) * (scaler?.scale[i % D] ?? 0),
    );
    await same.train(scaled, y.slice(100, 260), null, null, {
      epochs: 1,
      batchSize: 8,
      learningRate: 0.03,
      reg: 0.02,
      learningRateDecay: 1,
      optimizer: 'sgd',
      sampling: 'permutation',
    });
    expect(record.lossHistory).toHaveLength(20);
    expect(net.params).toStrictEqual(same.params);
    expect(classifier.scaler).toBe(scaler);
    expect(classifier.history).toBe(history);
  });

  it.each([
    ['adam', {}],
    ['adamw', {}],
    ['sgd', { momentum: 0.9 }],
    ['sgd', {}],
  ] as const)('in pieces is one training, to the last bit: %s %o', async (optimizer, more) => {
    const options = { ...begin, backend, inputSize: D, optimizer, ...more, classWeights: { low: 3 } };
    const whole = await Classifier.fit(...part(0, 100), { ...options, epochs: 5 });
    const fitted = await Classifier.fit(...part(0, 100), options);
    await fitted.partialFit(...part(0, 100));
    const { lossHistory } = await fitted.partialFit(...part(0, 100), { epochs: 2 });
    expect(lossHistory).toEqual(whole.history?.lossHistory?.slice(-lossHistory.length));
    expect(fitted.net.params).toStrictEqual(whole.net.params);
  });

  it('goes on with the optimizer’s state on other numbers of rows, and after an abort', async () => {
    const [one, other] = await Promise.all(
      [0, 1].map(() => Classifier.fit(...part(0, 100), { ...begin, inputSize: D, backend })),
    );
    for (const classifier of [one, other]) {
      const stop = { signal: AbortSignal.abort() };
      await expect(classifier.partialFit(...part(100, 260), stop)).rejects.toMatchObject({ code: 'ABORT_ERR' });
    }
    // Without the state, the first steps would be as large as those of a new training.
    for (const slot of other.net.slots) for (const values of Object.values(slot)) values.fill(0);
    const first = await one.partialFit(...part(100, 260));
    const second = await other.partialFit(...part(100, 260));
    expect(first.lossHistory).toHaveLength(20);
    expect(first.lossHistory[0]).toBe(second.lossHistory[0]);
    expect(first.lossHistory[2]).not.toBe(second.lossHistory[2]);
  });

  it('learns classes that the first rows lacked', async () => {
    const first = [...y.keys()].filter((row) => row < 200 && y[row] !== 2);
    const rowsOf = (indices: number[]) => indices.map((row) => X.slice(row * D, row * D + D));
    const classifier = await Classifier.fit(
      rowsOf(first),
      first.map((row) => named[row]),
      { ...begin, backend, epochs: 20 },
    );
    expect(classifier.classes).toEqual(NAMES);
    const recall = async () => (await classifier.evaluate(...part(200, 400))).classes[2].recall;
    expect(await recall()).toBe(0);
    for (let pass = 0; pass < 20; pass++) await classifier.partialFit(...part(0, 200));
    expect(await recall()).toBeGreaterThan(0.8);
  });

  it.each(['numbers', 'bytes'])('continues a loaded classifier of %s as if it had not been saved', async (kind) => {
    const bytes = new Matrix(
      Uint8Array.from(X, (value) => Math.min(255, Math.max(0, 128 + 40 * value))),
      D,
    );
    const data = kind === 'bytes' ? bytes : new Matrix(X, D);
    const classifier = await Classifier.fit(data, named, { backend, epochs: 2, reg: 0.003, optimizer: 'sgd' });
    const file = folder('model.safetensors');
    await classifier.save(file);
    const loaded = await Classifier.load(file, { backend });
    const options = () => ({ random: new RandomState(3), epochs: 2, batchSize: 20 });
    const record = await loaded.partialFit(data, named, options());
    expect(record.lossHistory).toEqual((await classifier.partialFit(data, named, options())).lossHistory);
    expect(loaded.net.params).toStrictEqual(classifier.net.params);
    expect(record.lossHistory.at(-1)).toBeLessThan(1);
  });
});

describe('partialFit', () => {
  it('encodes rows of a table with the first columns', async () => {
    const columns = [
      { name: 'size', type: 'number' },
      { name: 'color', type: 'category', categories: ['blue', 'red'] },
    ] as const;
    const table = Array.from({ length: 40 }, (_, i) => ({ size: i % 7, color: i % 2 === 0 ? 'red' : 'blue' }));
    const labels = table.map(({ color }) => (color === 'red' ? 'warm' : 'cold'));
    const train = { X: encodeRows(columns, table), y: labels.map((label) => (label === 'warm' ? 1 : 0)) };
    const data = new Dataset({ train, classNames: ['cold', 'warm'], columns });
    const classifier = await Classifier.fit(data, { epochs: 1 });
    await classifier.partialFit(table, labels, { epochs: 30 });
    expect(classifier.predict([{ size: 3, color: 'red' }])).toEqual(['warm']);
  });

  it.each<[string, (classifier: Classifier) => Promise<unknown>, string, RegExp]>([
    ['a label that is not declared', (one) => one.partialFit([[1, 2]], ['other']), 'ERR_LABEL', /'other'|"other"/],
    ['rows of another length', (one) => one.partialFit([[1, 2, 3]], ['a']), 'ERR_SHAPE', /2/],
    ['labels for other rows', (one) => one.partialFit([[1, 2]], ['a', 'b']), 'ERR_SHAPE', /label/],
    ['no epoch', (one) => one.partialFit([[1, 2]], ['a'], { epochs: 0 }), 'ERR_OUT_OF_RANGE', /epochs/],
    [
      'an unknown option',
      (one) => one.partialFit([[1, 2]], ['a'], { seed: 1 } as object),
      'ERR_UNKNOWN_OPTION',
      /"seed"/,
    ],
  ])('refuses %s, and leaves the net as it was', async (_, train, code, message) => {
    const classifier = await Classifier.fit(
      [
        [1, 2],
        [3, 1],
      ],
      ['a', 'b'],
      { epochs: 1 },
    );
    const before = copyParameters(classifier.net.params);
    const error = await rejection(train(classifier));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(classifier.net.params).toStrictEqual(before);
  });

  it.each<[string, unknown, string, RegExp]>([
    ['a class twice', ['a', 'b', 'a'], 'ERR_LABEL', /more than once/],
    ['no class', [], 'ERR_INVALID_TYPE', /classes/],
    ['classes of two types', ['a', 1], 'ERR_INVALID_TYPE', /one type/],
    ['classes without one that occurs', ['a', 'c'], 'ERR_LABEL', /"b"|'b'/],
  ])('Classifier.fit refuses %s', async (_, classes, code, message) => {
    const error = await rejection(Classifier.fit([[1], [2]], ['a', 'b'], { classes } as object));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });
});

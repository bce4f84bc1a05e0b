/** The options of a training in `Classifier.fit`. */
import { describe, expect, it } from 'vitest';
import { Classifier } from '../../src/classifier/classifier.js';
import { crossValidate } from '../../src/classifier/cross-validate.js';
import type { ClassifierOptions } from '../../src/classifier/options.js';
import { Dataset } from '../../src/data/dataset.js';
import { RandomState } from '../../src/random/random-state.js';
import { rejection } from '../support/training.js';

const random = new RandomState(8);
const NAMES = ['ham', 'spam'];
/** Twenty rows of spam among 200. */
const labels = Array.from({ length: 200 }, (_, i) => NAMES[Number(i % 10 === 0)]);
const rows = labels.map((label) => [random.randn() + Number(label === 'spam'), random.randn()]);
const brief = { backend: 'js', epochs: 3, hiddenSize: 6 } satisfies ClassifierOptions;

describe('Classifier.fit', () => {
  it('uses Adam on permutations by default, or gradient descent with a rate for it', async () => {
    const { settings, history } = await Classifier.fit(rows, labels, brief);
    expect(settings).toMatchObject({ optimizer: 'adam', sampling: 'permutation', learningRate: 0.005, reg: 0.01 });
    expect(settings).toMatchObject({ learningRateDecay: 1, schedule: 'decay' });
    expect(Object.keys(settings ?? {})).not.toContain('momentum');
    expect(history?.optimizer).toBe('adam');
    const plain = await Classifier.fit(rows, labels, { ...brief, optimizer: 'sgd', momentum: 0.5 });
    expect(plain.settings).toMatchObject({ optimizer: 'sgd', learningRate: 0.1, momentum: 0.5 });
  });

  it('draws with replacement if minibatches are larger than the training rows', async () => {
    const { settings } = await Classifier.fit(rows, labels, { ...brief, batchSize: 500 });
    expect(settings?.sampling).toBe('replacement');
    const few = await Classifier.fit(rows.slice(0, 3), ['a', 'b', 'a'], { ...brief, validation: 0 });
    expect(few.settings).toMatchObject({ batchSize: 3, sampling: 'permutation' });
  });

  it('takes schedules, also as objects and functions', async () => {
    const object = await Classifier.fit(rows, labels, { ...brief, schedule: { kind: 'cosine', warmup: 2 } });
    expect(object.settings).toMatchObject({ schedule: 'cosine', warmup: 2, finalRate: 0 });
    const custom = await Classifier.fit(rows, labels, { ...brief, schedule: () => 0.002 });
    expect(new Set(custom.history?.learningRateHistory)).toStrictEqual(new Set([0.002]));
    expect(custom.settings?.schedule).toBe('a function');
  });

  it('weighs classes by their names, all classes alike, and rows', async () => {
    const whole = { ...brief, epochs: 30, patience: 0 } as const;
    const spamIn = async (options: ClassifierOptions) => {
      const classifier = await Classifier.fit(rows, labels, { ...whole, ...options });
      return classifier.predict(rows).filter((label) => label === 'spam').length;
    };
    const plain = await spamIn({});
    expect(await spamIn({ classWeights: 'balanced' })).toBeGreaterThan(plain + 20);
    expect(await spamIn({ classWeights: { spam: 10 } })).toBeGreaterThan(plain + 20);
    expect(await spamIn({ classWeights: [1, 10] })).toBe(await spamIn({ classWeights: { spam: 10 } }));
    // Of the rows that are held out, no weight is used: the others keep their own.
    const sampleWeights = labels.map((label) => (label === 'spam' ? 10 : 1));
    expect(await spamIn({ sampleWeights })).toBe(await spamIn({ classWeights: { spam: 10 } }));
    const judged = await crossValidate(rows, labels, { ...whole, folds: 4, sampleWeights });
    const byClass = await crossValidate(rows, labels, { ...whole, folds: 4, classWeights: { spam: 10 } });
    expect(judged).toStrictEqual(byClass);
  });

  it('changes pictures at random', async () => {
    const X = Uint8Array.from({ length: 240 }, (_, i) => (i * 89) % 251);
    const y = Array.from({ length: 20 }, (_, i) => i % 2);
    const data = new Dataset({ train: { X, y }, inputSize: 12, imageShape: { height: 2, width: 2, channels: 3 } });
    const { history } = await Classifier.fit(data, { ...brief, flip: true, shift: 1, dropout: 0.1 });
    expect(history?.noiseSeed).toBeGreaterThanOrEqual(0);
  });

  it.each<[ClassifierOptions, string, RegExp]>([
    [{ momentum: 0.9 }, 'ERR_CONFLICT', /^momentum 0\.9 only .*, but optimizer is "adam", the default/],
    [{ weightDecay: 0.1 }, 'ERR_CONFLICT', /^weightDecay 0\.1 only .*, but optimizer is "adam"/],
    [{ learningRateDecay: 0.9, schedule: 'step' }, 'ERR_CONFLICT', /^learningRateDecay 0\.9 .* schedule is "step"/],
    [{ classWeights: { eggs: 1 } }, 'ERR_CONFLICT', /classes \(ham, spam\).* received "eggs"/],
    [{ sampleWeights: [1, 2, 3] }, 'ERR_SHAPE', /200 sampleWeights, one for each training row, but received 3/],
    [{ sampleWeights: 'balanced' as never }, 'ERR_INVALID_TYPE', /for sampleWeights but received "balanced"/],
    [{ sampling: 'permutation', batchSize: 1000 }, 'ERR_CONFLICT', /batchSize of at most 180/],
    [{ flip: true }, 'ERR_CONFLICT', /imageShape for flip/],
    [{ schedule: () => Number.NaN }, 'ERR_NOT_FINITE', /the schedule returned NaN/],
    [{ callbacks: [{ onProgress: 3 as never }] }, 'ERR_INVALID_TYPE', /callbacks\[0\]\.onProgress but received 3/],
  ])('refuses %o', async (options, code, message) => {
    const error = await rejection(Classifier.fit(rows, labels, { ...brief, ...options }));
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
  });
});

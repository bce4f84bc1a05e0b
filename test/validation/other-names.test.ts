/** Options by the names that other libraries have for them. */
import { describe, expect, test } from 'vitest';
import { Classifier } from '../../src/classifier/classifier.js';
import { crossValidate } from '../../src/classifier/cross-validate.js';
import { CLASSIFIER_OPTIONS } from '../../src/classifier/options.js';
import { NET_OPTIONS } from '../../src/net/options.js';
import { TwoLayerNet } from '../../src/net/two-layer-net.js';
import { TRAIN_OPTIONS } from '../../src/training/options.js';
import { sweep } from '../../src/tune/sweep.js';
import { MEANT_OPTIONS, meaningOf } from '../../src/validation/other-names.js';

const rows = [[0], [1], [2], [3]];
const labels = [0, 1, 0, 1];
const sizes = { inputSize: 1, hiddenSize: 2, numClasses: 2 };
const data = { train: { X: rows, y: labels }, validation: { X: rows, y: labels } };

/** What takes options. */
const CALLS = {
  train: (options) => new TwoLayerNet(sizes).train(rows, labels, null, null, options),
  create: (options) => TwoLayerNet.create({ ...sizes, ...options }),
  fit: (options) => Classifier.fit(rows, labels, options),
  search: (options) => sweep(data, options),
  space: (options) => sweep(data, { space: options }),
  folds: (options) => crossValidate(rows, labels, options),
} satisfies Record<string, (options: object) => unknown>;
type Call = keyof typeof CALLS;

describe('the right name is told', () => {
  test.each<[Call, string, string, string]>([
    ['train', 'lr', 'the options of train', 'learningRate'],
    ['train', 'learning_rate', 'the options of train', 'learningRate'],
    ['train', 'learning_rate_init', 'the options of train', 'learningRate'],
    ['train', 'alpha', 'the options of train', 'reg'],
    ['train', 'weight_decay', 'the options of train', 'reg'],
    ['train', 'nesterovs_momentum', 'the options of train', 'nesterov'],
    ['train', 'solver', 'the options of train', 'optimizer'],
    ['train', 'lr_scheduler', 'the options of train', 'schedule'],
    ['train', 'warmup_steps', 'the options of train', 'warmup'],
    ['train', 'dropout_rate', 'the options of train', 'dropout'],
    ['train', 'label_smoothing', 'the options of train', 'labelSmoothing'],
    ['train', 'max_norm', 'the options of train', 'clipNorm'],
    ['train', 'clipnorm', 'the options of train', 'clipNorm'],
    ['train', 'max_grad_norm', 'the options of train', 'clipNorm'],
    ['train', 'shuffle', 'the options of train', 'sampling'],
    ['train', 'callback', 'the options of train', 'callbacks'],
    ['fit', 'class_weight', 'the options of Classifier.fit', 'classWeights'],
    ['fit', 'sample_weight', 'the options of Classifier.fit', 'sampleWeights'],
    ['space', 'weight_decay', 'the search space', 'reg'],
    ['train', 'max_iter', 'the options of train', 'epochs'],
    ['train', 'n_epochs', 'the options of train', 'epochs'],
    ['train', 'iterations', 'the options of train', 'numIters'],
    ['train', 'batch_size', 'the options of train', 'batchSize'],
    ['train', 'random_state', 'the options of train', 'random'],
    ['train', 'n_iter_no_change', 'the options of train', 'patience'],
    ['create', 'hidden_layer_sizes', 'the options of TwoLayerNet', 'hiddenSize'],
    ['create', 'units', 'the options of TwoLayerNet', 'hiddenSize'],
    ['create', 'seed', 'the options of TwoLayerNet', 'random'],
    ['create', 'n_jobs', 'the options of TwoLayerNet', 'threads'],
    ['fit', 'hidden_layer_sizes', 'the options of Classifier.fit', 'hiddenSize'],
    ['fit', 'random_state', 'the options of Classifier.fit', 'seed'],
    ['fit', 'validation_fraction', 'the options of Classifier.fit', 'validation'],
    ['fit', 'verbose', 'the options of Classifier.fit', 'onProgress'],
    ['space', 'lr', 'the search space', 'learningRate'],
    ['folds', 'cv', 'the options of crossValidate', 'folds'],
  ])('%s: %s', async (call, given, place, name) => {
    const error = await failure(call, given);
    expect(error.code).toBe('ERR_UNKNOWN_OPTION');
    expect(error.message).toBe(`Unknown option "${given}" in ${place}: did you mean ${name}?`);
  });
});

test.each<[Call, string, RegExp]>([
  ['train', 'l1', /: an L1 penalty is not supported, reg is the strength of an L2 penalty; valid options are l/],
  ['create', 'activation', /: there is no choice of activations, the net is affine, ReLU, affine, softmax; valid /],
  [
    'create',
    'lr',
    /: it is called learningRate in this package, and does not belong here; valid options are inputSize/,
  ],
  [
    'train',
    'units',
    /: it is called hiddenSize in this package, and does not belong here; valid options are learningR/,
  ],
])('what does not exist, or not there, is explained: %s %s', async (call, given, message) => {
  const error = await failure(call, given);
  expect(error.code).toBe('ERR_UNKNOWN_OPTION');
  expect(error.message).toMatch(message);
});

test.each<[Call, object, RegExp]>([
  ['search', { epochs: 5 }, /a search counts iterations, .*: numIters is epochs times the rows divided by batchSize$/],
  ['space', { epochs: 5 }, /it is the same for all trials: give it beside space, as numIters$/],
  ['space', { numIters: 5 }, /give it beside space/],
  ['search', { learningRate: 0.1 }, /it is a setting to try: space: \{ learningRate: … \}$/],
  ['train', { schedule: { type: 'cosine' } }, /Unknown option "type" in schedule: did you mean kind\?$/],
  ['train', { schedule: { kind: 'step', gamma: 0.1 } }, /did you mean factor\?$/],
  ['train', { schedule: { kind: 'cosine', finalRate: 0.1 } }, /did you mean final\?$/],
])('what is meant here is told: %s %o', async (call, options, message) => {
  const error = await failureOf(call, options);
  expect(error).toMatchObject({ code: 'ERR_UNKNOWN_OPTION', message: expect.stringMatching(message) });
});

test.each<[Call, object, string]>([
  ['train', { optimizer: 'Adam' }, '"adam"'],
  ['train', { optimizer: 'AdamW' }, '"adamw"'],
  ['train', { optimizer: 'gradient descent' }, '"sgd"'],
  ['create', { init: 'glorot' }, '"xavier"'],
  ['create', { init: 'kaiming_normal' }, '"he"'],
  ['create', { init: 'He' }, '"he"'],
  ['create', { dtype: 'fp32' }, '"float32"'],
  ['train', { schedule: 'CosineAnnealingLR' }, '"cosine"'],
  ['train', { schedule: { kind: 'cosin' } }, '"cosine"'],
  ['train', { sampling: 'shuffle' }, '"permutation"'],
  ['train', { classWeights: 'balance' }, '"balanced"'],
  ['fit', { monitor: 'val_accuracy' }, '"accuracy"'],
  ['search', { search: 'hyperband' }, '"halving"'],
  ['space', { optimizer: ['sgd', 'Adam'] }, '"adam"'],
  ['train', { dropout: 50 }, '0.5'],
  ['train', { inputDropout: 20 }, '0.2'],
  ['train', { momentum: 90 }, '0.9'],
  ['fit', { labelSmoothing: 10 }, '0.1'],
  ['train', { learningRate: '0.1' }, 'the number 0.1'],
  ['train', { batchSize: '32' }, 'the number 32'],
])('the value that is meant is told: %s %o', async (call, options, meant) => {
  const { message } = await failureOf(call, options);
  expect(message).toMatch(/^Expected .* but received .*: did you mean /);
  expect(message.endsWith(`: did you mean ${meant}?`)).toBe(true);
});

test.each<[Call, object]>([
  ['train', { optimizer: 'rmsprop' }],
  ['train', { dropout: 1.5 }],
  ['train', { dropout: 1000 }],
  ['train', { learningRate: 'fast' }],
  ['train', { batchSize: '32.5' }],
])('nothing is told that nobody can mean: %s %o', async (call, options) => {
  expect((await failureOf(call, options)).message).not.toContain('did you mean');
});

test('a decay of weights is decoupled with AdamW, and otherwise a part of the loss', () => {
  const options = ['reg', 'weightDecay'];
  expect(meaningOf('weight_decay', options)).toMatchObject({ option: 'reg' });
  expect(meaningOf('weight_decay', options, 'adam')).toMatchObject({ option: 'reg' });
  expect(meaningOf('weight_decay', options, 'adamw')).toMatchObject({ option: 'weightDecay' });
  const net = new TwoLayerNet({ ...sizes, backend: 'js' });
  const given = { optimizer: 'adamw', weight_decay: 0.1 } as object;
  expect(() => net.trainSync(rows, labels, null, null, given)).toThrow(/did you mean weightDecay\?/);
});

test('every name means an option that exists', () => {
  const all: readonly string[] = [...NET_OPTIONS, ...TRAIN_OPTIONS, ...CLASSIFIER_OPTIONS, 'folds', 'test'];
  expect(MEANT_OPTIONS.filter((name) => !all.includes(name))).toStrictEqual([]);
});

const failure = (call: Call, option: string) => failureOf(call, { [option]: 1 });

async function failureOf(call: Call, options: object): Promise<Error & { code?: string }> {
  try {
    await CALLS[call](options);
  } catch (error) {
    return error as Error;
  }
  return expect.fail('the option was accepted');
}

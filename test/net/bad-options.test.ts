import { describe, expect, it } from 'vitest';
import { gradientCheck } from '../../src/net/gradient-check.js';
import type { TwoLayerNetOptions } from '../../src/net/options.js';
import { TwoLayerNet } from '../../src/net/two-layer-net.js';
import { RandomState } from '../../src/random/random-state.js';
import { describeOnBackends } from '../support/backends.js';
import {
  as,
  type BadOption,
  badNumbers,
  COUNTS,
  count,
  expectRefusal,
  labels,
  nameFor,
  notOptions,
  rows,
  sizes,
  thrownBy,
} from '../support/bad-input.js';

const badTrainOptions: readonly BadOption[] = [
  ...badNumbers('numIters', count, COUNTS),
  ...badNumbers('batchSize', count, COUNTS),
  ['batchSize', 1e9, 'ERR_OUT_OF_RANGE', 'Expected at most 1073741824 numbers for a minibatch of 1000000000 rows'],
  ...badNumbers('learningRate', 'a finite number above 0', [0, -1e-3]),
  ...badNumbers('learningRateDecay', 'a finite number above 0', [0, -0.95]),
  ...badNumbers('reg', 'a finite number of at least 0', [-1e-9]),
  ...badNumbers('progressInterval', 'an integer from 0 to 1000000000', [-1, 1e10, 0.5]),
  ['verbose', 1, 'ERR_INVALID_TYPE', 'Expected true or false for verbose but received 1'],
  ['verbose', null, 'ERR_INVALID_TYPE', 'Expected true or false for verbose but received null'],
  ['random', 5, 'ERR_INVALID_TYPE', 'Expected a RandomState for random but received 5'],
  ['random', null, 'ERR_INVALID_TYPE', 'Expected a RandomState for random but received null'],
  ['onProgress', 'log', 'ERR_INVALID_TYPE', 'Expected a function for onProgress but received "log"'],
  ['onProgress', null, 'ERR_INVALID_TYPE', 'Expected a function for onProgress but received null'],
  [
    'signal',
    { aborted: true },
    'ERR_INVALID_TYPE',
    'Expected an AbortSignal for signal but received an object (Object)',
  ],
  ['signal', new AbortController(), 'ERR_INVALID_TYPE', 'but received an object (AbortController)'],
  [
    'learning_rate',
    1,
    'ERR_UNKNOWN_OPTION',
    'Unknown option "learning_rate" in the options of train: did you mean learningRate?',
  ],
  ['batchsize', 1, 'ERR_UNKNOWN_OPTION', 'Unknown option "batchsize" in the options of train: did you mean batchSize?'],
  ['num_iters', 1, 'ERR_UNKNOWN_OPTION', 'did you mean numIters?'],
  ['momentumAndMoreOfThat', 1, 'ERR_UNKNOWN_OPTION', 'valid options are learningRate, reg, batchSize, '],
];

const badNetOptions: readonly BadOption[] = [
  ...(['inputSize', 'hiddenSize', 'numClasses'] as const).flatMap((name): BadOption[] => [
    ...badNumbers(name, count, COUNTS),
    [name, undefined, 'ERR_INVALID_TYPE', `Expected ${count} for ${name} but received undefined`],
  ]),
  // Each is within range, but together they need 8 TiB.
  [
    'hiddenSize',
    2 ** 30,
    'ERR_OUT_OF_RANGE',
    'Expected at most 1073741824 numbers for inputSize · hiddenSize (4 · 1073741824)',
  ],
  [
    'numClasses',
    2 ** 30,
    'ERR_OUT_OF_RANGE',
    'numbers for hiddenSize · numClasses (5 · 1073741824) but received 5368709120',
  ],
  ...badNumbers('std', 'a finite number of at least 0', [-1e-4]),
  ...badNumbers('threads', 'an integer from 1 to 1024', [0, -1, 1.5, 1025]),
  [
    'dtype',
    'float16',
    'ERR_INVALID_TYPE',
    'Expected one of "float32", "float64", "bfloat16" for dtype but received "float16"',
  ],
  ['dtype', null, 'ERR_INVALID_TYPE', 'for dtype but received null'],
  [
    'backend',
    'cuda',
    'ERR_INVALID_TYPE',
    'Expected one of "auto", "native", "wasm", "js" for backend but received "cuda"',
  ],
  ['backend', null, 'ERR_INVALID_TYPE', 'for backend but received null'],
  ['random', 0, 'ERR_INVALID_TYPE', 'Expected a RandomState for random but received 0'],
  ['random', null, 'ERR_INVALID_TYPE', 'Expected a RandomState for random but received null'],
  ['params', null, 'ERR_INVALID_TYPE', 'Expected an object of W1, b1, W2 and b2 for params but received null'],
  ['params', {}, 'ERR_INVALID_TYPE', 'Expected a Float32Array for params.W1 but received undefined'],
  [
    'hidden_size',
    5,
    'ERR_UNKNOWN_OPTION',
    'Unknown option "hidden_size" in the options of TwoLayerNet: did you mean hiddenSize?',
  ],
  ['thread', 5, 'ERR_UNKNOWN_OPTION', 'did you mean threads?'],
  ['activationFunction', 'tanh', 'ERR_UNKNOWN_OPTION', 'valid options are inputSize, numClasses, hiddenSize, '],
];

describeOnBackends('bad options are refused', (backend) => {
  it.each(badTrainOptions)('of train: %s %o', async (name, value, code, message) => {
    const options = as<object>({ [name]: value });
    await expectRefusal(backend, (net) => net.train(rows, labels, rows, labels, options), code, message);
    await expectRefusal(backend, (net) => net.trainSync(rows, labels, null, null, options), code, message);
  });

  it.each(notOptions)('%s for options', async (_, value, code, message) => {
    const options = as<object>(value);
    await expectRefusal(backend, (net) => net.train(rows, labels, null, null, options), code, message);
    await expectRefusal(backend, (net) => net.loss(rows, labels, options), code, message);
    await expectRefusal(backend, (net) => gradientCheck(net, rows, labels, options), code, message);
  });

  it.each<BadOption>([
    ...badNumbers('reg', 'a finite number of at least 0', [-1]),
    ['regs', 1, 'ERR_UNKNOWN_OPTION', 'Unknown option "regs" in the options of loss: did you mean reg?'],
  ])('of loss: %s %o', async (name, value, code, message) => {
    await expectRefusal(backend, (net) => net.loss(rows, labels, as<object>({ [name]: value })), code, message);
  });

  it.each<BadOption>([
    ...badNumbers('reg', 'a finite number of at least 0', [-1]),
    ...badNumbers('step', 'a finite number above 0', [0, -1]),
    ...badNumbers('samples', 'an integer of at least 1', [0, 1.5]),
    ['sample', 1, 'ERR_UNKNOWN_OPTION', 'in the options of gradientCheck: did you mean samples?'],
  ])('of gradientCheck: %s %o', async (name, value, code, message) => {
    const options = as<object>({ [name]: value });
    await expectRefusal(backend, (net) => gradientCheck(net, rows, labels, options), code, message);
  });
});

describe('bad options of a new net are refused before anything is drawn', () => {
  it.each(badNetOptions)('%s %o', (name, value, code, message) => {
    const random = new RandomState(9);
    const before = random.getState();
    const options = { ...sizes, random, backend: 'js' as const, [name]: value };
    const error = thrownBy(() => new TwoLayerNet(as<TwoLayerNetOptions>(options)));
    expect(error).toMatchObject({ name: nameFor(code), code });
    expect(error.message).toContain(message);
    expect(random.getState()).toStrictEqual(before);
  });

  it.each(notOptions)('%s for options', (_, value, code, message) => {
    const error = thrownBy(() => new TwoLayerNet(as<TwoLayerNetOptions>(value)));
    expect(error).toMatchObject({ code });
    expect(error.message).toMatch(message);
  });

  it('no options', () => {
    expect(thrownBy(() => new TwoLayerNet(as<TwoLayerNetOptions>(undefined))).code).toBe('ERR_INVALID_TYPE');
  });
});

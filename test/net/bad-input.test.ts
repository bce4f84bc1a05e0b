import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import type { ParameterArrays } from '../../binding.js';
import type { BackendName } from '../../src/backend/choose.js';
import { tryToLoad } from '../../src/backend/native/native.js';
import { Matrix } from '../../src/data/matrix.js';
import { gradientCheck } from '../../src/net/gradient-check.js';
import { TwoLayerNet, type TwoLayerNetOptions } from '../../src/net/two-layer-net.js';
import { RandomState } from '../../src/random/random-state.js';
import type { ErrorCode } from '../../src/validation/errors.js';
import { copyOf, describeOnBackends } from '../support/backends.js';

/** A bad value, the error's code, and what its message says. */
type Bad = readonly [what: string, value: unknown, code: ErrorCode, message: RegExp];

/** `array` after its memory went to somebody else. */
function detached<T extends Float32Array | Float64Array | Uint8Array | Int32Array>(array: T): T {
  structuredClone(array, { transfer: [array.buffer as ArrayBuffer] });
  return array;
}

function withDetachedMean(): Matrix {
  const mean = new Float64Array(4);
  const matrix = new Matrix(new Uint8Array(8), 4, { mean });
  detached(mean);
  return matrix;
}

/** A matrix over memory that has shrunk since. */
function shrunk(): Matrix {
  // ES2024's resizable buffers, which Node has and the language level here does not.
  const Buffer = ArrayBuffer as unknown as new (
    bytes: number,
    options: { maxByteLength: number },
  ) => ArrayBuffer & { resize(bytes: number): void };
  const buffer = new Buffer(32, { maxByteLength: 64 });
  const matrix = new Matrix(new Float32Array(buffer), 4);
  buffer.resize(16);
  return matrix;
}

/** Two rows of four numbers with `value` at one place. */
function spoiled(value: number, index: number, length = 8): Float32Array {
  const array = new Float32Array(length);
  array[index] = value;
  return array;
}

const typed = /Expected a Matrix, a typed array or an array of rows for \w+ but received/;

/** For two rows of four numbers. */
const badRows: readonly Bad[] = [
  ['nothing', undefined, 'ERR_INVALID_TYPE', typed],
  ['a string', 'rows', 'ERR_INVALID_TYPE', /but received "rows"/],
  ['a number', 4, 'ERR_INVALID_TYPE', typed],
  ['an object', { data: [] }, 'ERR_INVALID_TYPE', /but received an object \(Object\)/],
  ['bytes without a type', new ArrayBuffer(32), 'ERR_INVALID_TYPE', /an object \(ArrayBuffer\)/],
  ['a DataView', new DataView(new ArrayBuffer(32)), 'ERR_INVALID_TYPE', /an object \(DataView\)/],
  ['64-bit integers', new BigInt64Array(8), 'ERR_INVALID_TYPE', /BigInt64Array\(8\)/],
  ['numbers without rows', [1, 2, 3, 4], 'ERR_INVALID_TYPE', /an array of 4 numbers for row 0 of \w+ but received 1/],
  ['no numbers', new Float32Array(0), 'ERR_SHAPE', /N·4 numbers.*Float32Array\(0\)/],
  ['half a row too much', new Float64Array(10), 'ERR_SHAPE', /N·4 numbers.*Float64Array\(10\)/],
  ['no rows', [], 'ERR_SHAPE', /at least one row for \w+ but received an empty array/],
  [
    'ragged rows',
    [
      [1, 2, 3, 4],
      [5, 6, 7],
    ],
    'ERR_SHAPE',
    /Expected 4 numbers for row 1 of \w+ .* an array of 3/,
  ],
  ['rows of another width', new Matrix(new Uint8Array(10), 5), 'ERR_SHAPE', /Expected 4 numbers per row .* 5 columns/],
  ['a row that is none', [[1, 2, 3, 4], null], 'ERR_INVALID_TYPE', /row 1 of \w+ but received null/],
  ['a string in a row', [[1, 2, '3', 4]], 'ERR_INVALID_TYPE', /a number at \[0\]\[2\] of \w+ but received "3"/],
  // biome-ignore lint/suspicious/noSparseArray: the hole is what is tested
  ['a hole in a row', [[1, , 3, 4]], 'ERR_INVALID_TYPE', /\[0\]\[1\] of \w+ but received undefined/],
  ['a bigint in a row', [[1, 2, 3, 4n]], 'ERR_INVALID_TYPE', /\[0\]\[3\] of \w+ but received 4n/],
  ['a NaN', spoiled(Number.NaN, 6), 'ERR_NOT_FINITE', /finite numbers for \w+ but received NaN at row 1, column 2/],
  ['an infinity', spoiled(Number.POSITIVE_INFINITY, 0), 'ERR_NOT_FINITE', /received Infinity at row 0, column 0/],
  ['a NaN far down', spoiled(Number.NaN, 39_999, 40_000), 'ERR_NOT_FINITE', /NaN at row 9999, column 3/],
  [
    'a NaN in nested rows',
    [
      [1, 2, 3, 4],
      [5, Number.NaN, 7, 8],
    ],
    'ERR_NOT_FINITE',
    /NaN at row 1, column 1/,
  ],
  [
    'an infinity in a Matrix',
    new Matrix(Float64Array.of(0, 0, 0, Number.NEGATIVE_INFINITY), 4),
    'ERR_NOT_FINITE',
    /-Infinity at row 0, column 3/,
  ],
  [
    'rows that went away',
    detached(new Float32Array(8)),
    'ERR_DETACHED',
    /\w+ but received one whose buffer is detached/,
  ],
  ['bytes that went away', detached(new Uint8Array(8)), 'ERR_DETACHED', /buffer is detached/],
  ['a Matrix whose mean went away', withDetachedMean(), 'ERR_DETACHED', /for the mean of \w+ but received one whose/],
  ['a Matrix whose memory shrank', shrunk(), 'ERR_SHAPE', /Expected 8 numbers for \w+ but its buffer now holds 4/],
];

const each = /an integer from 0 to 2 for each label but received/;

/** For the labels of two rows, of three classes. */
const badLabels: readonly Bad[] = [
  ['a string', 'ab', 'ERR_INVALID_TYPE', /an array of 2 labels for \w+ but received "ab"/],
  ['a number', 1, 'ERR_INVALID_TYPE', /an array of 2 labels for \w+ but received 1/],
  ['an object', { 0: 1, 1: 1, length: 2 }, 'ERR_INVALID_TYPE', /an object \(Object\)/],
  ['64-bit integers', new BigInt64Array(2), 'ERR_INVALID_TYPE', /BigInt64Array\(2\)/],
  ['too few', [0], 'ERR_SHAPE', /Expected 2 labels for \w+, one per row, but received an array of 1/],
  ['too many', new Uint8Array(3), 'ERR_SHAPE', /Expected 2 labels for \w+, one per row, but received Uint8Array\(3\)/],
  ['none', [], 'ERR_SHAPE', /but received an array of 0/],
  ['a class above the last', [0, 3], 'ERR_LABEL', /received 3 at index 1 of \w+/],
  ['a class below the first', [-1, 0], 'ERR_LABEL', /received -1 at index 0 of \w+/],
  ['a byte above the last class', Uint8Array.of(2, 200), 'ERR_LABEL', /received 200 at index 1/],
  ['half a class', Float32Array.of(0, 0.5), 'ERR_LABEL', /received 0.5 at index 1/],
  ['NaN', [Number.NaN, 0], 'ERR_LABEL', /received NaN at index 0/],
  ['infinity', Float64Array.of(0, Number.POSITIVE_INFINITY), 'ERR_LABEL', /received Infinity at index 1/],
  ['beyond 32 bits', [0, 2 ** 32], 'ERR_LABEL', /received 4294967296 at index 1/],
  ['a string among them', [0, '1'], 'ERR_LABEL', /received "1" at index 1/],
  ['a bigint among them', [0, 1n], 'ERR_LABEL', /received 1n at index 1/],
  // biome-ignore lint/suspicious/noSparseArray: the hole is what is tested
  ['a hole', [0, ,], 'ERR_LABEL', each],
  [
    'labels that went away',
    detached(new Int32Array(2)),
    'ERR_DETACHED',
    /\w+ but received one whose buffer is detached/,
  ],
];

const notNumbers: readonly (readonly [unknown, ErrorCode, string])[] = [
  ['7', 'ERR_INVALID_TYPE', '"7"'],
  [null, 'ERR_INVALID_TYPE', 'null'],
  [[3], 'ERR_INVALID_TYPE', 'an array of 1'],
  [Number.NaN, 'ERR_NOT_FINITE', 'NaN'],
  [Number.POSITIVE_INFINITY, 'ERR_NOT_FINITE', 'Infinity'],
];

/** A bad option by its name: what is given, the code, what was expected. */
type BadOption = readonly [name: string, value: unknown, code: ErrorCode, message: string];

/** What is no number at all, and the numbers out of range, for one numeric option. */
function badNumbers(name: string, expected: string, outOfRange: readonly number[]): BadOption[] {
  const range = outOfRange.map((value) => [value, 'ERR_OUT_OF_RANGE', String(value)] as const);
  return [...notNumbers, ...range].map(([value, code, shown]) => [
    name,
    value,
    code,
    `Expected ${expected} for ${name} but received ${shown}`,
  ]);
}

const count = 'an integer from 1 to 2147483647';
const COUNTS = [0, -1, 1.5, 2 ** 31];

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
  ['momentumAndMoreOfThat', 1, 'ERR_UNKNOWN_OPTION', 'known are numIters, batchSize, learningRate, '],
];

const notOptions: readonly Bad[] = [
  ['null', null, 'ERR_INVALID_TYPE', /Expected an object for the options of \w+ but received null/],
  ['a number', 3, 'ERR_INVALID_TYPE', /but received 3/],
  ['an array', [], 'ERR_INVALID_TYPE', /but received an array of 0/],
  ['a typed array', new Float32Array(1), 'ERR_INVALID_TYPE', /but received Float32Array\(1\)/],
  ['a function', Boolean, 'ERR_INVALID_TYPE', /but received a function \(Boolean\)/],
];

const sizes = { inputSize: 4, hiddenSize: 5, numClasses: 3 };

const badNetOptions: readonly BadOption[] = [
  ...(['inputSize', 'hiddenSize', 'numClasses'] as const).flatMap((name): BadOption[] => [
    ...badNumbers(name, count, COUNTS),
    [name, undefined, 'ERR_INVALID_TYPE', `Expected ${count} for ${name} but received undefined`],
  ]),
  // Within range each, and more than memory together: 8 TiB.
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
  ['backend', 'cuda', 'ERR_INVALID_TYPE', 'Expected one of "auto", "native", "js" for backend but received "cuda"'],
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
  ['activationFunction', 'tanh', 'ERR_UNKNOWN_OPTION', 'known are inputSize, hiddenSize, numClasses, '],
];

/** A net of the sizes above. */
function newNet(backend: BackendName): TwoLayerNet {
  return new TwoLayerNet({ ...sizes, std: 0.5, random: new RandomState(1), backend, threads: 2 });
}

const rows = new Float32Array([1, 2, 3, 4, -1, -2, -3, -4]);
const labels = [0, 2];

type Caught = { name: string; code?: ErrorCode; message: string };

function thrownBy(call: () => unknown): Caught {
  try {
    call();
  } catch (error) {
    return error as Caught;
  }
  return expect.fail('nothing was thrown');
}

/** TypeError for a wrong kind of thing, RangeError for a wrong value of the right kind. */
function nameFor(code: ErrorCode): string {
  return ['ERR_INVALID_TYPE', 'ERR_UNKNOWN_OPTION', 'ERR_DETACHED'].includes(code) ? 'TypeError' : 'RangeError';
}

/** Calls with something bad, and expects the error and that the net is as it was and can train. */
async function expectRefusal(
  backend: BackendName,
  call: (net: TwoLayerNet) => unknown,
  code: ErrorCode,
  message: RegExp | string,
): Promise<void> {
  const net = newNet(backend);
  const before = { params: copyOf(net.params), random: net.random.getState() };
  let error: Caught | undefined;
  try {
    await call(net);
  } catch (thrown) {
    error = thrown as Caught;
  }
  expect(error).toMatchObject({ name: nameFor(code), code });
  if (typeof message === 'string') expect(error?.message).toContain(message);
  else expect(error?.message).toMatch(message);
  expect({ params: copyOf(net.params), random: net.random.getState() }).toStrictEqual(before);
  expect(net.trainSync(rows, labels, null, null, { numIters: 1, batchSize: 1 }).lossHistory).toHaveLength(1);
}

// What is given here is not what the types allow.
const as = <T>(value: unknown): T => value as T;

describeOnBackends('bad rows are refused', (backend) => {
  it.each(badRows)('%s', async (_, X, code, message) => {
    const bad = as<Float32Array>(X);
    const calls: ((net: TwoLayerNet) => unknown)[] = [
      (net) => net.scores(bad),
      (net) => net.predict(bad),
      (net) => net.loss(bad, labels),
      (net) => net.trainSync(bad, labels),
      (net) => net.train(bad, labels),
    ];
    // Without validation rows there is none to check.
    if (bad !== undefined) calls.push((net) => net.train(rows, labels, bad, labels));
    for (const call of calls) await expectRefusal(backend, call, code, message);
  });

  it('by the name of the argument', () => {
    const net = newNet(backend);
    const bad = spoiled(Number.NaN, 1);
    expect(thrownBy(() => net.trainSync(bad, labels)).message).toContain('for X but');
    expect(thrownBy(() => net.trainSync(rows, labels, bad, labels)).message).toContain('for Xval but');
    expect(thrownBy(() => net.trainSync(rows, [0, 9])).message).toContain('of y');
    expect(thrownBy(() => net.trainSync(rows, labels, rows, [0, 9])).message).toContain('of yval');
  });
});

describeOnBackends('bad labels are refused', (backend) => {
  it.each(badLabels)('%s', async (_, y, code, message) => {
    const bad = as<number[]>(y);
    await expectRefusal(backend, (net) => net.loss(rows, bad), code, message);
    await expectRefusal(backend, (net) => net.trainSync(rows, bad), code, message);
    await expectRefusal(backend, (net) => net.train(rows, bad), code, message);
    await expectRefusal(backend, (net) => net.train(rows, labels, rows, bad), code, message);
  });

  it('none at all, and validation rows without labels or labels without rows', async () => {
    const none = as<number[]>(undefined);
    await expectRefusal(backend, (net) => net.loss(rows, none), 'ERR_INVALID_TYPE', 'for y but received undefined');
    await expectRefusal(backend, (net) => net.train(rows, none), 'ERR_INVALID_TYPE', 'for y but received undefined');
    await expectRefusal(
      backend,
      (net) => net.train(rows, labels, rows),
      'ERR_INVALID_TYPE',
      'Expected yval with Xval but received none',
    );
    await expectRefusal(
      backend,
      (net) => net.train(rows, labels, null, labels),
      'ERR_INVALID_TYPE',
      'Expected Xval with yval but received none',
    );
  });
});

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

/** A net's parameters, all of them right. */
function goodParams(): ParameterArrays<Float32Array> {
  const [W1, b1, W2, b2] = [20, 5, 15, 3].map((length) => new Float32Array(length).fill(0.5));
  return { W1, b1, W2, b2 };
}

const badParams: readonly (readonly [...Bad, name: string])[] = [
  ['float64 for float32', new Float64Array(15), 'ERR_INVALID_TYPE', /Expected a Float32Array for params.W2/, 'W2'],
  ['an array', Array(5).fill(0), 'ERR_INVALID_TYPE', /Float32Array for params.b1 but received an array of 5/, 'b1'],
  ['nothing', undefined, 'ERR_INVALID_TYPE', /Float32Array for params.b2 but received undefined/, 'b2'],
  [
    'one number less',
    new Float32Array(14),
    'ERR_SHAPE',
    /Expected 15 numbers for params.W2 .* Float32Array\(14\)/,
    'W2',
  ],
  [
    'one number more',
    new Float32Array(21),
    'ERR_SHAPE',
    /Expected 20 numbers for params.W1 .* Float32Array\(21\)/,
    'W1',
  ],
  ['what went away', detached(new Float32Array(5)), 'ERR_DETACHED', /params.b1 but received one whose buffer/, 'b1'],
  [
    'W1 that went away',
    detached(new Float32Array(20)),
    'ERR_DETACHED',
    /params.W1 but received one whose buffer/,
    'W1',
  ],
];

describeOnBackends('bad parameters are refused', (backend) => {
  it.each(badParams)('by every method once they were put in: %s', async (_, value, code, message, name) => {
    const key = name as keyof ParameterArrays;
    const putIn = (net: TwoLayerNet, call: () => unknown) => {
      const kept = net.params[key];
      net.params[key] = as<Float32Array>(value);
      const putBack = () => {
        net.params[key] = kept;
      };
      return (async () => call())().finally(putBack);
    };
    await expectRefusal(backend, (net) => putIn(net, () => net.scores(rows)), code, message);
    await expectRefusal(backend, (net) => putIn(net, () => net.predict(rows)), code, message);
    await expectRefusal(backend, (net) => putIn(net, () => net.loss(rows, labels)), code, message);
    await expectRefusal(backend, (net) => putIn(net, () => net.train(rows, labels)), code, message);
    await expectRefusal(backend, (net) => putIn(net, () => net.trainSync(rows, labels)), code, message);
  });

  it.each(badParams)('by a new net and by fromParams: %s', (_, value, code, message, name) => {
    const params = as<ParameterArrays>({ ...goodParams(), [name]: value });
    const error = thrownBy(() => new TwoLayerNet({ ...sizes, params, backend }));
    expect(error).toMatchObject({ name: nameFor(code), code });
    expect(error.message).toMatch(message);
    expect(thrownBy(() => TwoLayerNet.fromParams(params, { backend }))).toMatchObject({ code });
  });

  it.each<Bad>([
    ['null', null, 'ERR_INVALID_TYPE', /Expected an object for params but received null/],
    ['a number', 3, 'ERR_INVALID_TYPE', /for params but received 3/],
    ['an array of another name', { ...goodParams(), W3: 0 }, 'ERR_UNKNOWN_OPTION', /"W3" in params: did you mean W1\?/],
    ['numbers', { W1: 1, b1: 1, W2: 1, b2: 1 }, 'ERR_INVALID_TYPE', /a Float32Array for params.W1 but received 1/],
    ['empty arrays', { ...goodParams(), b2: new Float32Array(0) }, 'ERR_SHAPE', /for params.W2/],
    ['lengths of no net', { ...goodParams(), W1: new Float32Array(21) }, 'ERR_SHAPE', /20 numbers for params.W1/],
  ])('by fromParams: %s', (_, params, code, message) => {
    const error = thrownBy(() => TwoLayerNet.fromParams(as<ParameterArrays>(params), { backend }));
    expect(error).toMatchObject({ code });
    expect(error.message).toMatch(message);
  });

  it('by fromParams: options that are only for new nets', () => {
    const options = as<object>({ backend, hiddenSize: 5 });
    expect(thrownBy(() => TwoLayerNet.fromParams(goodParams(), options)).code).toBe('ERR_UNKNOWN_OPTION');
  });

  it.each(['W1', 'b1', 'W2', 'b2'] as const)('by training when %s is not finite', async (name) => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const net = newNet(backend);
      const random = net.random.getState();
      net.params[name][2] = value;
      const message = `Expected finite numbers for params.${name} but received ${value} at index 2`;
      expect(thrownBy(() => net.trainSync(rows, labels))).toMatchObject({ code: 'ERR_NOT_FINITE', message });
      await expect(net.train(rows, labels)).rejects.toMatchObject({ code: 'ERR_NOT_FINITE', message });
      expect(net.random.getState()).toStrictEqual(random);
      net.params[name][2] = 0;
      net.trainSync(rows, labels, null, null, { numIters: 1 });
    }
  });

  it.each(['predict', 'scores', 'probabilities'] as const)('by %s when they make a score NaN, with the row', (call) => {
    const net = newNet(backend);
    net.params.b2[1] = Number.NaN;
    expect(thrownBy(() => net[call](rows))).toMatchObject({
      code: 'ERR_NOT_FINITE',
      message: expect.stringContaining('Expected finite results but received NaN for row 0 of X'),
    });
  });

  it('by loss when they make it NaN', () => {
    const net = newNet(backend);
    net.params.b2[1] = Number.NaN;
    const labels = new Array(rows.length / net.inputSize).fill(0);
    expect(thrownBy(() => net.loss(rows, labels))).toMatchObject({ code: 'ERR_NOT_FINITE' });
  });
});

describe('where the addon is missing', () => {
  const PACKAGE = fileURLToPath(new URL('../..', import.meta.url));
  const folder = mkdtempSync(join(tmpdir(), 'two-layer-net-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function addonFolder(name: string): string {
    const release = join(folder, name, 'build', 'Release');
    mkdirSync(release, { recursive: true });
    return release;
  }

  it('says that there is none in an empty folder', () => {
    const empty = join(folder, 'empty');
    mkdirSync(empty);
    expect(tryToLoad(empty)).toStrictEqual({
      binding: undefined,
      reasons: [expect.stringMatching(`^no addon for ${process.platform}-${process.arch}.* was found under .*empty$`)],
      tried: [],
      situation: 'damaged',
    });
  });

  it('says which file is damaged', () => {
    const file = join(addonFolder('damaged'), 'two_layer_net.node');
    writeFileSync(file, 'this is no shared library');
    const attempt = tryToLoad(join(folder, 'damaged'));
    expect(attempt).toMatchObject({
      binding: undefined,
      reasons: [expect.stringContaining(`${file} cannot be loaded: `)],
    });
  });

  // Any addon that is not this package's.
  const foreign = readdirSync(join(PACKAGE, 'node_modules', '@rolldown'))
    .filter((name) => name.startsWith('binding-'))
    .flatMap((name) => {
      const directory = join(PACKAGE, 'node_modules', '@rolldown', name);
      return readdirSync(directory).map((file) => join(directory, file));
    })
    .find((file) => file.endsWith('.node'));
  const title = foreign ? '' : ' (skipped: there is no other addon in node_modules)';

  it.skipIf(foreign === undefined)(`says which calls an addon of another make lacks${title}`, () => {
    const file = join(addonFolder('foreign'), 'two_layer_net.node');
    symlinkSync(foreign ?? '', file);
    expect(tryToLoad(join(folder, 'foreign'))).toMatchObject({
      binding: undefined,
      reasons: [
        `${file} is of another version: it has no info, peak, firstNonFinite, scores, predict, lossAndGradients, train, trainSync`,
      ],
    });
  });

  /** Runs a program on a copy of the built package that has no addon. */
  function runWithoutAddon(body: string) {
    const copy = join(folder, 'copy');
    cpSync(join(PACKAGE, 'dist'), join(copy, 'dist'), { recursive: true });
    cpSync(join(PACKAGE, 'package.json'), join(copy, 'package.json'));
    rmSync(join(copy, 'node_modules'), { force: true });
    symlinkSync(join(PACKAGE, 'node_modules'), join(copy, 'node_modules'));
    const source = `import { backendInfo, TwoLayerNet } from ${JSON.stringify(join(copy, 'dist', 'index.js'))};
      const options = { inputSize: 4, hiddenSize: 5, numClasses: 3 };
      ${body}`;
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', source], {
      encoding: 'utf8',
    });
    return { status, stdout, stderr };
  }

  it('falls back to TypeScript with one warning per process, which says why and what to do', () => {
    const { status, stdout, stderr } = runWithoutAddon(`
      const nets = [new TwoLayerNet(options), new TwoLayerNet({ ...options, backend: 'auto' })];
      nets[0].trainSync(new Float32Array(8), [0, 1]);
      const { backend, blas, file, reasons } = backendInfo();
      console.log(JSON.stringify([nets.map((net) => net.backend), backend, blas, file ?? null, reasons.length]));`);
    expect(JSON.parse(stdout)).toStrictEqual([['js', 'js'], 'js', 'none', null, 1]);
    expect(stderr.match(/TWO_LAYER_NET_FALLBACK/g)).toHaveLength(1);
    expect(stderr).toMatch(
      /slower TypeScript backend is used: no addon for .* was found under .*\. Install the package again: .*`npx two-layer-net doctor` shows/,
    );
    expect(status).toBe(0);
  });

  it("is silent when backend 'js' is asked for", () => {
    const { status, stdout, stderr } = runWithoutAddon(`
      console.log(new TwoLayerNet({ ...options, backend: 'js' }).backend, backendInfo('js').reasons.length);`);
    expect({ status, stdout, stderr }).toStrictEqual({ status: 0, stdout: 'js 0\n', stderr: '' });
  });

  it("refuses backend 'native' with the reason and the remedy", () => {
    const { stdout, stderr } = runWithoutAddon(`
      for (const call of [() => new TwoLayerNet({ ...options, backend: 'native' }), () => backendInfo('native')]) {
        try { call(); } catch ({ name, code, message }) { console.log(name, code, message); }
      }`);
    expect(stdout.trim().split('\n')).toStrictEqual([
      ...[1, 2].map(() =>
        expect.stringMatching(
          /^Error ERR_NATIVE_UNAVAILABLE The native backend is not available: no addon for .* was found under .*\. Install the package again: .*`npx two-layer-net doctor` shows/,
        ),
      ),
    ]);
    expect(stderr).toBe('');
  });
});

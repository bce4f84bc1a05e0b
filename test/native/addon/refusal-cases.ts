/** Values that calls refuse, and the calls in which they take the place of those that are right. */
import type { LabelledRows, Net, ParameterArrays, Rows } from '../../../binding.js';

export const [D, H, C, N] = [3, 4, 2, 5];
/** What the arrays for results hold before a call. */
export const UNTOUCHED = 7;

export function arrays(fill = 0.25): ParameterArrays {
  return {
    W1: new Float32Array(D * H).fill(fill),
    b1: new Float32Array(H).fill(fill),
    W2: new Float32Array(H * C).fill(fill),
    b2: new Float32Array(C).fill(fill),
  };
}

export function net(): Net {
  const shape = { inputSize: D, hiddenSize: H, numClasses: C };
  return { shape, parameters: arrays(), products: 'auto', bfloat16: false, threads: 1 };
}

export function rows(): Rows {
  return { data: new Uint8Array(N * D).fill(3), count: N, mean: new Float64Array(D) };
}

export function labelled(): LabelledRows {
  return { rows: rows(), labels: Int32Array.from([0, 1, 0, 1, 0]) };
}

export const INT = 'an integer from 1 to 2147483647';
const SIZE = 'an integer from 1 to 1073741824';

/** A value that is put in place of the one at `path`, what is expected there, and what is said to be received. */
export type Case = readonly [path: string, value: unknown, expected: string, received: string];

/** Cases of a net at `path`. */
export function netCases(path: string): Case[] {
  const shape: Case[] = ['inputSize', 'hiddenSize', 'numClasses'].flatMap((name): Case[] => [
    [`${path}.shape.${name}`, undefined, SIZE, 'undefined'],
    [`${path}.shape.${name}`, '3', SIZE, "'3'"],
    [`${path}.shape.${name}`, 0, SIZE, '0'],
    [`${path}.shape.${name}`, 1.5, SIZE, '1.5'],
    [`${path}.shape.${name}`, 2 ** 30 + 1, SIZE, '1073741825'],
    [`${path}.shape.${name}`, Number.NaN, SIZE, 'NaN'],
  ]);
  return [
    [path, undefined, 'an object', 'undefined'],
    [`${path}.shape`, null, 'an object', 'null'],
    ...shape,
    [`${path}.parameters`, 5, 'an object', '5'],
    [`${path}.parameters.W1`, undefined, 'a Float32Array or Float64Array', 'undefined'],
    [`${path}.parameters.W1`, [1], 'a Float32Array or Float64Array', 'an object'],
    [`${path}.parameters.W1`, new Int32Array(12), 'a Float32Array or Float64Array', 'an Int32Array of 12 elements'],
    ...arraysCases(`${path}.parameters`),
    [`${path}.products`, undefined, "'auto', 'simd' or 'blas'", 'undefined'],
    [`${path}.products`, 'fast', "'auto', 'simd' or 'blas'", "'fast'"],
    [`${path}.bfloat16`, undefined, 'a boolean', 'undefined'],
    [`${path}.bfloat16`, 1, 'a boolean', '1'],
    [`${path}.threads`, undefined, INT, 'undefined'],
    [`${path}.threads`, 0, INT, '0'],
    [`${path}.threads`, true, INT, 'true'],
  ];
}

/** Cases of four arrays at `path`, beside a type that is right. */
export function arraysCases(path: string): Case[] {
  const sizes = { W1: D * H, b1: H, W2: H * C, b2: C };
  return Object.entries(sizes).flatMap(([name, size]): Case[] => {
    const expected = `a Float32Array of ${size} elements`;
    const wrongLength: Case = [
      `${path}.${name}`,
      new Float32Array(size - 1),
      expected,
      `a Float32Array of ${size - 1} ${size === 2 ? 'element' : 'elements'}`,
    ];
    if (name === 'W1') return [wrongLength];
    return [
      wrongLength,
      [`${path}.${name}`, undefined, expected, 'undefined'],
      [`${path}.${name}`, new Float64Array(size), expected, `a Float64Array of ${size} elements`],
    ];
  });
}

export function rowsCases(path: string): Case[] {
  const data = 'a Uint8Array, Float32Array or Float64Array';
  return [
    [path, undefined, 'an object', 'undefined'],
    [`${path}.count`, undefined, INT, 'undefined'],
    [`${path}.count`, 0, INT, '0'],
    [`${path}.data`, undefined, data, 'undefined'],
    [`${path}.data`, new Uint8ClampedArray(15), data, 'a Uint8ClampedArray of 15 elements'],
    [`${path}.data`, new Uint8Array(14), 'a Uint8Array of 15 elements', 'a Uint8Array of 14 elements'],
    [`${path}.data`, new Float64Array(16), 'a Float64Array of 15 elements', 'a Float64Array of 16 elements'],
    ...meanCases(`${path}.mean`),
  ];
}

export function meanCases(path: string): Case[] {
  const expected = 'a Float64Array of 3 elements';
  return [
    [path, undefined, expected, 'undefined'],
    [path, new Float32Array(3), expected, 'a Float32Array of 3 elements'],
    [path, new Float64Array(2), expected, 'a Float64Array of 2 elements'],
  ];
}

export function countCases(path: string): Case[] {
  return [
    [path, undefined, INT, 'undefined'],
    [path, 0, INT, '0'],
  ];
}

export function labelledCases(path: string): Case[] {
  const labels = 'an Int32Array of 5 elements';
  return [
    ...rowsCases(`${path}.rows`),
    [`${path}.labels`, undefined, labels, 'undefined'],
    [`${path}.labels`, new Uint8Array(5), labels, 'a Uint8Array of 5 elements'],
    [`${path}.labels`, new Int32Array(4), labels, 'an Int32Array of 4 elements'],
    [`${path}.labels`, Int32Array.of(0, 1, 2, 0, 0), 'a class from 0 to 1', '2'],
    [`${path}.labels`, Int32Array.of(-1, 1, 0, 0, 0), 'a class from 0 to 1', '-1'],
  ];
}

function generatorCases(): Case[] {
  const key = 'a Uint32Array of 624 elements';
  const position = 'an integer from 0 to 624';
  return [
    ['call.random', undefined, 'an object', 'undefined'],
    ['call.random.key', undefined, key, 'undefined'],
    ['call.random.key', new Uint32Array(623), key, 'a Uint32Array of 623 elements'],
    ['call.random.key', new Int32Array(624), key, 'an Int32Array of 624 elements'],
    ['call.random.position', undefined, position, 'undefined'],
    ['call.random.position', 625, position, '625'],
    ['call.random.position', -1, position, '-1'],
  ];
}

export function normalCases(): Case[] {
  const reals = 'a Float32Array or Float64Array';
  return [
    ['call', undefined, 'an object', 'undefined'],
    ...generatorCases(),
    ['call.random.key', new Uint32Array(624).fill(1, 0, 1), 'a key that is not all 0', 'zeros'],
    ['call.random.hasGauss', undefined, 'a boolean', 'undefined'],
    ['call.random.hasGauss', 1, 'a boolean', '1'],
    ['call.random.cachedGaussian', undefined, 'a number', 'undefined'],
    ['call.scale', undefined, 'a number', 'undefined'],
    ['call.scale', '1', 'a number', "'1'"],
    ['call.draws', undefined, reals, 'undefined'],
    ['call.draws', [1, 2], reals, 'an object'],
    ['call.draws', new Int32Array(3), reals, 'an Int32Array of 3 elements'],
  ];
}

/** What a count expects that may be 0. */
const COUNT = 'an integer from 0 to 2147483647';

/** Settings that may be any number, and those that may not. */
const NUMBERS = [
  ...['learningRate', 'learningRateDecay', 'reg', 'inputScale', 'minGain', 'momentum', 'beta1', 'beta2', 'epsilon'],
  ...['weightDecay', 'clipNorm', 'labelSmoothing', 'dropout', 'inputDropout'],
];

function settingsCases(): Case[] {
  const numbers = NUMBERS.flatMap((name): Case[] => [
    [`call.settings.${name}`, undefined, 'a number', 'undefined'],
    [`call.settings.${name}`, '1', 'a number', "'1'"],
  ]);
  const shares = ['dropout', 'inputDropout'].flatMap((name): Case[] =>
    [-0.1, 1, Number.NaN].map((value) => [`call.settings.${name}`, value, 'a number from 0 to below 1', `${value}`]),
  );
  const flags = ['nesterov', 'flip'].flatMap((name): Case[] => [
    [`call.settings.${name}`, undefined, 'a boolean', 'undefined'],
    [`call.settings.${name}`, 1, 'a boolean', '1'],
  ]);
  const integers = ['numIters', 'batchSize'].flatMap((name): Case[] => [
    [`call.settings.${name}`, undefined, INT, 'undefined'],
    [`call.settings.${name}`, 0, INT, '0'],
    [`call.settings.${name}`, 2.5, INT, '2.5'],
  ]);
  return [
    ['call.settings', undefined, 'an object', 'undefined'],
    ...numbers,
    ...shares,
    ...flags,
    ...integers,
    ['call.settings.batchSize', 2 ** 30 + 1, SIZE, '1073741825'],
    ['call.settings.batchSize', 6, 'an integer from 1 to 5', '6'],
    ['call.settings.patience', -1, COUNT, '-1'],
    ['call.settings.patience', undefined, COUNT, 'undefined'],
    ['call.settings.shift', undefined, COUNT, 'undefined'],
    ['call.settings.shift', -1, COUNT, '-1'],
    ['call.settings.shift', 1, 'an integer from 0 to 0', '1'],
    ['call.settings.monitor', undefined, "'loss' or 'accuracy'", 'undefined'],
    ['call.settings.monitor', 'time', "'loss' or 'accuracy'", "'time'"],
    ['call.settings.optimizer', undefined, "'sgd', 'adam' or 'adamw'", 'undefined'],
    ['call.settings.optimizer', 'Adam', "'sgd', 'adam' or 'adamw'", "'Adam'"],
    ['call.settings.sampling', null, "'replacement' or 'permutation'", 'null'],
    ['call.settings.sampling', '', "'replacement' or 'permutation'", "''"],
  ];
}

/** Cases of an array of numbers that are at least 0. */
function numbersCases(path: string, length: number): Case[] {
  const expected = `a Float64Array of ${length} elements`;
  const withValue = (value: number) => Float64Array.from({ length }, (_, i) => (i === 1 ? value : 0));
  return [
    [path, undefined, expected, 'undefined'],
    [path, new Float32Array(length), expected, `a Float32Array of ${length} elements`],
    [path, new Float64Array(length - 1), expected, `a Float64Array of ${length - 1} elements`],
    ...[-0.5, Number.NaN, Number.POSITIVE_INFINITY].map(
      (value): Case => [path, withValue(value), 'a finite number of at least 0', `${value}`],
    ),
  ];
}

function pictureCases(): Case[] {
  return [
    ['call.picture', undefined, 'an object', 'undefined'],
    ['call.picture', null, 'an object', 'null'],
    ['call.picture.height', 0, INT, '0'],
    ['call.picture.width', undefined, INT, 'undefined'],
    ['call.picture.channels', 1.5, INT, '1.5'],
    ['call.picture', { height: 2, width: 3, channels: 1 }, 'a picture of 3 numbers', '2 x 3 x 1'],
    ['call.picture', { height: MOST, width: MOST, channels: MOST }, 'a picture of 3 numbers', HUGE],
  ];
}

const MOST = 2 ** 31 - 1;
const HUGE = `${MOST} x ${MOST} x ${MOST}`;

export function trainingCases(): Case[] {
  return [
    ['call', undefined, 'an object', 'undefined'],
    ...netCases('call.net'),
    ...labelledCases('call.training'),
    ...labelledCases('call.validation'),
    ['call.validation', undefined, 'an object', 'undefined'],
    ...settingsCases(),
    ...numbersCases('call.weights', 5),
    ...numbersCases('call.rates', 3),
    ...pictureCases(),
    ['call.noiseSeed', undefined, COUNT, 'undefined'],
    ['call.noiseSeed', -1, COUNT, '-1'],
    ['call.noiseSeed', 2 ** 31, COUNT, '2147483648'],
    ['call.finalAccuracies', undefined, 'a boolean', 'undefined'],
    ['call.finalAccuracies', 1, 'a boolean', '1'],
    ['call.best', undefined, 'an object', 'undefined'],
    ['call.best.parameters', undefined, 'an object', 'undefined'],
    ...arraysCases('call.best.parameters'),
    ['call.best.iterations', -1, COUNT, '-1'],
    ['call.best.monitored', '1', 'a number', "'1'"],
    ['call.best.epochsSince', 0.5, COUNT, '0.5'],
    ['call.slots', undefined, 'an array of 0 slots', 'undefined'],
    ['call.slots', [arrays()], 'an array of 0 slots', 'an array of 1'],
    ['call.firstIteration', undefined, 'an integer from 0 to 2', 'undefined'],
    ['call.firstIteration', -1, 'an integer from 0 to 2', '-1'],
    ['call.firstIteration', 3, 'an integer from 0 to 2', '3'],
    ...generatorCases(),
    ['call.stop', undefined, 'an Int32Array of 1 element', 'undefined'],
    ['call.stop', new Int32Array(2), 'an Int32Array of 1 element', 'an Int32Array of 2 elements'],
    ['call.reportInterval', undefined, COUNT, 'undefined'],
    ['call.reportInterval', -1, COUNT, '-1'],
    ['call.reportInterval', 0.5, COUNT, '0.5'],
    ['call.profile', undefined, 'a boolean', 'undefined'],
    ['call.group', undefined, 'null or a process group', 'undefined'],
    ['call.group', {}, 'null or a process group', 'an object'],
    ['call.profile', 'yes', 'a boolean', "'yes'"],
    ['report', undefined, 'null or a function', 'undefined'],
    ['report', {}, 'null or a function', 'an object'],
  ];
}

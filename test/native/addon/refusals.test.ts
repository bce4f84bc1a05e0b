/** Calls that binding.d.ts refuses: both backends do so in the same words, before anything is written. */
import { closeSync, openSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import type { Binding, LabelledRows, Net, NormalCall, ParameterArrays, Rows, TrainingCall } from '../../../binding.js';
import { chooseBackend } from '../../../src/backend/choose.js';
import { engineSettings } from '../../../src/training/settings.js';
import { describeOnBackends } from '../../support/backends.js';

const [D, H, C, N] = [3, 4, 2, 5];
/** What the arrays for results hold before a call. */
const UNTOUCHED = 7;

function arrays(fill = 0.25): ParameterArrays {
  return {
    W1: new Float32Array(D * H).fill(fill),
    b1: new Float32Array(H).fill(fill),
    W2: new Float32Array(H * C).fill(fill),
    b2: new Float32Array(C).fill(fill),
  };
}

function net(): Net {
  const shape = { inputSize: D, hiddenSize: H, numClasses: C };
  return { shape, parameters: arrays(), products: 'auto', bfloat16: false, threads: 1 };
}

function rows(): Rows {
  return { data: new Uint8Array(N * D).fill(3), count: N, mean: new Float64Array(D) };
}

function labelled(): LabelledRows {
  return { rows: rows(), labels: Int32Array.from([0, 1, 0, 1, 0]) };
}

function training(): TrainingCall {
  return {
    net: net(),
    slots: [],
    training: labelled(),
    validation: labelled(),
    settings: engineSettings({ numIters: 3, batchSize: 2 }),
    firstIteration: 0,
    best: { parameters: arrays(UNTOUCHED), iterations: 0, monitored: 0, epochsSince: 0 },
    random: { key: new Uint32Array(624).fill(UNTOUCHED), position: 624 },
    stop: new Int32Array(new SharedArrayBuffer(4)),
    reportInterval: 0,
    profile: false,
  };
}

function normal(): NormalCall {
  const random = { key: new Uint32Array(624).fill(UNTOUCHED), position: 624, hasGauss: false, cachedGaussian: 0 };
  return { random, scale: 2, draws: new Float32Array(3).fill(UNTOUCHED) };
}

/** An open file of more than ten bytes. */
const THIS_FILE = openSync(import.meta.filename, 'r');
afterAll(() => closeSync(THIS_FILE));

/** The calls: their arguments by name, in order, and how to make them. */
const CALLS = {
  peak: {
    make: () => ({ dtype: 'float32', threads: 1, seconds: 0 }) as Record<string, unknown>,
    call: (binding: Binding, [dtype, threads, seconds]: never[]) => binding.peak(dtype, threads, seconds),
  },
  firstNonFinite: {
    make: () => ({ values: new Float32Array(3) }) as Record<string, unknown>,
    call: (binding: Binding, [values]: never[]) => binding.firstNonFinite(values),
  },
  softmax: {
    make: () => ({ scores: new Float32Array(6), numClasses: 3 }) as Record<string, unknown>,
    call: (binding: Binding, [scores, numClasses]: never[]) => binding.softmax(scores, numClasses),
  },
  mapFile: {
    make: () => ({ call: { descriptor: THIS_FILE, bytes: 10, name: 'rows.npy' } }) as Record<string, unknown>,
    call: (binding: Binding, [call]: never[]) => binding.mapFile(call),
  },
  randn: {
    make: () => ({ call: normal() }),
    call: (binding: Binding, [call]: never[]) => binding.randn(call),
  },
  randnSync: {
    make: () => ({ call: normal() }),
    call: (binding: Binding, [call]: never[]) => binding.randnSync(call),
  },
  scores: {
    make: () => ({ net: net(), rows: rows(), scores: new Float32Array(N * C).fill(UNTOUCHED) }),
    call: (binding: Binding, [of, data, scores]: never[]) => binding.scores(of, data, scores),
  },
  predict: {
    make: () => ({ net: net(), rows: rows(), classes: new Int32Array(N).fill(UNTOUCHED) }),
    call: (binding: Binding, [of, data, classes]: never[]) => binding.predict(of, data, classes),
  },
  prepare: {
    make: () => ({ net: net(), rows: N, mean: new Float64Array(D) }) as Record<string, unknown>,
    call: (binding: Binding, [of, rows, mean]: never[]) => binding.prepare(of, rows, mean),
  },
  preparedScores: {
    make: () => ({ rows: rows(), scores: new Float32Array(N * C).fill(UNTOUCHED) }),
    call: (binding: Binding, [data, scores]: never[]) => binding.prepare(net(), null, null).scores(data, scores),
  },
  preparedPredict: {
    make: () => ({ rows: rows(), classes: new Int32Array(N).fill(UNTOUCHED) }),
    call: (binding: Binding, [data, classes]: never[]) => binding.prepare(net(), null, null).predict(data, classes),
  },
  scoresAsync: {
    make: () => ({ rows: rows(), scores: new Float32Array(N * C).fill(UNTOUCHED), of: N }),
    call: (binding: Binding, [data, scores, of]: never[]) =>
      binding.prepare(net(), N, null).scoresAsync(data, scores, of),
  },
  predictAsync: {
    make: () => ({ rows: rows(), classes: new Int32Array(N).fill(UNTOUCHED), of: N }),
    call: (binding: Binding, [data, classes, of]: never[]) =>
      binding.prepare(net(), N, null).predictAsync(data, classes, of),
  },
  lossAndGradients: {
    make: () => ({ net: net(), data: labelled(), reg: 0.1, gradients: arrays(UNTOUCHED) }),
    call: (binding: Binding, [of, data, reg, gradients]: never[]) => binding.lossAndGradients(of, data, reg, gradients),
  },
  train: {
    make: () => ({ call: training(), report: null }),
    call: (binding: Binding, [call, report]: never[]) => binding.train(call, report),
  },
  trainSync: {
    make: () => ({ call: training(), report: null }),
    call: (binding: Binding, [call, report]: never[]) => binding.trainSync(call, report),
  },
} as const;
type CallName = keyof typeof CALLS;

const INT = 'an integer from 1 to 2147483647';

/** A value that is put in place of the one at `path`, what is expected there, and what is said to be received. */
type Case = readonly [path: string, value: unknown, expected: string, received: string];

/** Cases of a net at `path`. */
function netCases(path: string): Case[] {
  const shape: Case[] = ['inputSize', 'hiddenSize', 'numClasses'].flatMap((name): Case[] => [
    [`${path}.shape.${name}`, undefined, INT, 'undefined'],
    [`${path}.shape.${name}`, '3', INT, "'3'"],
    [`${path}.shape.${name}`, 0, INT, '0'],
    [`${path}.shape.${name}`, 1.5, INT, '1.5'],
    [`${path}.shape.${name}`, 2 ** 31, INT, '2147483648'],
    [`${path}.shape.${name}`, Number.NaN, INT, 'NaN'],
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
function arraysCases(path: string): Case[] {
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

function rowsCases(path: string): Case[] {
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

function meanCases(path: string): Case[] {
  const expected = 'a Float64Array of 3 elements';
  return [
    [path, undefined, expected, 'undefined'],
    [path, new Float32Array(3), expected, 'a Float32Array of 3 elements'],
    [path, new Float64Array(2), expected, 'a Float64Array of 2 elements'],
  ];
}

function countCases(path: string): Case[] {
  return [
    [path, undefined, INT, 'undefined'],
    [path, 0, INT, '0'],
  ];
}

function labelledCases(path: string): Case[] {
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

function normalCases(): Case[] {
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

function trainingCases(): Case[] {
  const count = 'an integer from 0 to 2147483647';
  const numbers = ['learningRate', 'learningRateDecay', 'reg', 'inputScale', 'minGain'].flatMap((name): Case[] => [
    [`call.settings.${name}`, undefined, 'a number', 'undefined'],
    [`call.settings.${name}`, '1', 'a number', "'1'"],
  ]);
  const integers = ['numIters', 'batchSize'].flatMap((name): Case[] => [
    [`call.settings.${name}`, undefined, INT, 'undefined'],
    [`call.settings.${name}`, 0, INT, '0'],
    [`call.settings.${name}`, 2.5, INT, '2.5'],
  ]);
  return [
    ['call', undefined, 'an object', 'undefined'],
    ...netCases('call.net'),
    ...labelledCases('call.training'),
    ...labelledCases('call.validation'),
    ['call.validation', undefined, 'an object', 'undefined'],
    ['call.settings', undefined, 'an object', 'undefined'],
    ...numbers,
    ...integers,
    ['call.settings.patience', -1, count, '-1'],
    ['call.settings.patience', undefined, count, 'undefined'],
    ['call.settings.monitor', undefined, "'loss' or 'accuracy'", 'undefined'],
    ['call.settings.monitor', 'time', "'loss' or 'accuracy'", "'time'"],
    ['call.best', undefined, 'an object', 'undefined'],
    ['call.best.parameters', undefined, 'an object', 'undefined'],
    ...arraysCases('call.best.parameters'),
    ['call.best.iterations', -1, count, '-1'],
    ['call.best.monitored', '1', 'a number', "'1'"],
    ['call.best.epochsSince', 0.5, count, '0.5'],
    ['call.slots', undefined, 'an array of 0 slots', 'undefined'],
    ['call.slots', [arrays()], 'an array of 0 slots', 'an array of 1'],
    ['call.firstIteration', undefined, 'an integer from 0 to 2', 'undefined'],
    ['call.firstIteration', -1, 'an integer from 0 to 2', '-1'],
    ['call.firstIteration', 3, 'an integer from 0 to 2', '3'],
    ...generatorCases(),
    ['call.stop', undefined, 'an Int32Array of 1 element', 'undefined'],
    ['call.stop', new Int32Array(2), 'an Int32Array of 1 element', 'an Int32Array of 2 elements'],
    ['call.reportInterval', undefined, count, 'undefined'],
    ['call.reportInterval', -1, count, '-1'],
    ['call.reportInterval', 0.5, count, '0.5'],
    ['call.profile', undefined, 'a boolean', 'undefined'],
    ['call.profile', 'yes', 'a boolean', "'yes'"],
    ['report', undefined, 'null or a function', 'undefined'],
    ['report', {}, 'null or a function', 'an object'],
  ];
}

const scoresCases: readonly Case[] = [
  ['scores', undefined, 'a Float32Array of 10 elements', 'undefined'],
  ['scores', new Float64Array(10), 'a Float32Array of 10 elements', 'a Float64Array of 10 elements'],
  ['scores', new Float32Array(9), 'a Float32Array of 10 elements', 'a Float32Array of 9 elements'],
];

const classesCases: readonly Case[] = [
  ['classes', undefined, 'an Int32Array of 5 elements', 'undefined'],
  ['classes', new Uint8Array(5), 'an Int32Array of 5 elements', 'a Uint8Array of 5 elements'],
  ['classes', new Int32Array(6), 'an Int32Array of 5 elements', 'an Int32Array of 6 elements'],
];

const CASES: Readonly<Record<CallName, readonly Case[]>> = {
  peak: [
    ['dtype', undefined, "'float32', 'float64' or 'bfloat16'", 'undefined'],
    ['dtype', 'float16', "'float32', 'float64' or 'bfloat16'", "'float16'"],
    ['threads', undefined, INT, 'undefined'],
    ['threads', 0, INT, '0'],
    ['seconds', undefined, 'a number', 'undefined'],
    ['seconds', -1, 'a finite number of at least 0', '-1'],
    ['seconds', Number.POSITIVE_INFINITY, 'a finite number of at least 0', 'Infinity'],
    ['seconds', Number.NaN, 'a finite number of at least 0', 'NaN'],
  ],
  firstNonFinite: [
    ['values', undefined, 'a Float32Array or Float64Array', 'undefined'],
    ['values', [1, 2], 'a Float32Array or Float64Array', 'an object'],
    ['values', () => 1, 'a Float32Array or Float64Array', 'a function'],
    ['values', Symbol('values'), 'a Float32Array or Float64Array', 'a symbol'],
    ['values', 5n, 'a Float32Array or Float64Array', 'a bigint'],
    ['values', new Uint8Array(2), 'a Float32Array or Float64Array', 'a Uint8Array of 2 elements'],
  ],
  softmax: [
    ['scores', undefined, 'a Float32Array or Float64Array', 'undefined'],
    ['scores', new Int32Array(6), 'a Float32Array or Float64Array', 'an Int32Array of 6 elements'],
    ['scores', new Float64Array(7), 'rows of 3 elements', 'a Float64Array of 7 elements'],
    ['numClasses', 0, INT, '0'],
    ['numClasses', 1.5, INT, '1.5'],
    ['numClasses', '3', INT, "'3'"],
  ],
  mapFile: [
    ['call', null, 'an object', 'null'],
    ['call.descriptor', -1, 'an integer from 0 to 2147483647', '-1'],
    ['call.descriptor', '3', 'an integer from 0 to 2147483647', "'3'"],
    ['call.descriptor', 2 ** 31 - 1, 'a file of at least 10 bytes', 'no file'],
    ['call.bytes', undefined, 'an integer from 1 to 9007199254740991', 'undefined'],
    ['call.bytes', 0, 'an integer from 1 to 9007199254740991', '0'],
    ['call.bytes', 1.5, 'an integer from 1 to 9007199254740991', '1.5'],
    ['call.bytes', Number.NaN, 'an integer from 1 to 9007199254740991', 'NaN'],
    ['call.name', 7, 'a string', '7'],
  ],
  randn: normalCases(),
  randnSync: normalCases(),
  scores: [...netCases('net'), ...rowsCases('rows'), ...scoresCases],
  predict: [...netCases('net'), ...rowsCases('rows'), ...classesCases],
  prepare: [...netCases('net'), ...countCases('rows'), ...meanCases('mean')],
  preparedScores: [...rowsCases('rows'), ...scoresCases],
  preparedPredict: [...rowsCases('rows'), ...classesCases],
  scoresAsync: [...rowsCases('rows'), ...scoresCases, ...countCases('of')],
  predictAsync: [...rowsCases('rows'), ...classesCases, ...countCases('of')],
  lossAndGradients: [
    ...netCases('net'),
    ['data', undefined, 'an object', 'undefined'],
    ...labelledCases('data'),
    ['reg', undefined, 'a number', 'undefined'],
    ['gradients', undefined, 'an object', 'undefined'],
    ...arraysCases('gradients'),
  ],
  train: trainingCases(),
  trainSync: trainingCases(),
};

/** Puts a value at a path of nested objects. */
function put(target: Record<string, unknown>, path: string, value: unknown): void {
  const names = path.split('.');
  const last = names.pop() as string;
  const owner = names.reduce((object, name) => object[name] as Record<string, unknown>, target);
  owner[last] = value;
}

/** The message of the error that `call` throws; undefined if it throws none. A promise does not count. */
function thrownBy(call: () => unknown): string | undefined {
  try {
    call();
  } catch (error) {
    return (error as Error).message;
  }
  return undefined;
}

/** Where a message says that the fault is: for a label, its element. */
function placeOf([path, value, expected]: Case): string {
  if (!expected.startsWith('a class')) return path;
  return `${path}[${(value as Int32Array).findIndex((label) => label < 0 || label >= C)}]`;
}

describeOnBackends('the binding', (backend) => {
  const { binding } = chooseBackend(backend);

  describe.each(Object.keys(CALLS) as CallName[])('%s', (name) => {
    const { make, call } = CALLS[name];
    const run = (args: object) => call(binding, Object.values(args) as never[]);

    it.each(CASES[name].map((one) => [one[0], one[3], one] as const))('refuses %s = %s', (_path, _received, one) => {
      const [path, value, expected, received] = one;
      const given = make() as Record<string, unknown>;
      put(given, path, value);
      const before = structuredCloneOf(given);
      expect(thrownBy(() => run(given))).toBe(
        `binding: expected ${expected} for ${placeOf(one)} but received ${received}`,
      );
      expect(structuredCloneOf(given)).toStrictEqual(before);
    });

    it('accepts the call that the cases change', async () => {
      await expect((async () => run(make()))()).resolves.not.toThrow();
    });
  });

  it('refuses a wrong type with a TypeError and a wrong value with a RangeError', () => {
    expect(() => binding.firstNonFinite('x' as never)).toThrow(TypeError);
    expect(() => binding.peak('float16' as never, 1, 0)).toThrow(RangeError);
    expect(() => binding.scores(net(), rows(), new Float32Array(1))).toThrow(RangeError);
  });

  it('refuses to train float64 parameters with bfloat16 products', () => {
    const call = training();
    const parameters = Object.fromEntries(
      Object.entries(arrays()).map(([name, array]) => [name, Float64Array.from(array)]),
    ) as unknown as ParameterArrays;
    put(call as never, 'net', { ...net(), bfloat16: true, parameters });
    expect(() => binding.trainSync(call, null)).toThrow(
      'binding: expected false for call.net.bfloat16 but received true',
    );
  });
});

/** A copy to compare with; functions and symbols, which have no contents, are left out. */
function structuredCloneOf(value: unknown): unknown {
  if (typeof value === 'function' || typeof value === 'symbol') return null;
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array, Number);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, property]) => [name, structuredCloneOf(property)]));
}

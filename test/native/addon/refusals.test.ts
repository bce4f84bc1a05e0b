/** Calls that binding.d.ts refuses: both backends do so in the same words, before anything is written. */
import { closeSync, openSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import type { Binding, NormalCall, ParameterArrays, TrainingCall } from '../../../binding.js';
import { chooseBackend } from '../../../src/backend/choose.js';
import { describeOnBackends } from '../../support/backends.js';
import { trainingCall } from '../../support/training-call.js';
import {
  arrays,
  arraysCases,
  C,
  type Case,
  countCases,
  D,
  INT,
  labelled,
  labelledCases,
  meanCases,
  N,
  net,
  netCases,
  normalCases,
  rows,
  rowsCases,
  trainingCases,
  UNTOUCHED,
} from './refusal-cases.js';

function training(): TrainingCall {
  return trainingCall({
    net: net(),
    training: labelled(),
    weights: new Float64Array(N).fill(1),
    picture: { height: 1, width: D, channels: 1 },
    validation: labelled(),
    settings: { numIters: 3, batchSize: 2, flip: true, sampling: 'permutation' },
    rates: new Float64Array(3).fill(0.1),
    best: { parameters: arrays(UNTOUCHED), iterations: 0, monitored: 0, epochsSince: 0 },
    random: { key: new Uint32Array(624).fill(UNTOUCHED), position: 624 },
  });
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

/** Where a message says that the fault is: in an array whose elements have a range, the element. */
function placeOf([path, value, expected]: Case): string {
  if (value instanceof Int32Array && expected.startsWith('a class')) {
    return `${path}[${value.findIndex((label) => label < 0 || label >= C)}]`;
  }
  if (value instanceof Float64Array && expected.startsWith('a finite')) {
    return `${path}[${value.findIndex((number) => !(number >= 0 && number < Number.POSITIVE_INFINITY))}]`;
  }
  return path;
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

  it.each([
    [{ optimizer: 'sgd', momentum: 0 }, 0],
    [{ optimizer: 'sgd', momentum: 0.9 }, 1],
    [{ optimizer: 'adam', momentum: 0 }, 2],
    [{ optimizer: 'adamw', momentum: 0 }, 2],
  ] as const)('refuses slots that are not those of %o', (settings, count) => {
    const call = training();
    for (const given of [0, 1, 2, 3]) {
      put(call as never, 'settings', { ...call.settings, ...settings });
      put(
        call as never,
        'slots',
        Array.from({ length: given }, () => arrays(0)),
      );
      const message = `binding: expected an array of ${count} slots for call.slots but received an array of ${given}`;
      expect(thrownBy(() => binding.trainSync(call, null))).toBe(given === count ? undefined : message);
    }
  });

  it('accepts a picture that is not changed, and none', () => {
    const call = training();
    put(call as never, 'settings.flip', false);
    binding.trainSync(call, null);
    put(call as never, 'picture', null);
    expect(binding.trainSync(call, null).status).toBe('done');
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

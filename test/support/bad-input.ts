import { expect } from 'vitest';
import type { BackendName } from '../../src/backend/choose.js';
import { TwoLayerNet } from '../../src/net/two-layer-net.js';
import { RandomState } from '../../src/random/random-state.js';
import type { ErrorCode } from '../../src/validation/errors.js';
import { copyParameters } from '../../src/validation/parameters.js';

/** A bad value, the error's code and what its message must contain. */
export type Bad = readonly [what: string, value: unknown, code: ErrorCode, message: RegExp];

/** Returns `array` after transferring its memory away. */
export function detached<T extends Float32Array | Float64Array | Uint8Array | Int32Array>(array: T): T {
  structuredClone(array, { transfer: [array.buffer as ArrayBuffer] });
  return array;
}

/** Two rows of four zeros, with `value` at `index`. */
export function spoiled(value: number, index: number, length = 8): Float32Array {
  const array = new Float32Array(length);
  array[index] = value;
  return array;
}

export const notNumbers: readonly (readonly [unknown, ErrorCode, string])[] = [
  ['7', 'ERR_INVALID_TYPE', '"7"'],
  [null, 'ERR_INVALID_TYPE', 'null'],
  [[3], 'ERR_INVALID_TYPE', 'an array of 1'],
  [Number.NaN, 'ERR_NOT_FINITE', 'NaN'],
  [Number.POSITIVE_INFINITY, 'ERR_NOT_FINITE', 'Infinity'],
];

/** A bad option: its name, the value given, the error's code and its message. */
export type BadOption = readonly [name: string, value: unknown, code: ErrorCode, message: string];

/** Values that are not numbers, and numbers out of range, for one numeric option. */
export function badNumbers(name: string, expected: string, outOfRange: readonly number[]): BadOption[] {
  const range = outOfRange.map((value) => [value, 'ERR_OUT_OF_RANGE', String(value)] as const);
  return [...notNumbers, ...range].map(([value, code, shown]) => [
    name,
    value,
    code,
    `Expected ${expected} for ${name} but received ${shown}`,
  ]);
}

export const count = 'an integer from 1 to 2147483647';
export const COUNTS = [0, -1, 1.5, 2 ** 31];

export const notOptions: readonly Bad[] = [
  ['null', null, 'ERR_INVALID_TYPE', /Expected an object for the options of \w+ but received null/],
  ['a number', 3, 'ERR_INVALID_TYPE', /but received 3/],
  ['an array', [], 'ERR_INVALID_TYPE', /but received an array of 0/],
  ['a typed array', new Float32Array(1), 'ERR_INVALID_TYPE', /but received Float32Array\(1\)/],
  ['a function', Boolean, 'ERR_INVALID_TYPE', /but received a function \(Boolean\)/],
];

export const sizes = { inputSize: 4, hiddenSize: 5, numClasses: 3 };

/** A net of the sizes above, with two threads. */
export function newNet(backend: BackendName): TwoLayerNet {
  return new TwoLayerNet({ ...sizes, std: 0.5, random: new RandomState(1), backend, threads: 2 });
}

export const rows = new Float32Array([1, 2, 3, 4, -1, -2, -3, -4]);
export const labels = [0, 2];

export type Caught = { name: string; code?: ErrorCode; message: string };

export function thrownBy(call: () => unknown): Caught {
  try {
    call();
  } catch (error) {
    return error as Caught;
  }
  return expect.fail('nothing was thrown');
}

/** TypeError for a value of the wrong kind, RangeError for a wrong value of the right kind. */
export function nameFor(code: ErrorCode): string {
  return ['ERR_INVALID_TYPE', 'ERR_UNKNOWN_OPTION', 'ERR_DETACHED'].includes(code) ? 'TypeError' : 'RangeError';
}

/** Expects `call` to fail with this error, and the net to be unchanged and still able to train. */
export async function expectRefusal(
  backend: BackendName,
  call: (net: TwoLayerNet) => unknown,
  code: ErrorCode,
  message: RegExp | string,
): Promise<void> {
  const net = newNet(backend);
  const before = { params: copyParameters(net.params), random: net.random.getState() };
  let error: Caught | undefined;
  try {
    await call(net);
  } catch (thrown) {
    error = thrown as Caught;
  }
  expect(error).toMatchObject({ name: nameFor(code), code });
  if (typeof message === 'string') expect(error?.message).toContain(message);
  else expect(error?.message).toMatch(message);
  expect({ params: copyParameters(net.params), random: net.random.getState() }).toStrictEqual(before);
  expect(net.trainSync(rows, labels, null, null, { numIters: 1, batchSize: 1 }).lossHistory).toHaveLength(1);
}

/** Passes off a value that the types do not allow. */
export const as = <T>(value: unknown): T => value as T;

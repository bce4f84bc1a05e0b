/** Values that no argument of some kind may have. */
import { createContext, runInContext } from 'node:vm';
import { entryOf, type SettingName } from '../../../src/training/settings.js';
import type { NumberRule } from '../../../src/validation/check.js';
import { ruleOf } from '../../../src/validation/setting.js';

const realm = createContext();
const elsewhere = (source: string): unknown => runInContext(source, realm);

/** A bad value: what it is, and one of it that no other case has used. */
export type Bad = readonly [what: string, make: () => unknown];

/** What the caller's own code throws, which may come out as it is. */
export const OWN = new Error("the caller's own");

const thrower = () => {
  throw OWN;
};

/** A proxy of an object that throws whatever is asked of it. */
function hostile(): object {
  const handler = { get: thrower, has: thrower, ownKeys: thrower, getOwnPropertyDescriptor: thrower };
  return new Proxy({}, { ...handler, getPrototypeOf: thrower });
}

/** Values of every type, by the name of the type. */
const ODD: readonly (readonly [type: string, ...Bad])[] = [
  ['null', 'null', () => null],
  ['boolean', 'true', () => true],
  ['string', 'the text "7"', () => '7'],
  ['number', 'the number 7', () => 7],
  ['number', 'NaN', () => Number.NaN],
  ['bigint', 'a BigInt', () => 7n],
  ['symbol', 'a symbol', () => Symbol('seven')],
  ['function', 'a function', () => () => 7],
  ['object', 'an object', () => Object.freeze({})],
  ['object', 'an object without a prototype', () => Object.create(null)],
  ['object', 'an object of another realm', () => elsewhere('({ valueOf: () => 7 })')],
  ['object', 'a number in an object', () => new Number(7)],
  ['object', 'a date', () => new Date(7)],
  ['object', 'a promise', () => Promise.resolve(7)],
  ['object', 'a proxy that throws', hostile],
  ['array', 'an array', () => Object.freeze([])],
  ['array', 'an array of another realm', () => elsewhere('[7]')],
  ['typed', 'a typed array', () => new Uint16Array(1)],
  ['typed', 'a typed array of another realm', () => elsewhere('new Int8Array(1)')],
  ['buffer', 'an ArrayBuffer', () => new ArrayBuffer(8)],
  ['buffer', 'a DataView', () => new DataView(new ArrayBuffer(8))],
];

/** Values of all types but those. */
export function oddExcept(...types: readonly string[]): Bad[] {
  return ODD.flatMap(([type, ...bad]) => (types.includes(type) ? [] : [bad]));
}

/** For a number with this range. */
export function numbers(rule: NumberRule = {}): Bad[] {
  const { integer, min, max, exclusiveMin } = rule;
  const wrong: number[] = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  if (min !== undefined) wrong.push(...(exclusiveMin ? [min, -0, -1e-9] : [min - 1, min - 1e9]));
  if (max !== undefined) wrong.push(max + (integer ? 1 : Math.abs(max) * 1e-9 || 1e-9), 2 ** 53);
  if (integer) wrong.push((min ?? 0) + 0.5, 2 ** 53, -(2 ** 53));
  return [
    ...oddExcept('number'),
    ...wrong.map((value): Bad => [`${Object.is(value, -0) ? '-0' : value}`, () => value]),
  ];
}

export const flags: readonly Bad[] = [...oddExcept('boolean'), ['0', () => 0]];
export const functions: readonly Bad[] = oddExcept('function');
export const words: readonly Bad[] = [
  ...oddExcept(),
  ['no text', () => ''],
  ['the name of a method', () => 'toString'],
  ['another word', () => 'nonsense'],
  ['a word in an array', () => ['auto']],
];
export const signals: readonly Bad[] = [
  ...oddExcept(),
  ['an AbortController', () => new AbortController()],
  ['an object like a signal', () => ({ aborted: false })],
  ['an EventTarget', () => new EventTarget()],
];
export const paths: readonly Bad[] = [...oddExcept('string'), ['no text', () => ''], ['a zero byte', () => 'a\0b']];
/** For an object of named values; which names, the callee says. */
export const optionObjects: readonly Bad[] = [
  ...oddExcept('object'),
  ['a date', () => new Date(7)],
  ['a promise', () => Promise.resolve({})],
  ['a map', () => new Map()],
  ['a proxy that throws', hostile],
  ['an unknown key', () => Object.freeze({ zzz: 1 })],
  ['an unknown key without a value', () => ({ zzz: undefined })],
];
/** For an array of numbers of one kind. */
export const objects: readonly Bad[] = oddExcept();

/** For the option that sets one of the table's settings. */
export function settingValues(name: SettingName): readonly Bad[] {
  const entry = entryOf(name);
  if (entry.type === 'choice') return words;
  return entry.type === 'boolean' ? flags : numbers(ruleOf(entry));
}

function detached<T extends ArrayBufferView>(array: T): T {
  structuredClone(array, { transfer: [array.buffer as ArrayBuffer] });
  return array;
}

/** A view that follows a buffer which has become shorter than any row. */
function shrunk(): Float32Array {
  const Resizable = ArrayBuffer as unknown as new (
    bytes: number,
    options: object,
  ) => ArrayBuffer & { resize(n: number): void };
  const buffer = new Resizable(32, { maxByteLength: 64 });
  const view = new Float32Array(buffer);
  buffer.resize(0);
  return view;
}

/** For rows of four numbers. */
export const rows: readonly Bad[] = [
  // One row of one number each in those would not fit the labels, which a call may say first.
  ...oddExcept().filter(([what]) => what !== 'an array of another realm'),
  ['no numbers', () => new Float32Array(0)],
  ['half a row', () => new Float64Array(10)],
  ['NaN', () => Float32Array.of(0, 1, Number.NaN, 3, 4, 5, 6, 7)],
  ['infinity, of another realm', () => elsewhere('Float64Array.of(0, 1, -Infinity, 3, 4, 5, 6, 7)')],
  ['detached rows', () => detached(new Float32Array(8))],
  ['rows whose memory went', shrunk],
  ['BigInts', () => new BigInt64Array(8)],
  ['no rows', () => []],
  ['ragged rows', () => [[1, 2, 3, 4], [5]]],
  [
    'text in a row',
    () => [
      [1, 2, 3, 4],
      [1, 2, '3', 4],
    ],
  ],
  [
    'NaN in a row',
    () => [
      [1, 2, 3, 4],
      [1, 2, Number.NaN, 4],
    ],
  ],
  ['a hole', () => [new Array(4), [1, 2, 3, 4]]],
  [
    'a symbol in a row',
    () => [
      [1, 2, Symbol('3'), 4],
      [1, 2, 3, 4],
    ],
  ],
];

/** For the labels of two rows of three classes. */
export const labels: readonly Bad[] = [
  ...oddExcept(),
  ['too few', () => [0]],
  ['too many', () => new Int32Array(3)],
  ['a class too high', () => [0, 3]],
  ['a class too low', () => Int8Array.of(-1, 0)],
  ['a fraction', () => [0, 0.5]],
  ['NaN', () => Float64Array.of(0, Number.NaN)],
  ['2^32', () => [0, 2 ** 32]],
  ['a symbol', () => [0, Symbol('1')]],
  ['null among them', () => [0, null]],
  ['detached labels', () => detached(new Int32Array(2))],
  ['BigInts', () => BigInt64Array.of(0n, 1n)],
];

/** For a mean of four numbers. */
export const means: readonly Bad[] = [
  ...oddExcept(),
  ['too few', () => new Float64Array(3)],
  ['float32', () => new Float32Array(4)],
  ['NaN', () => Float64Array.of(0, 1, Number.NaN, 3)],
  ['a detached mean', () => detached(new Float64Array(4))],
];

/** For the names of three classes. */
export const classNames: readonly Bad[] = [
  ...oddExcept(),
  ['too few', () => ['a']],
  ['one twice', () => ['a', 'b', 'a']],
  ['a number among them', () => ['a', 'b', 3]],
  ['a symbol among them', () => ['a', 'b', Symbol('c')]],
];

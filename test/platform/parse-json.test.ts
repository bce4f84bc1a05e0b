import { expect, it } from 'vitest';
import { checkJsonSize, parseJson } from '../../src/platform/parse-json.js';

const deep = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
const many = (value: string, count: number) => `[${Array(count).fill(value).join()}]`;

it('parses as JSON.parse does, with a reviver too', () => {
  const value = { a: [1, 'x"[[{\\', { b: null }], 'c:,': true };
  expect(parseJson(JSON.stringify(value))).toEqual(value);
  expect(parseJson('{"a":1}', (key, found) => (key === 'a' ? 2 : found))).toEqual({ a: 2 });
  expect(() => parseJson('{"a":')).toThrow(SyntaxError);
  expect(() => parseJson(`"${'['.repeat(100)}`)).toThrow(SyntaxError);
});

it('takes what is nested 64 deep and no more, whatever stands in texts', () => {
  expect(() => parseJson(deep(64))).not.toThrow();
  expect(() => parseJson(deep(65))).toThrow('it is nested more than 64 deep');
  expect(() => parseJson(`["${'['.repeat(1000)}\\"${'{'.repeat(1000)}"]`)).not.toThrow();
  expect(() => parseJson(many('[[]]', 100))).not.toThrow();
});

it.each([
  ['numbers', '1', 1_000_000, 1_100_000],
  ['texts', '""', 420_000, 500_000],
  ['objects', '{"a":1}', 280_000, 320_000],
  ['columns', '{"name":"a","type":"number"}', 130_000, 150_000],
])('takes about a million values: of %s some, and not more', (_, value, taken, refused) => {
  expect(() => checkJsonSize(many(value, taken))).not.toThrow();
  expect(() => checkJsonSize(many(value, refused))).toThrow(/^it has too many values/);
});

it('takes fewer objects when each has keys of its own', () => {
  const objects = (count: number) => `[${Array.from({ length: count }, (_, i) => `{"a${i}":1}`).join()}]`;
  expect(() => checkJsonSize(objects(130_000))).not.toThrow();
  expect(() => checkJsonSize(objects(150_000))).toThrow(/^it has too many values/);
});

it('takes less when something else takes memory too', () => {
  expect(() => checkJsonSize(many('1', 400_000), 2 ** 25)).toThrow(/^it has too many values/);
  expect(() => checkJsonSize(many('1', 300_000), 2 ** 25)).not.toThrow();
});

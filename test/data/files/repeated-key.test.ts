import { expect, it } from 'vitest';
import { repeatedKey } from '../../../src/data/files/repeated-key.js';

it.each([
  ['{"a":1,"b":{"a":2},"c":[{"a":1},{"a":2}]}', undefined],
  ['{"a":1,"b":2,"a":3}', 'a'],
  ['{"x":{"a":1,"b":[1,2],"a":3}}', 'a'],
  ['[{"a":1},{"b":[],"b":{}}]', 'b'],
  [String.raw`{"a":1,"\u0061":2}`, 'a'],
  [String.raw`{"a\\":"\",\"a\\\":","b":1,"b":2}`, 'b'],
  [String.raw`{"t":"{\"a\":1,\"a\":2}","u":"[:,"}`, undefined],
  ['{"__proto__":1,"__proto__":2}', '__proto__'],
  ['{"":1,"":2}', ''],
  ['"a"', undefined],
  ['3', undefined],
])('of %s is %s', (json, key) => {
  JSON.parse(json);
  expect(repeatedKey(json)).toBe(key);
});

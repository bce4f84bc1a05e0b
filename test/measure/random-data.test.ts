import { expect, test } from 'vitest';
import { randomData } from '../../src/measure/random-data.js';

test('rows are bytes with a mean, or the same numbers centred already', () => {
  const [bytes, floats] = [randomData(50, 7, 3), randomData(50, 7, 3, 'float32')];
  expect(bytes.X.data).toBeInstanceOf(Uint8Array);
  expect(floats.X.data).toBeInstanceOf(Float32Array);
  expect(floats.X.mean).toBeUndefined();
  expect([...floats.X.data]).toEqual(Array.from(bytes.X.data, (byte, i) => byte - (bytes.X.mean?.[i % 7] ?? 0)));
  expect(floats.y).toEqual(bytes.y);
  expect(new Set(bytes.X.data).size).toBeGreaterThan(100);
  expect([...new Set(bytes.y)].sort()).toEqual([0, 1, 2]);
});

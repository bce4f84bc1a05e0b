import { describe, expect, it } from 'vitest';
import { classDifference, differenceOfAll, relativeDifference, sameBits } from '../../src/doctor/compare.js';

describe.each([
  ['relativeDifference', relativeDifference],
  ['differenceOfAll', differenceOfAll],
])('%s', (_name, difference) => {
  it('is 0 for the same numbers, zeros included', () => {
    expect(difference([0, 0], [0, 0])).toBe(0);
    expect(difference([1, -2], [1, -2])).toBe(0);
  });

  it.each([
    [
      [Number.NaN, 1],
      [0, 1],
    ],
    [
      [0, 1],
      [Number.NaN, 1],
    ],
    [[1], [1, 1]],
    [[1e-9], [0]],
    [[Number.POSITIVE_INFINITY], [1]],
  ])('of %j from %j is infinite', (actual, expected) => {
    expect(difference(actual, expected)).toBe(Number.POSITIVE_INFINITY);
  });
});

it('relativeDifference is by the largest entry, differenceOfAll by all', () => {
  expect(relativeDifference([1.5, 4], [1, 4])).toBe(0.125);
  expect(differenceOfAll([3, 4.5], [3, 4])).toBe(0.1);
});

it('classDifference is what the choice costs of the score', () => {
  const scores = Float32Array.of(1, 4, 3.5, 0, -1, 2);
  expect(classDifference(Int32Array.of(1, 2), scores)).toBe(0);
  expect(classDifference(Int32Array.of(2, 2), scores)).toBe(0.125);
  expect(classDifference(Int32Array.of(1, 7), scores)).toBe(Number.POSITIVE_INFINITY);
  expect(classDifference(Int32Array.of(-1, 2), scores)).toBe(Number.POSITIVE_INFINITY);
});

it('sameBits tells 0 from -0, and looks at the view alone', () => {
  expect(sameBits(Float32Array.of(0, 1), Float32Array.of(0, 1))).toBe(true);
  expect(sameBits(Float32Array.of(0), Float32Array.of(-0))).toBe(false);
  expect(sameBits(Float64Array.of(9, 1, 2).subarray(1), Float64Array.of(1, 2))).toBe(true);
});

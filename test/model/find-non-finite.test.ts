import { describe, expect, it } from 'vitest';
import { findNonFinite } from '../../src/model/find-non-finite.js';
import { atOnce } from '../../src/platform/turns.js';

describe.each([Float32Array, Float64Array])('the first number of a %o that is not finite', (type) => {
  it('is found in any piece', () => {
    for (const index of [0, 131_071, 131_072, 400_000]) {
      const values = new type(400_001);
      values[index] = Number.NaN;
      values[400_000] = Number.NEGATIVE_INFINITY;
      expect(atOnce(findNonFinite(values))).toBe(index);
    }
    expect(atOnce(findNonFinite(new type(400_001)))).toBe(-1);
    expect(atOnce(findNonFinite(new type(0)))).toBe(-1);
  });

  it('is looked for in pieces of a fraction of a millisecond', () => {
    expect([...findNonFinite(new type(1_000_000))].length).toBeGreaterThan(5);
  });
});

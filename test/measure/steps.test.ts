import { describe, expect, test } from 'vitest';
import { stepProfile, stepSeconds } from '../../src/measure/steps.js';

/** The seconds of a call that costs 5 s besides its steps of 0.3 s. */
const call = (numIters: number) => 5 + 0.3 * numIters;

describe('the time of steps alone', () => {
  test('is that of a long call less that of a call with one step', () => {
    const calls: number[] = [];
    const train = (numIters: number) => {
      calls.push(numIters);
      return call(numIters);
    };
    expect(stepSeconds(train, 20)).toBeCloseTo(20 * 0.3, 12);
    expect(calls).toEqual([21, 1, 1]);
  });

  test('takes the faster one of two short calls, since something may have disturbed the other', () => {
    const shortCalls = [9, 5];
    expect(stepSeconds((numIters) => (numIters > 1 ? 11 : (shortCalls.shift() ?? 0)), 20)).toBe(6);
  });

  test('is never negative, though the clock could say so', () => {
    expect(stepSeconds((numIters) => 1 / numIters, 1)).toBe(0);
  });
});

describe('the profile of steps alone', () => {
  test('is the difference of each part', () => {
    const train = (numIters: number) => ({
      seconds: call(numIters),
      profile: {
        gather: 0.01 * numIters,
        forward: 1 + 0.1 * numIters,
        head: 0.02 * numIters,
        update: 0.15 * numIters,
        waiting: 1 / numIters, // less of it in a longer call: no time, not a negative one
        other: 4 + 0.02 * numIters,
      },
    });
    const { seconds, profile } = stepProfile(train, 10);
    expect(seconds).toBeCloseTo(3, 12);
    expect(profile).toEqual({
      gather: expect.closeTo(0.1, 12),
      forward: expect.closeTo(1, 12),
      head: expect.closeTo(0.2, 12),
      update: expect.closeTo(1.5, 12),
      waiting: 0,
      other: expect.closeTo(0.2, 12),
    });
  });

  test('is null where the backend has none', () => {
    const train = (numIters: number) => ({ seconds: call(numIters), profile: null });
    expect(stepProfile(train, 10)).toEqual({ seconds: expect.closeTo(3, 12), profile: null });
  });
});

import { describe, expect, test } from 'vitest';
import type { Contender } from '../../src/measure/contender.js';
import { interleave, rotated } from '../../src/measure/rounds.js';
import { SHAPES } from '../../src/measure/shapes.js';

/** A contender that reports a fixed time for each iteration. */
function contender(name: string, secondsEach: number, log: string[], failsAt?: number): Contender {
  let runs = 0;
  return {
    name,
    dtype: 'float32',
    work: 'step',
    threads: 1,
    prepare: async () => void log.push(`${name} prepares`),
    run: async (iterations) => {
      log.push(`${name} ${iterations}`);
      runs++;
      if (runs === failsAt) throw new Error(`${name} fell over`);
      return iterations * secondsEach;
    },
  };
}

describe('interleave', () => {
  test('every contender runs once per round, in a different order each time', async () => {
    const log: string[] = [];
    const contenders = ['a', 'b', 'c'].map((name) => contender(name, 1, log));
    const timings = await interleave(contenders, SHAPES.tiny, { rounds: 4, seconds: 1 });
    const rounds = log.slice(log.indexOf('c 1') + 1).map((entry) => entry[0]);
    expect(rounds.join('')).toBe('abc' + 'bca' + 'cab' + 'abc');
    expect(log.slice(0, 3)).toEqual(['a prepares', 'a 1', 'b prepares']);
    expect(timings).toEqual(contenders.map((one) => ({ contender: one, samples: [1, 1, 1, 1] })));
  });

  test('something may be done before and after each round', async () => {
    const log: string[] = [];
    const aroundRound = (round: number) => void log.push(`round ${round}`);
    await interleave([contender('a', 1, log), contender('b', 1, log)], SHAPES.tiny, {
      rounds: 2,
      seconds: 1,
      aroundRound,
    });
    const found = log.slice(log.indexOf('round 0'));
    expect(found).toEqual(['round 0', 'a 1', 'b 1', 'round 0', 'round 1', 'b 1', 'a 1', 'round 1']);
  });

  test.each([
    [1e-6, 500_000],
    [0.0011, 455],
    [0.4, 1],
    [7, 1],
  ])('iterations of %d s: as many as take about half a second, and at least one', async (each, iterations) => {
    const log: string[] = [];
    const [timing] = await interleave([contender('a', each, log)], SHAPES.tiny, { rounds: 1, seconds: 0.5 });
    expect(Number(log.at(-1)?.slice(2))).toBe(iterations);
    expect(timing).toMatchObject({ samples: [expect.closeTo(each, 12)] });
  });

  test.each([
    [0.09, 20],
    [0.2, 10],
    [1.5, 4],
    [7, 4],
  ])('a contender that wants 20 iterations of %d s gets them, or two seconds, or four', async (each, iterations) => {
    const log: string[] = [];
    const wanting = { ...contender('a', each, log), minIterations: 20 };
    await interleave([wanting], SHAPES.tiny, { rounds: 1, seconds: 0.5 });
    expect(log.at(-1)).toBe(`a ${iterations}`);
  });

  test('when iterations are too short for the clock, more of them are run', async () => {
    let runs = 0;
    const quick = { ...contender('a', 0, []), run: async () => (++runs < 4 ? 0 : 1) };
    const [timing] = await interleave([quick], SHAPES.tiny, { rounds: 1, seconds: 0.5 });
    expect(timing).toMatchObject({ samples: [1 / 500] });
  });

  test('a contender with a run that takes no time fails, rather than be infinitely fast', async () => {
    let runs = 0;
    const fitful = { ...contender('a', 1, []), run: async () => (++runs === 3 ? 0 : 1) };
    const [timing] = await interleave([fitful], SHAPES.tiny, { rounds: 3, seconds: 1 });
    expect(timing).toMatchObject({ failed: '1 iterations took no time that the clock shows: run more of them' });
  });

  test('a contender that claims to take no time fails', async () => {
    const [timing] = await interleave([contender('a', 0, [])], SHAPES.tiny, { rounds: 1, seconds: 0.5 });
    expect(timing).toMatchObject({ failed: expect.stringMatching(/reported 0 s for 1000000000 iterations/) });
  });

  test('a contender that fails keeps its reason and does not run again; the others continue', async () => {
    const log: string[] = [];
    const contenders = [contender('a', 1, log), contender('b', 1, log, 3), contender('c', 1, log)];
    const timings = await interleave(contenders, SHAPES.tiny, { rounds: 5, seconds: 1 });
    expect(timings[1]).toEqual({ contender: contenders[1], failed: 'b fell over' });
    expect(timings[0]).toMatchObject({ samples: [1, 1, 1, 1, 1] });
    expect(timings[2]).toMatchObject({ samples: [1, 1, 1, 1, 1] });
    expect(log.filter((entry) => entry === 'b 1')).toHaveLength(3);
  });
});

test('rotated starts at the given place and wraps around', () => {
  expect(rotated([1, 2, 3], 4)).toEqual([2, 3, 1]);
  expect(rotated([], 2)).toEqual([]);
});

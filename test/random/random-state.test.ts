import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { RandomState, type RandomStateSnapshotInput } from '../../src/random/random-state.js';

interface GoldenStream {
  seed: number;
  randn_9: number[];
  then_choice_49000_x12: number[];
  then_randn_3: number[];
  then_random_sample_4: number[];
  then_randint_0_10_x12: number[];
  then_permutation_12: number[];
  'then_uniform_-3_2_x4': number[];
  then_shuffle_range10: number[];
  then_choice_1_x3: number[];
  then_choice_5_x200_sum: number;
  then_randn_1: number[];
  randn_1000001_sha256_f64le: string;
  randn_1000001_last: number;
  choice_49000_x1000000_sha256_i32le: string;
}

/** Draws of `np.random.RandomState` in NumPy on x86-64 Linux. */
const { streams } = JSON.parse(readFileSync(new URL('../fixtures/random.json', import.meta.url), 'utf8')) as {
  streams: GoldenStream[];
};

/** SHA-256 of the bytes of an array. The expected hashes are of little-endian numbers. */
function sha256(array: Float64Array | Int32Array): string {
  return createHash('sha256').update(new Uint8Array(array.buffer)).digest('hex');
}

function fails(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    const { name, code, message } = error as Error & { code: string };
    return `${name} ${code}: ${message}`;
  }
  return 'no error';
}

describe.each(streams)('RandomState($seed) draws what np.random.RandomState($seed) draws', (golden) => {
  it('with every method in turn on one stream', () => {
    const random = new RandomState(golden.seed);
    expect(random.randn(9)).toStrictEqual(new Float64Array(golden.randn_9));
    expect(random.choice(49000, 12)).toStrictEqual(new Int32Array(golden.then_choice_49000_x12));
    expect(random.randn(3)).toStrictEqual(new Float64Array(golden.then_randn_3));
    expect(random.randomSample(4)).toStrictEqual(new Float64Array(golden.then_random_sample_4));
    expect(random.randint(0, 10, 12)).toStrictEqual(new Float64Array(golden.then_randint_0_10_x12));
    expect(random.permutation(12)).toStrictEqual(new Int32Array(golden.then_permutation_12));
    expect(random.uniform(-3, 2, 4)).toStrictEqual(new Float64Array(golden['then_uniform_-3_2_x4']));
    const range10 = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
    random.shuffle(range10);
    expect(range10).toStrictEqual(golden.then_shuffle_range10);
    expect(random.choice(1, 3)).toStrictEqual(new Int32Array(golden.then_choice_1_x3));
    expect(random.choice(5, 200).reduce((sum, index) => sum + index)).toBe(golden.then_choice_5_x200_sum);
    expect(random.randn(1)).toStrictEqual(new Float64Array(golden.then_randn_1));
  });

  it('for a million and one normal draws, bit for bit', () => {
    const draws = new RandomState(golden.seed).randn(1000001);
    expect(draws.at(-1)).toBe(golden.randn_1000001_last);
    expect(sha256(draws)).toBe(golden.randn_1000001_sha256_f64le);
  });

  it('for a million indices', () => {
    const draws = new RandomState(golden.seed).choice(49000, 1000000);
    expect(sha256(draws)).toBe(golden.choice_49000_x1000000_sha256_i32le);
  });
});

// The numbers below come from NumPy 1.24.2 on x86-64 Linux (glibc 2.36, fused multiply-add), by the calls in comments.
describe('RandomState beyond the golden streams', () => {
  it.each([
    // r = RandomState(0); r.randint(low, high, 6), r.random_sample()
    [
      'just below 2^32',
      0,
      4294967295,
      [2357136044, 2546248239, 3071714933, 3626093760, 2588848963, 3684848379],
      0.5448831829968969,
    ],
    [
      'just 2^32, still one draw each',
      0,
      4294967296,
      [2357136044, 2546248239, 3071714933, 3626093760, 2588848963, 3684848379],
      0.5448831829968969,
    ],
    [
      'one above 2^32, two draws each',
      0,
      4294967297,
      [2546248239, 1277901399, 243580376, 1171049868, 2051556033, 3488238119],
      0.5288949197529045,
    ],
    [
      'just below 2^33, where the lower half decides',
      0,
      8589934589,
      [2546248239, 7921061056, 7979815675, 7933885799, 6973152979, 5945874162],
      0.4375872112626925,
    ],
    [
      'from a negative bound',
      -5,
      1099511627776,
      [741280623146, 506137267387, 841157541218, 41332891342, 300891291091, 379128171911],
      0.3834415188257777,
    ],
    [
      'all safe integers',
      -9007199254740991,
      9007199254740991,
      [8737460674931248, -2631724699628351, -4869445551762692, 8293357854227816, 5809860774059732, -1881172549904653],
      0.4375872112626925,
    ],
  ])('draws integers over a range %s', (_, low, high, draws, thenSample) => {
    const random = new RandomState(0);
    expect(random.randint(low, high, 6)).toStrictEqual(new Float64Array(draws));
    expect(random.randomSample()).toBe(thenSample);
  });

  it.each([
    // r = RandomState(seed); r.randint(0, 2**32, 4), r.randn()
    [[1, 2, 3], [2619334238, 1552691353, 3808334787, 2540200029], 0.9517262521759671],
    [[0], [3626764237, 1654615998, 3255389356, 3823568514], -1.5640434149388383],
    [[5], [2675342405, 1097127993, 3185950873, 1539898300], 0.29617378769603575],
    [[4294967295, 5], [3343820042, 4026586171, 53262993, 3788054416], 1.2349756738909727],
    [Array.from({ length: 700 }, (_, i) => i), [3727595200, 1914792892, 3929396303, 3603564374], 1.4634098418499246],
  ])('accepts an array of integers as a seed (%#)', (seed, draws, thenNormal) => {
    for (const given of [seed, new Uint32Array(seed)]) {
      const random = new RandomState(given);
      expect(random.randint(0, 2 ** 32, 4)).toStrictEqual(new Float64Array(draws));
      expect(random.randn()).toBe(thenNormal);
    }
  });

  it('agrees with the reference output of mt19937ar.c for the seed 0x123, 0x234, 0x345, 0x456', () => {
    const draws = new RandomState([0x123, 0x234, 0x345, 0x456]).randint(0, 2 ** 32, 5);
    expect([...draws]).toStrictEqual([1067595299, 955945823, 477289528, 4107218783, 4228976476]);
  });

  it('accepts the largest seed', () => {
    // RandomState(2**32 - 1).randn(3)
    const expected = [0.6484086742306527, 0.6693235306338161, -1.0805437227474493];
    expect([...new RandomState(4294967295).randn(3)]).toStrictEqual(expected);
  });

  it('returns a single number without a size', () => {
    // r = RandomState(7); r.randn(), r.choice(10), r.randint(0, 2**40), r.random_sample(), r.uniform(-1, 1),
    // r.permutation([10, 20, 30, 40, 50])
    const random = new RandomState(7);
    expect(random.randn()).toBe(1.690525703800356);
    expect(random.choice(10)).toBe(9);
    expect(random.randint(0, 2 ** 40)).toBe(611018672663);
    expect(random.randomSample()).toBe(0.5011204636599379);
    expect(random.uniform(-1, 1)).toBe(-0.8558977332804769);
    expect(random.permutation([10, 20, 30, 40, 50])).toStrictEqual([20, 40, 50, 10, 30]);
  });

  it('draws nothing for a size of 0, a range of one number, or fewer than two things to shuffle', () => {
    const random = new RandomState(3);
    const before = random.getState();
    expect(random.randn(0)).toStrictEqual(new Float64Array());
    expect(random.randint(5, 6, 3)).toStrictEqual(new Float64Array([5, 5, 5]));
    expect(random.choice(1)).toBe(0);
    expect(random.permutation(0)).toStrictEqual(new Int32Array());
    expect(random.permutation(['alone'])).toStrictEqual(['alone']);
    expect(random.getState()).toStrictEqual(before);
  });

  it('starts each stream without a seed at a different point', () => {
    expect(new RandomState().getState().key).not.toStrictEqual(new RandomState().getState().key);
    const draws = new RandomState().randomSample(1000);
    expect(draws.every((draw) => draw >= 0 && draw < 1)).toBe(true);
  });
});

describe('permutation and shuffle', () => {
  const order = [...new RandomState(0).permutation(6)];

  it.each([
    ['an array', ['a', 'b', 'c', 'd', 'e', 'f']],
    ['rows', [[0], [1], [2], [3], [4], [5]]],
    ['a Float32Array', new Float32Array([0.5, 1.5, 2.5, 3.5, 4.5, 5.5])],
    ['a BigInt64Array', new BigInt64Array([10n, 11n, 12n, 13n, 14n, 15n])],
    ['a Buffer', Buffer.from([10, 11, 12, 13, 14, 15])],
  ])('shuffle %s into the same order, as a copy and in place', (_, given) => {
    const before = [...given];
    const expected = order.map((index) => before[index]);
    const permuted: Iterable<unknown> = new RandomState(0).permutation(given as unknown[]);
    expect(permuted.constructor).toBe(given.constructor);
    expect([...permuted]).toStrictEqual(expected);
    expect([...given]).toStrictEqual(before);
    expect(new RandomState(0).shuffle(given as unknown[])).toBeUndefined();
    expect([...given]).toStrictEqual(expected);
  });
});

describe('getState and setState', () => {
  it('return what NumPy returns', () => {
    // r = RandomState(3); r.randn(1); r.get_state()
    const random = new RandomState(3);
    random.randn(1);
    const { key, ...rest } = random.getState();
    expect([...key.subarray(0, 3), key[623]]).toStrictEqual([2266350226, 522119106, 3046352735, 4062649104]);
    expect(rest).toStrictEqual({ position: 4, hasGauss: true, cachedGaussian: 0.43650985051198943 });
    random.randn();
    expect(random.getState()).toMatchObject({ position: 4, hasGauss: false, cachedGaussian: 0 });
  });

  it('continue a stream in the middle of a pair of normal draws, also through JSON', () => {
    const random = new RandomState(11);
    random.randn(999);
    const state = random.getState();
    expect(state.hasGauss).toBe(true);
    const expected = [random.randn(5), random.choice(100, 700), random.randomSample(3)];

    const text = JSON.stringify({ ...state, key: Array.from(state.key) });
    for (const given of [state, JSON.parse(text) as RandomStateSnapshotInput]) {
      const other = new RandomState(0);
      other.setState(given);
      expect([other.randn(5), other.choice(100, 700), other.randomSample(3)]).toStrictEqual(expected);
    }
  });

  it('copy, so that changing the state or the stream does not affect the other', () => {
    const random = new RandomState(5);
    const state = random.getState();
    const expected = new RandomState(5).randomSample(700);
    random.setState(state);
    state.key.fill(1);
    expect(random.randomSample(700)).toStrictEqual(expected);
    expect(state.key.every((word) => word === 1)).toBe(true);
  });

  it('refuse an invalid state and leave the stream unchanged', () => {
    const random = new RandomState(5);
    const before = random.getState();
    const refusal = (changes: object) => {
      return fails(() => random.setState({ ...before, ...changes } as RandomStateSnapshotInput));
    };
    const words = '624 integers from 0 to 4294967295 for the key of the state';
    expect(fails(() => random.setState(null as never))).toBe(
      'TypeError ERR_INVALID_TYPE: Expected what getState returns for the state but received null',
    );
    expect(refusal({ key: { 0: 1 } })).toBe(
      `TypeError ERR_INVALID_TYPE: Expected ${words}, in a Uint32Array or an array, but received an object (Object)`,
    );
    expect(refusal({ key: [1, 2] })).toBe(`RangeError ERR_SHAPE: Expected ${words} but received an array of 2`);
    expect(refusal({ key: [...before.key].fill(-1, 7) })).toBe(
      'RangeError ERR_OUT_OF_RANGE: Expected an integer from 0 to 4294967295 for number 7 of the key of the state ' +
        'but received -1',
    );
    expect(refusal({ key: new Uint32Array(624).fill(1, 0, 1) })).toBe(
      `RangeError ERR_OUT_OF_RANGE: Expected ${words}, not all zero`,
    );
    expect(refusal({ position: 625 })).toBe(
      'RangeError ERR_OUT_OF_RANGE: Expected an integer from 0 to 624 for the position of the state but received 625',
    );
    expect(refusal({ hasGauss: 1 })).toBe(
      'TypeError ERR_INVALID_TYPE: Expected true or false for hasGauss of the state but received 1',
    );
    expect(refusal({ cachedGaussian: Number.NaN })).toBe(
      'RangeError ERR_NOT_FINITE: Expected a finite number for cachedGaussian of the state but received NaN',
    );
    expect(random.getState()).toStrictEqual(before);
  });
});

describe('RandomState refuses', () => {
  const random = new RandomState(0);

  it.each<[string, unknown, string]>([
    [
      'below 0',
      -1,
      'RangeError ERR_OUT_OF_RANGE: Expected an integer from 0 to 4294967295 for the seed but received -1',
    ],
    [
      'above 2^32 − 1',
      4294967296,
      'RangeError ERR_OUT_OF_RANGE: Expected an integer from 0 to 4294967295 for the seed but received 4294967296',
    ],
    [
      'with a fraction',
      0.5,
      'RangeError ERR_OUT_OF_RANGE: Expected an integer from 0 to 4294967295 for the seed but received 0.5',
    ],
    [
      'of text',
      '0',
      'TypeError ERR_INVALID_TYPE: Expected an integer from 0 to 4294967295 for the seed but received ' +
        '"0": did you mean the number 0?',
    ],
    [
      'of null',
      null,
      'TypeError ERR_INVALID_TYPE: Expected an integer from 0 to 4294967295 for the seed but received null',
    ],
    [
      'without numbers',
      [],
      'RangeError ERR_SHAPE: Expected at least one number for the seed but received an array of 0',
    ],
    [
      'with a bad number in it',
      [1, -2],
      'RangeError ERR_OUT_OF_RANGE: Expected an integer from 0 to 4294967295 for number 1 of the seed but received -2',
    ],
  ])('a seed %s', (_, seed, message) => {
    expect(fails(() => new RandomState(seed as number))).toBe(message);
  });

  it.each<[string, () => unknown, string]>([
    [
      'a negative size',
      () => random.randn(-1),
      'RangeError ERR_OUT_OF_RANGE: Expected an integer from 0 to 2147483647 for the size but received -1',
    ],
    [
      'a size of text',
      () => random.randomSample('3' as never),
      'TypeError ERR_INVALID_TYPE: Expected an integer from 0 to 2147483647 for the size but received ' +
        '"3": did you mean the number 3?',
    ],
    [
      'a bound that is not finite',
      () => random.uniform(0, Number.POSITIVE_INFINITY),
      'RangeError ERR_NOT_FINITE: Expected a finite number for the upper bound but received Infinity',
    ],
    [
      'bounds too far apart',
      () => random.uniform(-1e308, 1e308),
      'RangeError ERR_OUT_OF_RANGE: Expected bounds whose difference is a finite number ' +
        'but received -1e+308 and 1e+308',
    ],
    [
      'an empty range of integers',
      () => random.randint(5, 5),
      'RangeError ERR_OUT_OF_RANGE: Expected an integer of at least 6 for the upper bound but received 5',
    ],
    [
      'an unsafe integer',
      () => random.randint(0, 2 ** 53),
      'RangeError ERR_OUT_OF_RANGE: Expected an integer of at least 1 for the upper bound ' +
        'but received 9007199254740992',
    ],
    [
      'a lower bound with a fraction',
      () => random.randint(0.5, 3, 2),
      'RangeError ERR_OUT_OF_RANGE: Expected an integer for the lower bound but received 0.5',
    ],
    [
      'nothing to choose from',
      () => random.choice(0, 3),
      'RangeError ERR_OUT_OF_RANGE: Expected an integer from 1 to 2147483647 for the number of things to choose from ' +
        'but received 0',
    ],
    [
      'more to choose from than an Int32Array can number',
      () => random.choice(2 ** 31),
      'RangeError ERR_OUT_OF_RANGE: Expected an integer from 1 to 2147483647 for the number of things to choose from ' +
        'but received 2147483648',
    ],
    [
      'to permute less than nothing',
      () => random.permutation(-1),
      'RangeError ERR_OUT_OF_RANGE: Expected an integer from 0 to 2147483647 for the number of indices to permute ' +
        'but received -1',
    ],
    [
      'to permute an object',
      () => random.permutation({} as never),
      'TypeError ERR_INVALID_TYPE: Expected a number, an array or a typed array to permute ' +
        'but received an object (Object)',
    ],
    [
      'to shuffle a DataView',
      () => random.shuffle(new DataView(new ArrayBuffer(8)) as never),
      'TypeError ERR_INVALID_TYPE: Expected an array or a typed array to shuffle but received an object (DataView)',
    ],
    [
      'to shuffle text',
      () => random.shuffle('text' as never),
      'TypeError ERR_INVALID_TYPE: Expected an array or a typed array to shuffle but received "text"',
    ],
  ])('%s', (_, call, message) => {
    const before = random.getState();
    expect(fails(call)).toBe(message);
    expect(random.getState()).toStrictEqual(before);
  });
});

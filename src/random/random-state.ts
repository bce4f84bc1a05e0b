import { randomFillSync } from 'node:crypto';
import { loadNative } from '../backend/native/native.js';
import { atOnce, type Pieces } from '../platform/turns.js';
import { checkAttached, checkNumber } from '../validation/check.js';
import { withCode, wrongShape, wrongType } from '../validation/errors.js';
import { allocated } from '../validation/system-limits.js';
import { isArrayOf } from '../validation/typed-arrays.js';
import { drawNormal } from './draw-normal.js';
import { KEY_LENGTH, MAX_UINT32, type MersenneTwister } from './generator/mersenne-twister.js';
import { NormalStream } from './generator/normal-stream.js';
import { copyOf, isShuffleable, type Shuffleable, type ShuffledTypedArray, shuffling } from './shuffle.js';
import { checkSnapshot, checkWords, type RandomStateSnapshot, type RandomStateSnapshotInput } from './snapshot.js';

export type { ShuffledTypedArray } from './shuffle.js';
export type { RandomStateSnapshot, RandomStateSnapshotInput } from './snapshot.js';

const RANDOM_STATE: unique symbol = Symbol.for('two-layer-net.RandomState');

const MAX_INT32 = 2 ** 31 - 1;

/** From this many normal draws on, the addon draws if it loads: the same numbers, several times as fast. */
const NATIVE_DRAWS = 10_000;

/**
 * NumPy's legacy random stream, `np.random.RandomState`. The same seed and the same calls in the same order produce the
 * same draws, bit for bit. The generator is MT19937, the Mersenne Twister.
 *
 * Normal draws depend on a logarithm, and NumPy uses the C library's. The draws here are those of NumPy on x86-64 Linux
 * with glibc 2.28 or later, on a processor with fused multiply-add (Intel since Haswell, AMD since Zen). On other
 * systems NumPy's own draws can differ in the last bit.
 *
 * Most methods accept a `size`, the length of the array that they return; without it they return a single number.
 *
 * @see https://numpy.org/doc/stable/reference/random/legacy.html
 */
export class RandomState {
  readonly #stream = new NormalStream();
  readonly #twister: MersenneTwister = this.#stream.twister;

  /**
   * @param seed - an integer from 0 to 2^32 − 1, or an array of one or more such integers (as in NumPy, `[5]` and `5`
   * are different seeds); without a seed the stream starts from the operating system's entropy
   * @throws TypeError `ERR_INVALID_TYPE`, RangeError `ERR_OUT_OF_RANGE` or `ERR_NOT_FINITE`, and RangeError `ERR_SHAPE`
   * for an empty array
   */
  constructor(seed?: number | readonly number[] | Uint32Array) {
    if (seed === undefined) this.#twister.seedByArray(randomFillSync(new Uint32Array(KEY_LENGTH)));
    else if (Array.isArray(seed) || isArrayOf(seed, 'Uint32Array')) this.#twister.seedByArray(checkSeeds(seed));
    else this.#twister.seed(checkNumber(seed, 'the seed', { integer: true, min: 0, max: MAX_UINT32 }));
  }

  /** Marks a stream for other copies of this package. */
  get [RANDOM_STATE](): true {
    return true;
  }

  /** Draws one number from the standard normal distribution (mean 0, variance 1), like `np.random.randn()`. */
  randn(): number;
  /**
   * Draws `size` numbers from the standard normal distribution, like `np.random.randn(size)`. For a matrix, draw
   * rows × columns numbers: NumPy fills matrices in the same order, row by row.
   *
   * @throws TypeError `ERR_INVALID_TYPE`, RangeError `ERR_OUT_OF_RANGE` or `ERR_NOT_FINITE`
   */
  randn(size: number): Float64Array;
  randn(size?: number): number | Float64Array {
    if (size === undefined) return this.#stream.next();
    const draws = numbers(size);
    const binding = size < NATIVE_DRAWS ? undefined : loadNative().binding;
    if (!binding) {
      this.#stream.fill(draws, 1);
      return draws;
    }
    const { hasGauss, cachedGaussian } = this.#stream;
    const { key, position } = this.#twister;
    this.#moveTo(drawNormal(binding, { random: { key, position, hasGauss, cachedGaussian }, scale: 1, draws }));
    return draws;
  }

  /** Draws one number from the uniform distribution over [0, 1), like `np.random.random_sample()`. */
  randomSample(): number;
  /**
   * Draws `size` numbers from the uniform distribution over [0, 1), like `np.random.random_sample(size)`.
   *
   * @throws TypeError `ERR_INVALID_TYPE`, RangeError `ERR_OUT_OF_RANGE` or `ERR_NOT_FINITE`
   */
  randomSample(size: number): Float64Array;
  randomSample(size?: number): number | Float64Array {
    if (size === undefined) return this.#twister.double();
    const draws = numbers(size);
    for (let i = 0; i < draws.length; i++) draws[i] = this.#twister.double();
    return draws;
  }

  /**
   * Draws one number from the uniform distribution over [low, high), like `np.random.uniform(low, high)`. As in NumPy,
   * `high` may be below `low`.
   *
   * @throws TypeError `ERR_INVALID_TYPE`, RangeError `ERR_NOT_FINITE`, and `ERR_OUT_OF_RANGE` if high − low overflows
   */
  uniform(low: number, high: number): number;
  /**
   * Draws `size` numbers from the uniform distribution over [low, high), like `np.random.uniform(low, high, size)`.
   *
   * @throws TypeError `ERR_INVALID_TYPE`, RangeError `ERR_NOT_FINITE`, and `ERR_OUT_OF_RANGE` for the size or if
   * high − low overflows
   */
  uniform(low: number, high: number, size: number): Float64Array;
  uniform(low: number, high: number, size?: number): number | Float64Array {
    const range = checkNumber(high, 'the upper bound') - checkNumber(low, 'the lower bound');
    if (!Number.isFinite(range)) {
      throw withCode(
        new RangeError(`Expected bounds whose difference is a finite number but received ${low} and ${high}`),
        'ERR_OUT_OF_RANGE',
      );
    }
    if (size === undefined) return low + range * this.#twister.double();
    const draws = numbers(size);
    for (let i = 0; i < draws.length; i++) draws[i] = low + range * this.#twister.double();
    return draws;
  }

  /**
   * Draws one integer from `low` (inclusive) to `high` (exclusive), like `np.random.randint(low, high)`.
   *
   * @throws as with a `size`
   */
  randint(low: number, high: number): number;
  /**
   * Draws `size` integers from `low` (inclusive) to `high` (exclusive), like `np.random.randint(low, high, size)` with
   * its default type, the 64-bit `int`. The bounds may be any safe integers; the draws are doubles, which hold them
   * exactly.
   *
   * @throws TypeError `ERR_INVALID_TYPE`, RangeError `ERR_OUT_OF_RANGE` (also if `high` is not above `low`) or
   * `ERR_NOT_FINITE`
   */
  randint(low: number, high: number, size: number): Float64Array;
  randint(low: number, high: number, size?: number): number | Float64Array {
    checkNumber(low, 'the lower bound', { integer: true });
    checkNumber(high, 'the upper bound', { integer: true, min: low + 1 });
    const last = BigInt(high) - 1n - BigInt(low);
    const lastHigh = Number(last >> 32n);
    const lastLow = Number(last & 0xffffffffn);
    if (size === undefined) return this.#twister.integer(low, lastHigh, lastLow);
    const draws = numbers(size);
    for (let i = 0; i < draws.length; i++) draws[i] = this.#twister.integer(low, lastHigh, lastLow);
    return draws;
  }

  /**
   * Draws one index from 0 to n − 1, like `np.random.choice(n)`.
   *
   * @param n - 1 to 2^31 − 1
   * @throws as with a `size`
   */
  choice(n: number): number;
  /**
   * Draws `size` indices from 0 to n − 1 with replacement, like `np.random.choice(n, size)`. Training draws the rows of
   * a minibatch with it. As in NumPy, nothing is taken from the stream if n is 1.
   *
   * @param n - 1 to 2^31 − 1
   * @throws TypeError `ERR_INVALID_TYPE`, RangeError `ERR_OUT_OF_RANGE` or `ERR_NOT_FINITE`
   */
  choice(n: number, size: number): Int32Array;
  choice(n: number, size?: number): number | Int32Array {
    const last = checkNumber(n, 'the number of things to choose from', { integer: true, min: 1, max: MAX_INT32 }) - 1;
    if (size === undefined) return this.#twister.upTo(last);
    const draws = allocated('the indices', () => new Int32Array(checkSize(size)));
    this.#twister.fillUpTo(last, draws);
    return draws;
  }

  /**
   * Returns 0 … n − 1 in random order, like `np.random.permutation(n)`.
   *
   * @param n - 0 to 2^31 − 1
   * @throws TypeError `ERR_INVALID_TYPE`, RangeError `ERR_OUT_OF_RANGE` or `ERR_NOT_FINITE`
   */
  permutation(n: number): Int32Array;
  /**
   * Returns a shuffled copy of `array`, like `np.random.permutation(array)`. Nested arrays are shuffled by rows.
   *
   * @throws TypeError `ERR_INVALID_TYPE`
   */
  permutation<T extends ShuffledTypedArray>(array: T): T;
  /**
   * Returns a shuffled copy of `array`, like `np.random.permutation(array)`. Nested arrays are shuffled by rows.
   *
   * @throws TypeError `ERR_INVALID_TYPE`
   */
  permutation<T>(array: readonly T[]): T[];
  permutation(of: number | ShuffledTypedArray | readonly unknown[]): Shuffleable {
    const order = toPermute(of);
    this.shuffle(order);
    return order;
  }

  /** @internal `permutation(n)` in pieces, which have to be run to the end before anything else is drawn. */
  *permuting(n: number): Pieces<Int32Array> {
    const order = toPermute(n);
    yield* shuffling(order, (last) => this.#twister.upTo(last));
    return order as Int32Array;
  }

  /**
   * Shuffles `array` in place, like `np.random.shuffle(array)`. Nested arrays are shuffled by rows.
   *
   * @throws TypeError `ERR_INVALID_TYPE`, `ERR_DETACHED`
   */
  shuffle(array: unknown[] | ShuffledTypedArray): void {
    if (!isShuffleable(array)) {
      throw wrongType('an array or a typed array to shuffle', array);
    }
    if (!Array.isArray(array)) checkAttached(array, 'the array to shuffle');
    atOnce(shuffling(array, (last) => this.#twister.upTo(last)));
  }

  /** Returns a copy of the stream's state, like `np.random.get_state()`. Later draws do not change the copy. */
  getState(): RandomStateSnapshot {
    return {
      key: this.#twister.key.slice(),
      position: this.#twister.position,
      hasGauss: this.#stream.hasGauss,
      cachedGaussian: this.#stream.cachedGaussian,
    };
  }

  /**
   * Sets the stream's state, like `np.random.set_state(state)`. The state is copied; an invalid state changes nothing.
   *
   * @throws TypeError `ERR_INVALID_TYPE`; RangeError `ERR_SHAPE` if the key does not have 624 words, `ERR_NOT_FINITE`,
   * and `ERR_OUT_OF_RANGE`, which includes the one key that yields zeros forever
   */
  setState(state: RandomStateSnapshotInput): void {
    const { key, ...place } = checkSnapshot(state);
    this.#twister.key.set(key);
    this.#moveTo(place);
  }

  #moveTo({ position, hasGauss, cachedGaussian }: Omit<RandomStateSnapshot, 'key'>): void {
    this.#twister.position = position;
    this.#stream.hasGauss = hasGauss;
    this.#stream.cachedGaussian = cachedGaussian;
  }
}

/** Whether `value` is a {@link RandomState}, of this copy of the package or another. */
export function isRandomState(value: unknown): value is RandomState {
  return typeof value === 'object' && value !== null && (value as { [RANDOM_STATE]?: unknown })[RANDOM_STATE] === true;
}

/** What a permutation shuffles: a copy of an array, or the integers below a number. */
function toPermute(of: unknown): Shuffleable {
  if (isShuffleable(of)) return copyOf(of);
  if (typeof of !== 'number') {
    throw wrongType('a number, an array or a typed array to permute', of);
  }
  const n = checkNumber(of, 'the number of indices to permute', { integer: true, min: 0, max: MAX_INT32 });
  const order = allocated('the permutation', () => new Int32Array(n));
  for (let i = 0; i < n; i++) order[i] = i;
  return order;
}

function numbers(size: number): Float64Array {
  return allocated('the random numbers', () => new Float64Array(checkSize(size)));
}

function checkSize(size: number): number {
  return checkNumber(size, 'the size', { integer: true, min: 0, max: MAX_INT32 });
}

function checkSeeds(seeds: readonly number[] | Uint32Array): ArrayLike<number> {
  if (seeds.length === 0) {
    throw wrongShape('at least one number for the seed', seeds);
  }
  checkWords(seeds, 'the seed');
  return seeds;
}

import { randomFillSync } from 'node:crypto';
import { checkNumber } from '../validation/check.js';
import { describe, withCode, wrongShape, wrongType } from '../validation/errors.js';
import { glibcLog } from './glibc-log.js';

/** What {@link RandomState.permutation} and {@link RandomState.shuffle} take besides arrays. */
export type ShuffledTypedArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

/**
 * Where a stream stands: the parts of NumPy's `get_state()`, without the name of the generator. For JSON, write the
 * key as an array: `JSON.stringify({ ...state, key: Array.from(state.key) })`; `setState` takes that back.
 */
export interface RandomStateSnapshot {
  /** The 624 words of the Mersenne Twister. */
  key: Uint32Array;
  /** How many of the words have been drawn, 0 to 624; at 624 the next draw makes new ones. */
  position: number;
  /** Whether the second of a pair of normal draws is waiting. */
  hasGauss: boolean;
  /** That second draw; 0 when none is waiting. */
  cachedGaussian: number;
}

/** What {@link RandomState.setState} takes: a {@link RandomStateSnapshot} whose key may be an array, as in JSON. */
export interface RandomStateSnapshotInput extends Readonly<Omit<RandomStateSnapshot, 'key'>> {
  readonly key: Uint32Array | readonly number[];
}

const MAX_INT32 = 2 ** 31 - 1;
const MAX_UINT32 = 2 ** 32 - 1;

/**
 * NumPy's legacy random stream, `np.random.RandomState`: for the same seed and the same calls in the same order, the
 * same draws to the last bit. The generator is MT19937, the Mersenne Twister.
 *
 * Normal draws pass through a logarithm, and NumPy uses the C library's: theirs are those of NumPy on x86-64 Linux
 * with glibc 2.28 or later on a processor with fused multiply-add (Intel since Haswell, AMD since Zen). NumPy's own
 * draws elsewhere can differ in their last bit.
 *
 * Each method takes a `size`, the length of the array that it returns; without one it returns a single number.
 *
 * @see https://numpy.org/doc/stable/reference/random/legacy.html
 */
export class RandomState {
  readonly #twister: MersenneTwister;
  #hasGauss = false;
  #cachedGaussian = 0;

  /**
   * @param seed - an integer from 0 to 2^32 − 1, or one or more of them (NumPy's list of integers: `[5]` is another
   * seed than `5`); without one the stream starts from the operating system's entropy
   * @throws TypeError `ERR_INVALID_TYPE`, RangeError `ERR_OUT_OF_RANGE` or `ERR_NOT_FINITE`, and `ERR_SHAPE` when there
   * is no number in the array
   */
  constructor(seed?: number | readonly number[] | Uint32Array) {
    this.#twister = new MersenneTwister();
    if (seed === undefined) this.#twister.seedByArray(randomFillSync(new Uint32Array(KEY_LENGTH)));
    else if (Array.isArray(seed) || seed instanceof Uint32Array) this.#twister.seedByArray(checkSeeds(seed));
    else this.#twister.seed(checkNumber(seed, 'the seed', { integer: true, min: 0, max: MAX_UINT32 }));
  }

  /** Draws one number from the normal distribution of mean 0 and variance 1, as `np.random.randn()` does. */
  randn(): number;
  /**
   * Draws `size` numbers from the normal distribution of mean 0 and variance 1, as `np.random.randn(size)` does. For a
   * matrix draw rows × columns numbers: NumPy fills in the same order.
   *
   * @throws TypeError `ERR_INVALID_TYPE`, RangeError `ERR_OUT_OF_RANGE` or `ERR_NOT_FINITE`
   */
  randn(size: number): Float64Array;
  randn(size?: number): number | Float64Array {
    if (size === undefined) return this.#gauss();
    const draws = new Float64Array(checkSize(size));
    for (let i = 0; i < draws.length; i++) draws[i] = this.#gauss();
    return draws;
  }

  /** Draws one number from the uniform distribution over [0, 1), as `np.random.random_sample()` does. */
  randomSample(): number;
  /**
   * Draws `size` numbers from the uniform distribution over [0, 1), as `np.random.random_sample(size)` does.
   *
   * @throws TypeError `ERR_INVALID_TYPE`, RangeError `ERR_OUT_OF_RANGE` or `ERR_NOT_FINITE`
   */
  randomSample(size: number): Float64Array;
  randomSample(size?: number): number | Float64Array {
    if (size === undefined) return this.#twister.double();
    const draws = new Float64Array(checkSize(size));
    for (let i = 0; i < draws.length; i++) draws[i] = this.#twister.double();
    return draws;
  }

  /**
   * Draws one number from the uniform distribution over [low, high), as `np.random.uniform(low, high)` does: NumPy too
   * takes a `high` below `low`.
   *
   * @throws TypeError `ERR_INVALID_TYPE`, RangeError `ERR_NOT_FINITE`, and `ERR_OUT_OF_RANGE` when high − low overflows
   */
  uniform(low: number, high: number): number;
  /**
   * Draws `size` numbers from the uniform distribution over [low, high), as `np.random.uniform(low, high, size)` does.
   *
   * @throws TypeError `ERR_INVALID_TYPE`, RangeError `ERR_NOT_FINITE`, and `ERR_OUT_OF_RANGE` for the size or when
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
    const draws = new Float64Array(checkSize(size));
    for (let i = 0; i < draws.length; i++) draws[i] = low + range * this.#twister.double();
    return draws;
  }

  /** Draws one integer from `low` (included) to `high` (excluded), as `np.random.randint(low, high)` does. */
  randint(low: number, high: number): number;
  /**
   * Draws `size` integers from `low` (included) to `high` (excluded), as `np.random.randint(low, high, size)` does with
   * its default type, the 64-bit `int`. The bounds are any safe integers; the draws come as doubles, which hold them
   * exactly.
   *
   * @throws TypeError `ERR_INVALID_TYPE`, RangeError `ERR_OUT_OF_RANGE` (also when `high` is not above `low`) or
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
    const draws = new Float64Array(checkSize(size));
    for (let i = 0; i < draws.length; i++) draws[i] = this.#twister.integer(low, lastHigh, lastLow);
    return draws;
  }

  /** Draws one index from 0 to n − 1, as `np.random.choice(n)` does. */
  choice(n: number): number;
  /**
   * Draws `size` indices from 0 to n − 1 with replacement, as `np.random.choice(n, size)` does: the rows of a training
   * batch. NumPy draws nothing from the stream when n is 1.
   *
   * @param n - 1 to 2^31 − 1
   * @throws TypeError `ERR_INVALID_TYPE`, RangeError `ERR_OUT_OF_RANGE` or `ERR_NOT_FINITE`
   */
  choice(n: number, size: number): Int32Array;
  choice(n: number, size?: number): number | Int32Array {
    const last = checkNumber(n, 'the number of things to choose from', { integer: true, min: 1, max: MAX_INT32 }) - 1;
    if (size === undefined) return this.#twister.upTo(last);
    const draws = new Int32Array(checkSize(size));
    for (let i = 0; i < draws.length; i++) draws[i] = this.#twister.upTo(last);
    return draws;
  }

  /**
   * Returns 0 … n − 1 in random order, as `np.random.permutation(n)` does.
   *
   * @param n - 0 to 2^31 − 1
   * @throws TypeError `ERR_INVALID_TYPE`, RangeError `ERR_OUT_OF_RANGE` or `ERR_NOT_FINITE`
   */
  permutation(n: number): Int32Array;
  /** Returns a copy of `array` in random order, as `np.random.permutation(array)` does; the rows, when it is nested. */
  permutation<T extends ShuffledTypedArray>(array: T): T;
  permutation<T>(array: readonly T[]): T[];
  permutation(of: number | ShuffledTypedArray | readonly unknown[]): ShuffledTypedArray | unknown[] {
    const order = toPermute(of);
    this.shuffle(order);
    return order;
  }

  /**
   * Brings `array` into random order in its place, as `np.random.shuffle(array)` does; the rows, when it is nested.
   *
   * @throws TypeError `ERR_INVALID_TYPE`
   */
  shuffle(array: unknown[] | ShuffledTypedArray): void {
    if (!isShuffleable(array)) {
      throw wrongType('an array or a typed array to shuffle', array);
    }
    // Arrays and the several typed arrays share no type under which an element may be written.
    const items = array as unknown[];
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.#twister.upTo(i);
      const item = items[i];
      items[i] = items[j];
      items[j] = item;
    }
  }

  /** Returns where the stream stands, as `np.random.get_state()` does: a copy, which later draws leave alone. */
  getState(): RandomStateSnapshot {
    return {
      key: this.#twister.key.slice(),
      position: this.#twister.position,
      hasGauss: this.#hasGauss,
      cachedGaussian: this.#cachedGaussian,
    };
  }

  /**
   * Puts the stream where `state` says, as `np.random.set_state(state)` does. The state is copied; one that is refused
   * changes nothing.
   *
   * @throws TypeError `ERR_INVALID_TYPE`, RangeError `ERR_SHAPE` when the key has not 624 words, `ERR_NOT_FINITE`, and
   * `ERR_OUT_OF_RANGE`, also for the one key from which the generator would draw zeros for ever
   */
  setState(state: RandomStateSnapshotInput): void {
    const { key, position, hasGauss, cachedGaussian } = checkSnapshot(state);
    this.#twister.key.set(key);
    this.#twister.position = position;
    this.#hasGauss = hasGauss;
    this.#cachedGaussian = cachedGaussian;
  }

  /** Marsaglia's polar method, as NumPy's `legacy_gauss` has it: draws come in pairs, the second waits for its call. */
  #gauss(): number {
    if (this.#hasGauss) {
      const waiting = this.#cachedGaussian;
      this.#hasGauss = false;
      this.#cachedGaussian = 0;
      return waiting;
    }
    let x1: number;
    let x2: number;
    let r2: number;
    do {
      x1 = 2 * this.#twister.double() - 1;
      x2 = 2 * this.#twister.double() - 1;
      r2 = x1 * x1 + x2 * x2;
    } while (r2 >= 1 || r2 === 0);
    const f = Math.sqrt((-2 * glibcLog(r2)) / r2);
    this.#cachedGaussian = f * x1;
    this.#hasGauss = true;
    return f * x2;
  }
}

const KEY_LENGTH = 624;
/** The word so many places on is mixed into each new word. */
const MIDDLE = 397;
const SIGN_BIT = 0x80000000;

/**
 * MT19937. M. Matsumoto and T. Nishimura, "Mersenne Twister: A 623-Dimensionally Equidistributed Uniform Pseudo-Random
 * Number Generator", ACM TOMACS 8 (1998); seeded as in their mt19937ar.c of 2002, and drawn from as in NumPy.
 */
class MersenneTwister {
  readonly key = new Uint32Array(KEY_LENGTH);
  position = KEY_LENGTH;

  /** The authors' `init_genrand`. */
  seed(seed: number): void {
    const { key } = this;
    key[0] = seed;
    for (let i = 1; i < KEY_LENGTH; i++) key[i] = Math.imul(1812433253, scramble(key[i - 1])) + i;
    this.position = KEY_LENGTH;
  }

  /** The authors' `init_by_array`. */
  seedByArray(seeds: ArrayLike<number>): void {
    const { key } = this;
    this.seed(19650218);
    let i = 1;
    const advance = () => {
      if (++i < KEY_LENGTH) return;
      key[0] = key[KEY_LENGTH - 1];
      i = 1;
    };
    for (let step = 0; step < Math.max(KEY_LENGTH, seeds.length); step++, advance()) {
      const j = step % seeds.length;
      key[i] = (key[i] ^ Math.imul(1664525, scramble(key[i - 1]))) + seeds[j] + j;
    }
    for (let step = 1; step < KEY_LENGTH; step++, advance()) {
      key[i] = (key[i] ^ Math.imul(1566083941, scramble(key[i - 1]))) - i;
    }
    key[0] = SIGN_BIT;
  }

  /** The next 32 bits, as a signed integer: V8 keeps those out of the heap. */
  int32(): number {
    if (this.position === KEY_LENGTH) this.#twist();
    let y = this.key[this.position++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return y ^ (y >>> 18);
  }

  /** The next double in [0, 1), of 53 random bits. */
  double(): number {
    const upper = this.int32() >>> 5;
    const lower = this.int32() >>> 6;
    return (upper * 2 ** 26 + lower) / 2 ** 53;
  }

  /** The next integer from 0 to `last` (below 2^32): draws are cut to its number of bits until one is not above it. */
  upTo(last: number): number {
    if (last === 0) return 0;
    const mask = MAX_UINT32 >>> Math.clz32(last);
    let draw: number;
    do draw = (this.int32() & mask) >>> 0;
    while (draw > last);
    return draw;
  }

  /** The next integer from `low` to low + lastHigh·2^32 + lastLow; two draws, upper half first, when 32 bits are few. */
  integer(low: number, lastHigh: number, lastLow: number): number {
    if (lastHigh === 0) return low + this.upTo(lastLow);
    const mask = MAX_UINT32 >>> Math.clz32(lastHigh);
    let high: number;
    let rest: number;
    do {
      high = (this.int32() & mask) >>> 0;
      rest = this.int32() >>> 0;
    } while (high > lastHigh || (high === lastHigh && rest > lastLow));
    // The upper half goes first: the draw alone may need 54 bits, its sum with the bound does not.
    return low + high * 2 ** 32 + rest;
  }

  /** Makes the next 624 words. */
  #twist(): void {
    const { key } = this;
    const middle = KEY_LENGTH - MIDDLE;
    const last = KEY_LENGTH - 1;
    for (let i = 0; i < middle; i++) key[i] = twisted(key[i], key[i + 1], key[i + MIDDLE]);
    for (let i = middle; i < last; i++) key[i] = twisted(key[i], key[i + 1], key[i - middle]);
    key[last] = twisted(key[last], key[0], key[MIDDLE - 1]);
    this.position = 0;
  }
}

function scramble(word: number): number {
  return word ^ (word >>> 30);
}

function twisted(word: number, next: number, distant: number): number {
  const joined = (word & SIGN_BIT) | (next & ~SIGN_BIT);
  return distant ^ (joined >>> 1) ^ (-(next & 1) & 0x9908b0df);
}

function isShuffleable(value: unknown): value is unknown[] | ShuffledTypedArray {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

function copy(array: readonly unknown[] | ShuffledTypedArray): unknown[] | ShuffledTypedArray {
  if (Array.isArray(array)) return array.slice();
  // A Buffer's own slice would share its memory; this one, which all typed arrays have in common, copies.
  return Uint8Array.prototype.slice.call(array);
}

/** The copy of an array, or the indices below a number, that a permutation brings into random order. */
function toPermute(of: unknown): ShuffledTypedArray | unknown[] {
  if (isShuffleable(of)) return copy(of);
  if (typeof of !== 'number') {
    throw wrongType('a number, an array or a typed array to permute', of);
  }
  const n = checkNumber(of, 'the number of indices to permute', { integer: true, min: 0, max: MAX_INT32 });
  return new Int32Array(n).map((_, i) => i);
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

function checkWords(words: ArrayLike<unknown>, name: string): void {
  for (let i = 0; i < words.length; i++) {
    checkNumber(words[i], `number ${i} of ${name}`, { integer: true, min: 0, max: MAX_UINT32 });
  }
}

function checkSnapshot(state: RandomStateSnapshotInput): RandomStateSnapshotInput {
  if (typeof state !== 'object' || state === null) {
    throw wrongType('what getState returns for the state', state);
  }
  checkKey(state.key);
  checkNumber(state.position, 'the position of the state', { integer: true, min: 0, max: KEY_LENGTH });
  if (typeof state.hasGauss !== 'boolean') {
    throw wrongType('true or false for hasGauss of the state', state.hasGauss);
  }
  checkNumber(state.cachedGaussian, 'cachedGaussian of the state');
  return state;
}

function checkKey(key: unknown): void {
  const expected = `Expected ${KEY_LENGTH} integers from 0 to ${MAX_UINT32} for the key of the state`;
  if (!(Array.isArray(key) || key instanceof Uint32Array)) {
    throw withCode(
      new TypeError(`${expected}, in a Uint32Array or an array, but received ${describe(key)}`),
      'ERR_INVALID_TYPE',
    );
  }
  if (key.length !== KEY_LENGTH) {
    throw withCode(new RangeError(`${expected} but received ${describe(key)}`), 'ERR_SHAPE');
  }
  checkWords(key, 'the key of the state');
  // The lower 31 bits of the first word never enter a new word; with nothing else set, polar draws would never end.
  if (key[0] < SIGN_BIT && key.every((word, i) => i === 0 || word === 0)) {
    throw withCode(new RangeError(`${expected}, not all zero`), 'ERR_OUT_OF_RANGE');
  }
}

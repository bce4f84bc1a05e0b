/** Words of the generator's key. */
export const KEY_LENGTH = 624;
/** The largest 32-bit word. */
export const MAX_UINT32 = 2 ** 32 - 1;
/** The highest bit of a word. */
const SIGN_BIT = 0x80000000;
/** Each new word mixes in the word this many places ahead. */
const MIDDLE = 397;

/**
 * Whether a generator with this key yields only zeros, so that normal draws never end. The lower 31 bits of the first
 * word never enter a new word, and do not count.
 */
export function yieldsZeros(key: readonly number[] | Uint32Array): boolean {
  return key[0] < SIGN_BIT && key.every((word: number, i: number) => i === 0 || word === 0);
}

/**
 * MT19937. M. Matsumoto and T. Nishimura, "Mersenne Twister: A 623-Dimensionally Equidistributed Uniform Pseudo-Random
 * Number Generator", ACM TOMACS 8 (1998). Seeding follows their mt19937ar.c of 2002, and drawing follows NumPy.
 */
export class MersenneTwister {
  readonly key = new Uint32Array(KEY_LENGTH);
  /** How many words of the key have been drawn; at {@link KEY_LENGTH} the next draw generates new ones. */
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

  /** Draws the next 32 bits as a signed integer, which V8 keeps off the heap. */
  int32(): number {
    if (this.position === KEY_LENGTH) this.#twist();
    let y = this.key[this.position++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return y ^ (y >>> 18);
  }

  /** Draws the next double in [0, 1), with 53 random bits. */
  double(): number {
    const upper = this.int32() >>> 5;
    const lower = this.int32() >>> 6;
    return (upper * 2 ** 26 + lower) / 2 ** 53;
  }

  /**
   * Draws the next integer from 0 to `last` (below 2^32): masks each draw to the bits of `last` and rejects those above
   * it.
   */
  upTo(last: number): number {
    if (last === 0) return 0;
    const mask = MAX_UINT32 >>> Math.clz32(last);
    let draw: number;
    do draw = (this.int32() & mask) >>> 0;
    while (draw > last);
    return draw;
  }

  /** Overwrites `draws` with integers from 0 to `last`, as {@link upTo}. */
  fillUpTo(last: number, draws: Int32Array): void {
    for (let i = 0; i < draws.length; i++) draws[i] = this.upTo(last);
  }

  /** Overwrites `order` (n) with 0 … n − 1 in random order, as NumPy's `permutation(n)`: Fisher–Yates from the end. */
  fillPermutation(order: Int32Array): void {
    for (let i = 0; i < order.length; i++) order[i] = i;
    for (let i = order.length - 1; i > 0; i--) {
      const j = this.upTo(i);
      const last = order[i];
      order[i] = order[j];
      order[j] = last;
    }
  }

  /**
   * Draws the next integer from `low` to low + lastHigh·2^32 + lastLow. A range that needs more than 32 bits takes two
   * draws, the upper half first.
   */
  integer(low: number, lastHigh: number, lastLow: number): number {
    if (lastHigh === 0) return low + this.upTo(lastLow);
    const mask = MAX_UINT32 >>> Math.clz32(lastHigh);
    let high: number;
    let rest: number;
    do {
      high = (this.int32() & mask) >>> 0;
      rest = this.int32() >>> 0;
    } while (high > lastHigh || (high === lastHigh && rest > lastLow));
    // Add the upper half first: high·2^32 + rest alone may need 54 bits, but its sum with the bound does not.
    return low + high * 2 ** 32 + rest;
  }

  /** Generates the next 624 words. */
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

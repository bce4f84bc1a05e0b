/** Numbers of 16 bits in a block of four words. */
export const NUMBERS_IN_BLOCK = 16;

const ROUNDS = 10;

/** The factor of the first and the second word of pairs in a round: halves of 32 bits, the low one first. */
const FACTOR_0 = [0xe14c6c93, 0xd2e7470e] as const;
const FACTOR_1 = [0x95121157, 0xca5a8263] as const;

/** What each round adds to the two words of the key. */
const STEP_0 = [0x7f4a7c15, 0x9e3779b9] as const;
const STEP_1 = [0x84caa73b, 0xbb67ae85] as const;

/**
 * Philox4x64-10: J. Salmon and others, "Parallel Random Numbers: As Easy as 1, 2, 3", SC '11. It keeps no state: each
 * block of four words of 64 bits is a function of a key and of the block's number, so that any part of the stream can
 * be drawn alone. The words are those of NumPy's `Philox(key=[key0, key1], counter=[0, stream, 0, 0]).random_raw()`,
 * which counts before it draws: its first block is that of counter 1.
 *
 * 64-bit words are two 32-bit halves here, the low one first: BigInts would take a hundred times as long.
 */
export class Philox {
  /** The two words of the key in each round. */
  readonly #keys = new Uint32Array(4 * ROUNDS);
  readonly #block = new Uint32Array(8);

  /** @param key0 - a whole number below 2^32, like all arguments here but `block` */
  constructor(key0: number, key1: number) {
    const keys = this.#keys;
    keys[0] = key0;
    keys[2] = key1;
    for (let i = 4; i < keys.length; i += 4) {
      addWord(keys, i - 4, STEP_0, i);
      addWord(keys, i - 2, STEP_1, i + 2);
    }
  }

  /**
   * Returns a block of a stream, as halves (8), which are valid until the next call.
   *
   * @param block - from 0 to 2^53 − 2
   */
  draw(stream: number, block: number): Uint32Array {
    const words = this.#block;
    words.fill(0);
    words[0] = block + 1;
    words[1] = Math.floor((block + 1) / 2 ** 32);
    words[2] = stream;
    for (let key = 0; key < 4 * ROUNDS; key += 4) round(words, this.#keys, key);
    return words;
  }

  /** Overwrites `numbers` with a stream's 16-bit numbers, from a block on: four from each word, the lowest first. */
  fill16(stream: number, block: number, numbers: Uint16Array): void {
    for (let start = 0, next = block; start < numbers.length; start += NUMBERS_IN_BLOCK, next++) {
      const words = this.draw(stream, next);
      const count = Math.min(NUMBERS_IN_BLOCK, numbers.length - start);
      for (let i = 0; i < count; i++) numbers[start + i] = words[i >> 1] >>> (16 * (i & 1));
    }
  }
}

/** keys[to] ← keys[from] + step, words of 64 bits. */
function addWord(keys: Uint32Array, from: number, [low, high]: readonly [number, number], to: number): void {
  const sum = keys[from] + low;
  keys[to] = sum;
  keys[to + 1] = keys[from + 1] + high + (sum >= 2 ** 32 ? 1 : 0);
}

/** The product of two words: four digits of 32 bits, the lowest first. */
const product0 = new Uint32Array(4);
const product1 = new Uint32Array(4);

/** One round on the words c0 … c3, with the key that begins at `key`. */
function round(words: Uint32Array, keys: Uint32Array, key: number): void {
  multiply(words, 0, FACTOR_0, product0);
  multiply(words, 4, FACTOR_1, product1);
  words[0] = product1[2] ^ words[2] ^ keys[key];
  words[1] = product1[3] ^ words[3] ^ keys[key + 1];
  words[2] = product1[0];
  words[3] = product1[1];
  words[4] = product0[2] ^ words[6] ^ keys[key + 2];
  words[5] = product0[3] ^ words[7] ^ keys[key + 3];
  words[6] = product0[0];
  words[7] = product0[1];
}

/** product ← the word at `at` · factor. Sums of a few 32-bit digits are exact in a double. */
function multiply(words: Uint32Array, at: number, factor: readonly [number, number], product: Uint32Array): void {
  const [low, high] = [words[at], words[at + 1]];
  const [factorLow, factorHigh] = factor;
  product[0] = Math.imul(low, factorLow);
  const second = upperHalf(low, factorLow) + (Math.imul(low, factorHigh) >>> 0) + (Math.imul(high, factorLow) >>> 0);
  product[1] = second;
  const third =
    upperHalf(low, factorHigh) +
    upperHalf(high, factorLow) +
    (Math.imul(high, factorHigh) >>> 0) +
    Math.floor(second / 2 ** 32);
  product[2] = third;
  product[3] = upperHalf(high, factorHigh) + Math.floor(third / 2 ** 32);
}

/** The upper 32 bits of the product of two numbers of 32 bits (H. Warren, "Hacker's Delight", mulhu). */
function upperHalf(a: number, b: number): number {
  const [aLow, aHigh, bLow, bHigh] = [a & 0xffff, a >>> 16, b & 0xffff, b >>> 16];
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const lower = aLow * bHigh + (middle & 0xffff);
  return aHigh * bHigh + (middle >>> 16) + (lower >>> 16);
}

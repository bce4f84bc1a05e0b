/** What this package uses of `node:crypto`: random numbers, and SHA-256 without a promise, which pages do not have. */
import { Buffer } from './buffer.js';

/** Numbers that `crypto.getRandomValues` gives at once. */
const AT_ONCE = 2 ** 14;

/** Fills an array from the browser's entropy. */
export function randomFillSync<A extends Uint8Array<ArrayBuffer> | Uint32Array<ArrayBuffer>>(array: A): A {
  for (let at = 0; at < array.length; at += AT_ONCE) crypto.getRandomValues(array.subarray(at, at + AT_ONCE));
  return array;
}

export function randomBytes(count: number): Buffer {
  return Buffer.from(randomFillSync(new Uint8Array(count)).buffer);
}

export function randomUUID(): string {
  const text = randomBytes(16).toString('hex');
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join('-');
}

/** A hash that is computed piece by piece. */
export interface Hash {
  update(data: string | ArrayBufferView): this;
  digest(): Buffer;
  digest(encoding: 'hex' | 'base64'): string;
}

/** Begins a hash: of those in use only SHA-256. */
export function createHash(name: 'sha256'): Hash {
  if (name !== 'sha256') throw new Error(`Expected sha256 for a hash but received ${name}`);
  return new Sha256();
}

/** The first 32 bits of the fractions of the roots of the first primes (FIPS 180-4, 4.2.2 and 5.3.3). */
const { constants: K, start: START } = constantsOfPrimes();

function constantsOfPrimes() {
  const primes: number[] = [];
  for (let n = 2; primes.length < 64; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  const bits = (root: number) => Math.floor((root % 1) * 2 ** 32);
  return {
    constants: Int32Array.from(primes, (prime) => bits(Math.cbrt(prime))),
    start: Int32Array.from(primes.slice(0, 8), (prime) => bits(Math.sqrt(prime))),
  };
}

const BLOCK = 64;

/** SHA-256, as FIPS 180-4 defines it. */
class Sha256 implements Hash {
  readonly #state = START.slice();
  readonly #block = new Uint8Array(BLOCK);
  readonly #words = new Int32Array(BLOCK);
  #length = 0;

  update(data: string | ArrayBufferView): this {
    const bytes =
      typeof data === 'string'
        ? new TextEncoder().encode(data)
        : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    for (let from = 0; from < bytes.length; ) {
      const at = this.#length % BLOCK;
      const part = bytes.subarray(from, from + BLOCK - at);
      this.#block.set(part, at);
      this.#length += part.length;
      from += part.length;
      if (this.#length % BLOCK === 0) this.#compress();
    }
    return this;
  }

  digest(): Buffer;
  digest(encoding: 'hex' | 'base64'): string;
  digest(encoding?: 'hex' | 'base64'): Buffer | string {
    const length = this.#length;
    const padding = new Uint8Array(((119 - (length % BLOCK)) % BLOCK) + 9);
    padding[0] = 0x80;
    new DataView(padding.buffer).setBigUint64(padding.length - 8, BigInt(length) * 8n);
    this.update(padding);
    const result = Buffer.alloc(32);
    this.#state.forEach((word, i) => {
      result.writeUInt32BE(word >>> 0, 4 * i);
    });
    return encoding ? result.toString(encoding) : result;
  }

  #compress(): void {
    const w = this.#words;
    const view = new DataView(this.#block.buffer);
    for (let t = 0; t < 16; t++) w[t] = view.getInt32(4 * t);
    for (let t = 16; t < 64; t++) {
      const [x, y] = [w[t - 15], w[t - 2]];
      const small = rotated(x, 7) ^ rotated(x, 18) ^ (x >>> 3);
      w[t] = (rotated(y, 17) ^ rotated(y, 19) ^ (y >>> 10)) + w[t - 7] + small + w[t - 16];
    }
    let [a, b, c, d, e, f, g, h] = this.#state;
    for (let t = 0; t < 64; t++) {
      const first = (h + (rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)) + ((e & f) ^ (~e & g)) + K[t] + w[t]) | 0;
      const second = ((rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((value, i) => {
      this.#state[i] += value;
    });
  }
}

function rotated(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}

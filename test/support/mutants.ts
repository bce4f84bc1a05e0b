import { SplitMix32 } from '../../src/data/synthetic/split-mix.js';

/** Numbers that readers may take for a length, a count or an offset, and believe. */
const LENGTHS = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];

/** Makes damaged files of whole ones: always the same ones of a seed. */
export class Mutator {
  readonly #random = new SplitMix32();

  /** Begins the mutants of a seed. */
  seek(seed: number, index: number): void {
    this.#random.seek(seed, index);
  }

  /** An integer, 0 … `count` − 1. */
  below(count: number): number {
    return this.#random.next() % count;
  }

  /** `bytes` with one to four changes. */
  mutant(bytes: Uint8Array): Buffer {
    let result: Buffer = Buffer.from(bytes);
    for (let changes = 1 + this.below(4); changes > 0; changes--) result = this.#changed(result);
    return result;
  }

  #changed(bytes: Buffer): Buffer {
    if (bytes.length === 0) return Buffer.of(this.below(256));
    const at = this.below(bytes.length);
    const length = 1 + this.below(Math.min(64, bytes.length - at));
    const part = bytes.subarray(at, at + length);
    const [before, after] = [bytes.subarray(0, at), bytes.subarray(at + length)];
    switch (this.below(9)) {
      case 0:
        return before;
      case 1:
        return Buffer.concat([before, after]);
      case 2:
        return Buffer.concat([before, part, part, after]);
      case 3:
        return Buffer.concat([before, part.reverse(), after]);
      case 4:
        return Buffer.concat([before, Buffer.from(Array.from(part, () => this.below(256))), after]);
      case 5:
        return this.#withLength(bytes, at);
      case 6:
        // A digit of a size or a version, a quote, a bracket: text that means something.
        bytes[at] = '0123456789-+.eE"\'[]{}(),:;\n\0'.charCodeAt(this.below(28));
        return bytes;
      default:
        bytes[at] ^= 1 << this.below(8);
        return bytes;
    }
  }

  #withLength(bytes: Buffer, at: number): Buffer {
    const value = LENGTHS[this.below(LENGTHS.length)];
    const word = Buffer.alloc(8);
    if (this.below(2)) word.writeUInt32LE(value);
    else word.writeUInt32BE(value, 4);
    const width = 2 ** this.below(4);
    (this.below(2) ? word.subarray(0, width) : word.subarray(8 - width)).copy(bytes, at);
    return bytes;
  }
}

/**
 * Decodes a frame of LZ4 (https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md), as Arrow writes it. No package
 * that is kept up decodes frames: hyparquet-compressors has blocks only.
 *
 *   bytes 0 … 3   the magic number
 *   byte 4        flags: the version (01 in bits 6 and 7), checksums of blocks (4), the size (3) and a checksum (2)
 *   byte 5        the largest size of a block
 *   next          8 bytes of the size if flagged; 1 byte, a checksum of the header
 *   blocks        4 bytes of their length, of which the highest bit says that they are plain; a length of 0 ends them
 */
const MAGIC = 0x184d2204;

/**
 * @param most - the most bytes that it may inflate to
 * @throws Error when it is damaged
 */
export function decodeLz4Frame(bytes: Uint8Array, most: number): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== MAGIC) throw new Error('expected a frame of LZ4, found other bytes');
  const flags = bytes[4];
  if (flags >> 6 !== 1 || flags & 1) throw new Error('expected a frame of LZ4 version 1 without a dictionary');
  const checked = (flags & 0x10) !== 0;
  let at = 7 + (flags & 8 ? 8 : 0);
  const output = new GrowingBytes(most);
  for (;;) {
    const length = view.getUint32(at, true);
    at += 4;
    if (length === 0) return output.bytes();
    const size = length & 0x7fffffff;
    if (at + size > bytes.length) throw new Error('expected a whole block of LZ4, found an end');
    const block = bytes.subarray(at, at + size);
    if (length >>> 31) output.append(block);
    else decodeBlock(block, output);
    at += size + (checked ? 4 : 0);
  }
}

/** Literals and copies of earlier bytes, which may be those of blocks before. */
function decodeBlock(block: Uint8Array, output: GrowingBytes): void {
  let at = 0;
  const extended = (length: number) => {
    if (length < 15) return length;
    for (let total = length; ; ) {
      const byte = block[at++];
      if (byte === undefined) throw new Error('expected a length of LZ4, found an end');
      total += byte;
      if (byte < 255) return total;
    }
  };
  while (at < block.length) {
    const token = block[at++];
    const literals = extended(token >> 4);
    if (at + literals > block.length) throw new Error('expected literals of LZ4, found an end');
    output.append(block.subarray(at, at + literals));
    at += literals;
    if (at === block.length) return;
    if (at + 2 > block.length) throw new Error('expected an offset of LZ4, found an end');
    const offset = block[at] | (block[at + 1] << 8);
    at += 2;
    output.repeat(offset, extended(token & 15) + 4);
  }
}

class GrowingBytes {
  readonly #most: number;
  #buffer = new Uint8Array(1 << 16);
  #length = 0;

  constructor(most: number) {
    this.#most = most;
  }

  append(bytes: Uint8Array): void {
    this.#grow(bytes.length);
    this.#buffer.set(bytes, this.#length - bytes.length);
  }

  /** Appends `count` bytes, each a copy of the one `offset` before it. */
  repeat(offset: number, count: number): void {
    if (offset === 0 || offset > this.#length) throw new Error(`expected earlier bytes of LZ4, found offset ${offset}`);
    this.#grow(count);
    for (let at = this.#length - count; at < this.#length; at++) this.#buffer[at] = this.#buffer[at - offset];
  }

  bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  #grow(count: number): void {
    this.#length += count;
    if (this.#length > this.#most) throw new Error(`expected at most ${this.#most} bytes, found more in LZ4`);
    if (this.#length <= this.#buffer.length) return;
    const larger = new Uint8Array(Math.min(this.#most, Math.max(this.#length, 2 * this.#buffer.length)));
    larger.set(this.#buffer);
    this.#buffer = larger;
  }
}

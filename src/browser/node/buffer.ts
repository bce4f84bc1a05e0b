/** What this package uses of Node's `Buffer`. It is given to the code of the bundle alone: no page sees a global. */
export const constants = { MAX_LENGTH: 2 ** 32 } as const;

type Encoding = 'utf8' | 'latin1' | 'base64' | 'hex';

const utf8 = new TextEncoder();

/** The class without its own `from`, which takes other arguments. */
type Bytes = {
  new (from: number | ArrayLike<number>): Uint8Array<ArrayBufferLike>;
  new (buffer: ArrayBufferLike, byteOffset?: number, length?: number): Uint8Array<ArrayBufferLike>;
};

const BUFFER: unique symbol = Symbol.for('two-layer-net.Buffer');

/** Bytes with the methods of Node's class that this package calls. */
export class Buffer extends (Uint8Array as Bytes) {
  get [BUFFER](): true {
    return true;
  }

  static alloc(length: number, fill?: string): Buffer {
    const bytes = new Buffer(length);
    return fill === undefined ? bytes : bytes.fill(fill.charCodeAt(0));
  }

  static allocUnsafe(length: number): Buffer {
    return new Buffer(length);
  }

  /** As Node's: a view of an ArrayBuffer, else a copy. */
  static from(
    value: string | ArrayBufferLike | ArrayLike<number>,
    encoding?: Encoding | number,
    length?: number,
  ): Buffer {
    if (typeof value === 'string') return encode(value, encoding as Encoding | undefined);
    if ('byteLength' in value && !ArrayBuffer.isView(value)) return new Buffer(value, encoding as number, length);
    return new Buffer(value as ArrayLike<number>);
  }

  static concat(parts: readonly Uint8Array[]): Buffer {
    const whole = new Buffer(parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  static byteLength(text: string): number {
    return utf8.encode(text).length;
  }

  static isBuffer(value: unknown): value is Buffer {
    return typeof value === 'object' && value !== null && (value as { [BUFFER]?: unknown })[BUFFER] === true;
  }

  override toString(encoding: Encoding = 'utf8', from = 0, to = this.length): string {
    const bytes = this.subarray(from, to);
    if (encoding === 'hex') return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
    // TextDecoder does not read shared memory.
    if (encoding === 'utf8') return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.slice());
    const latin1 = characters(bytes);
    return encoding === 'base64' ? btoa(latin1) : latin1;
  }

  /** Writes a text in UTF-8 at the beginning. */
  write(text: string): number {
    return utf8.encodeInto(text, this).written;
  }

  equals(other: Uint8Array): boolean {
    return this.length === other.length && this.every((byte, i) => byte === other[i]);
  }

  copy(target: Uint8Array, at: number, from: number, to: number): number {
    const part = this.subarray(from, Math.min(to, this.length));
    target.set(part, at);
    return part.length;
  }

  swap16(): this {
    return this.#swap(2);
  }

  swap32(): this {
    return this.#swap(4);
  }

  swap64(): this {
    return this.#swap(8);
  }

  readUInt16LE(at = 0): number {
    return this.#view().getUint16(at, true);
  }

  readUInt32LE(at = 0): number {
    return this.#view().getUint32(at, true);
  }

  readUInt32BE(at = 0): number {
    return this.#view().getUint32(at);
  }

  readInt32LE(at = 0): number {
    return this.#view().getInt32(at, true);
  }

  readFloatLE(at = 0): number {
    return this.#view().getFloat32(at, true);
  }

  readDoubleLE(at = 0): number {
    return this.#view().getFloat64(at, true);
  }

  readBigUInt64LE(at = 0): bigint {
    return this.#view().getBigUint64(at, true);
  }

  /** @param width - 1 … 6 bytes */
  readUIntLE(at: number, width: number): number {
    let value = 0;
    for (let i = width - 1; i >= 0; i--) value = value * 256 + this[at + i];
    return value;
  }

  writeUInt16LE(value: number, at = 0): number {
    this.#view().setUint16(at, value, true);
    return at + 2;
  }

  writeUInt32LE(value: number, at = 0): number {
    this.#view().setUint32(at, value, true);
    return at + 4;
  }

  writeUInt32BE(value: number, at = 0): number {
    this.#view().setUint32(at, value);
    return at + 4;
  }

  writeFloatLE(value: number, at = 0): number {
    this.#view().setFloat32(at, value, true);
    return at + 4;
  }

  writeDoubleLE(value: number, at = 0): number {
    this.#view().setFloat64(at, value, true);
    return at + 8;
  }

  writeBigUInt64LE(value: bigint, at = 0): number {
    this.#view().setBigUint64(at, value, true);
    return at + 8;
  }

  #view(): DataView {
    return new DataView(this.buffer, this.byteOffset, this.byteLength);
  }

  #swap(width: number): this {
    for (let at = 0; at < this.length; at += width) this.subarray(at, at + width).reverse();
    return this;
  }
}

function encode(text: string, encoding: Encoding = 'utf8'): Buffer {
  if (encoding === 'utf8') {
    const { buffer, byteOffset, length } = utf8.encode(text);
    return new Buffer(buffer, byteOffset, length);
  }
  const plain = encoding === 'base64' ? atob(text) : text;
  return new Buffer(Array.from(plain, (character) => character.charCodeAt(0)));
}

/** Each byte as the character of its number. */
function characters(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/** Whether bytes are a text in UTF-8. */
export function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes.slice());
    return true;
  } catch {
    return false;
  }
}

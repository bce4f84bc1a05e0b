import { isArrayOf } from '../validation/typed-arrays.js';

/*
 * Messages in the encoding of Protocol Buffers (https://protobuf.dev/programming-guides/encoding): a message is a list
 * of fields, each a key (number · 8 + wire type) and a value. Wire type 0 is a varint, 1 is 8 bytes, 5 is 4 bytes, and
 * 2 is a length and so many bytes: text, a nested message, or numbers in a row.
 *
 * This is our own code because ONNX and TensorBoard need only these few lines of it; libraries generate classes from
 * whole schemas.
 */

/** Parts of a message: written one after the other. */
export type Chunks = Uint8Array[];

/** A field that is a non-negative integer. */
export function integerField(field: number, value: number): Chunks {
  return [Buffer.from([...varint(field * 8), ...varint(value)])];
}

/** A field that is text, bytes or a message. */
export function bytesField(field: number, value: string | Uint8Array | Chunks): Chunks {
  const chunks = typeof value === 'string' ? [Buffer.from(value)] : isArrayOf(value, 'Uint8Array') ? [value] : value;
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  return [Buffer.from([...varint(field * 8 + 2), ...varint(length)]), ...chunks];
}

/** A field that is a float32 number. */
export function floatField(field: number, value: number): Chunks {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return [Buffer.from(varint(field * 8 + 5)), bytes];
}

/** A field that is a float64 number. */
export function doubleField(field: number, value: number): Chunks {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return [Buffer.from(varint(field * 8 + 1)), bytes];
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return [...bytes, rest];
}

/** The fields of a message that was read, by number; each in the order of the file. */
export interface Message {
  /** The integers of a field; numbers in a row count too. */
  integers(field: number): number[];
  /** The float32 numbers of a field that are not in a row. */
  floats(field: number): number[];
  /** The texts, bytes and messages of a field. */
  bytes(field: number): Part[];
}

/** Some bytes of a file. */
export interface Part {
  readonly bytes: Buffer;
  /** Where they begin in the file. */
  readonly at: number;
}

/** What the caller throws about damage: what was found, at which byte of the file. */
export type Fail = (found: string, at: number) => Error;

/** The most fields and integers of a whole file that are read: a net with its class names has far fewer. */
const MOST_FIELDS = 100_000;

/** A function that reads the fields of a message, for the messages of one file. No bytes are copied. */
export function messageReader(fail: Fail): (part: Part) => Message {
  let left = MOST_FIELDS;
  const count = (at: number): void => {
    if (left-- === 0) throw fail(`more than ${MOST_FIELDS} fields`, at);
  };
  const readVarints = ({ bytes, at }: Part): number[] => {
    const cursor = new Cursor(bytes, at, fail);
    const values: number[] = [];
    while (cursor.position < bytes.length) {
      count(at);
      values.push(cursor.varint());
    }
    return values;
  };
  return ({ bytes, at }) => {
    const integers = new Map<number, number[]>();
    const floats = new Map<number, number[]>();
    const parts = new Map<number, Part[]>();
    const cursor = new Cursor(bytes, at, fail);
    while (cursor.position < bytes.length) {
      const start = at + cursor.position;
      count(start);
      const key = cursor.varint();
      const field = Math.floor(key / 8);
      if (field < 1 || field >= 2 ** 29) throw fail(`a field numbered ${field}`, start);
      if (key % 8 === 0) append(integers, field, cursor.varint());
      else if (key % 8 === 1) cursor.take(8);
      else if (key % 8 === 2) append(parts, field, cursor.take(cursor.varint()));
      else if (key % 8 === 5) append(floats, field, cursor.take(4).bytes.readFloatLE());
      else throw fail(`a field of wire type ${key % 8}`, start);
    }
    return {
      integers: (field) => [...(integers.get(field) ?? []), ...(parts.get(field) ?? []).flatMap(readVarints)],
      floats: (field) => floats.get(field) ?? [],
      bytes: (field) => parts.get(field) ?? [],
    };
  };
}

function append<V>(map: Map<number, V[]>, field: number, value: V): void {
  const list = map.get(field);
  if (list) list.push(value);
  else map.set(field, [value]);
}

/** A place in a message. */
class Cursor {
  position = 0;
  readonly #bytes: Buffer;
  readonly #at: number;
  readonly #fail: Fail;

  constructor(bytes: Buffer, at: number, fail: Fail) {
    this.#bytes = bytes;
    this.#at = at;
    this.#fail = fail;
  }

  /** The next integer; above 2^53 (negative ones are) rounded. */
  varint(): number {
    let value = 0;
    for (let i = 0; i < 10; i++) {
      if (this.position === this.#bytes.length) throw this.#fail('the end of a message in an integer', this.#end);
      const byte = this.#bytes[this.position++];
      value += (byte & 127) * 2 ** (7 * i);
      if (byte < 128) return value;
    }
    throw this.#fail('an integer of more than 10 bytes', this.#end);
  }

  /** The next bytes, so many. */
  take(length: number): Part {
    const left = this.#bytes.length - this.position;
    if (length > left)
      throw this.#fail(`a field of ${length} bytes where ${left} are left; is it truncated?`, this.#end);
    const part = { bytes: this.#bytes.subarray(this.position, this.position + length), at: this.#end };
    this.position += length;
    return part;
  }

  get #end(): number {
    return this.#at + this.position;
  }
}

/**
 * Reads Thrift's compact protocol, in which Parquet describes itself, as far as it must be checked. The library that
 * reads it then believes every count.
 */

/** A struct: its integers and structs, by the numbers of the fields. */
export interface ThriftStruct {
  readonly integers: ReadonlyMap<number, bigint>;
  readonly structs: ReadonlyMap<number, ThriftStruct>;
  /** Where the bytes behind it begin. */
  readonly end: number;
}

/** The types of fields. */
const [STOP, TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, SET, , STRUCT] = Array(13).keys();

/** Structs within structs: those of Parquet are less deep. */
const MOST_DEPTH = 32;

/**
 * Reads the struct that begins at `start`. All counts are those of bytes or elements that are there.
 *
 * @throws Error that says what is damaged
 */
export function readThrift(bytes: Uint8Array, start: number): ThriftStruct {
  let at = start;

  const need = (count: number) => {
    if (at + count <= bytes.length) return;
    throw new Error(`expected ${count} more bytes of a description at byte ${at}, found ${bytes.length - at}`);
  };

  const skip = (count: number) => {
    need(count);
    at += count;
  };

  const byte = () => {
    need(1);
    return bytes[at++];
  };

  const unsigned = () => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const next = byte();
      value |= BigInt(next & 0x7f) << shift;
      if (next < 0x80) return value;
    }
    throw new Error(`expected an integer of at most 10 bytes at byte ${at - 10}, found a longer one`);
  };

  const signed = () => {
    const value = unsigned();
    return (value >> 1n) ^ -(value & 1n);
  };

  /** A count of what takes a byte each, at least. */
  const count = () => {
    const value = unsigned();
    if (value <= bytes.length - at) return Number(value);
    throw new Error(`expected a count of at most ${bytes.length - at} at byte ${at}, found ${value}`);
  };

  const list = (depth: number) => {
    const head = byte();
    const type = head & 15;
    const elements = head >> 4 === 15 ? count() : head >> 4;
    for (let i = 0; i < elements; i++) value(type === TRUE || type === FALSE ? BYTE : type, depth);
  };

  const value = (type: number, depth: number): bigint | ThriftStruct | undefined => {
    if (type === I16 || type === I32 || type === I64) return signed();
    if (type === STRUCT) return struct(depth + 1);
    if (type === LIST || type === SET) list(depth + 1);
    else if (type === BINARY) skip(count());
    else if (type === BYTE || type === DOUBLE) skip(type === BYTE ? 1 : 8);
    else if (type !== TRUE && type !== FALSE) {
      throw new Error(`expected the type of a field at byte ${at}, found ${type}`);
    }
    return undefined;
  };

  const struct = (depth: number): ThriftStruct => {
    if (depth > MOST_DEPTH) throw new Error(`expected structs of a depth of ${MOST_DEPTH}, found deeper ones`);
    const integers = new Map<number, bigint>();
    const structs = new Map<number, ThriftStruct>();
    let field = 0n;
    for (let head = byte(); (head & 15) !== STOP; head = byte()) {
      field = head >> 4 ? field + BigInt(head >> 4) : signed();
      const found = value(head & 15, depth);
      if (typeof found === 'bigint') integers.set(Number(field), found);
      else if (found) structs.set(Number(field), found);
    }
    return { integers, structs, end: at };
  };

  return struct(0);
}

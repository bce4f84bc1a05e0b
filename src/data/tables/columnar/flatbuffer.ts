/**
 * Checks of FlatBuffers before a library reads them. It believes every length and offset: one flipped bit may keep it
 * busy for hours, or fill the memory.
 *
 * A table begins with the distance back to its vtable, which has the place of each field in the table, 0 for none. An
 * offset counts from where it stands. A vector begins with the number of its elements.
 */
export class FlatBuffer {
  readonly #view: DataView;
  readonly #what: string;
  /** Tables that may still be visited: each is checked once for each place that leads to it. */
  #left: number;

  /**
   * @param bytes - one FlatBuffer, whole
   * @param what - what error messages call it
   */
  constructor(bytes: Uint8Array, what: string) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#what = what;
    this.#left = bytes.byteLength;
  }

  /** The table that the buffer begins with. */
  root(): Table {
    return this.table(0);
  }

  /** The table to which the offset at `at` leads. */
  table(at: number): Table {
    const start = this.#follow(at);
    this.#left -= 4;
    if (this.#left < 0) throw this.#damage('tables that lead to each other', start);
    const fields = start - this.#view.getInt32(this.#inside(start, 4), true);
    const size = this.#view.getUint16(this.#inside(fields, 4), true);
    this.#inside(fields, size);
    return new Table(this, (field) => {
      const entry = 4 + 2 * field;
      const distance = entry + 2 <= size ? this.#view.getUint16(fields + entry, true) : 0;
      return distance === 0 ? undefined : this.#inside(start + distance, 1);
    });
  }

  /** The places of the elements of the vector to which the offset at `at` leads. */
  vector(at: number, elementBytes: number): number[] {
    const start = this.#follow(at);
    const count = this.#view.getUint32(this.#inside(start, 4), true);
    this.#inside(start + 4, count * elementBytes);
    this.#left -= count;
    if (this.#left < 0) throw this.#damage('vectors that overlap', start);
    return Array.from({ length: count }, (_, i) => start + 4 + i * elementBytes);
  }

  byte(at: number): number {
    return this.#view.getUint8(this.#inside(at, 1));
  }

  int32(at: number): number {
    return this.#view.getInt32(this.#inside(at, 4), true);
  }

  /** An integer of 64 bits, which is a size in the file: from 0 to `most`. */
  size(at: number, most: number): number {
    const value = this.#view.getBigInt64(this.#inside(at, 8), true);
    if (value >= 0n && value <= BigInt(most)) return Number(value);
    throw new Error(`expected a size of at most ${most} in ${this.#what}, found ${value}`);
  }

  #follow(at: number): number {
    return at + this.#view.getUint32(this.#inside(at, 4), true);
  }

  #inside(at: number, bytes: number): number {
    if (at >= 0 && at + bytes <= this.#view.byteLength) return at;
    throw this.#damage(`${bytes} bytes`, at);
  }

  #damage(found: string, at: number): Error {
    return new Error(`expected ${this.#what} of ${this.#view.byteLength} bytes, found ${found} at ${at}`);
  }
}

/** A table of a FlatBuffer: the fields by their numbers. */
export class Table {
  readonly #buffer: FlatBuffer;
  readonly #place: (field: number) => number | undefined;

  constructor(buffer: FlatBuffer, place: (field: number) => number | undefined) {
    this.#buffer = buffer;
    this.#place = place;
  }

  /** Where the value of a field is; undefined for one that is not there. */
  at(field: number): number | undefined {
    return this.#place(field);
  }

  /** The table in a field; undefined if it is not there. */
  table(field: number): Table | undefined {
    const at = this.#place(field);
    return at === undefined ? undefined : this.#buffer.table(at);
  }

  /** The places of the elements of the vector in a field; none if it is not there. */
  vector(field: number, elementBytes: number): number[] {
    const at = this.#place(field);
    return at === undefined ? [] : this.#buffer.vector(at, elementBytes);
  }

  /** The tables of the vector in a field. */
  tables(field: number): Table[] {
    return this.vector(field, 4).map((at) => this.#buffer.table(at));
  }
}

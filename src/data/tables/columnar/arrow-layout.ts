/**
 * Checks what an Arrow file or stream says of itself, before a library reads it: that all sizes are within the file,
 * and that each block is a message of the kind that its place asks for. See the Arrow columnar format,
 * “Serialization and Interprocess Communication”, and its files Message.fbs, Schema.fbs and File.fbs, which number the
 * fields.
 */
import { FlatBuffer, type Table } from './flatbuffer.js';
import { mostInflated } from './protocol.js';

const MAGIC = 'ARROW1';

/** The kinds of messages. */
const SCHEMA = 1;
const DICTIONARY = 2;
const ROWS = 3;

/** @throws Error that says what is damaged, in words that follow `found damage:` */
export function checkArrowLayout(bytes: Uint8Array): void {
  if (textAt(bytes, 0) === MAGIC) checkFile(bytes);
  else checkStream(bytes);
}

function checkFile(bytes: Uint8Array): void {
  const { length } = bytes;
  const end = length - 10;
  if (textAt(bytes, length - 6) !== MAGIC || end < 8)
    throw new Error(`expected ${MAGIC} at its end, found other bytes`);
  const size = viewOf(bytes).getInt32(end, true);
  if (size <= 0 || size > end - 8) throw new Error(`expected a footer within ${length} bytes, found one of ${size}`);
  const footer = new FlatBuffer(bytes.subarray(end - size, end), 'a footer');
  const root = footer.root();
  checkSchema(root.table(1), footer);
  root.tables(4).forEach(checkPair);
  let used = 0;
  for (const [field, kind] of [
    [2, DICTIONARY],
    [3, ROWS],
  ]) {
    for (const at of root.vector(field, 24)) {
      const start = footer.size(at, end);
      const { next } = checkMessage(bytes, start, end, kind);
      used += next - start;
    }
  }
  // Blocks that overlap would make much of few bytes.
  if (used > length) throw new Error(`expected blocks of at most ${length} bytes in all, found ${used}`);
}

function checkStream(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) {
    const { next, kind } = checkMessage(bytes, at, bytes.length);
    if (kind === undefined) return;
    at = next;
  }
}

/**
 * Checks the message at `start`; its kind is undefined at the end of a stream.
 *
 * @param asked - the kind that it must have
 */
function checkMessage(
  bytes: Uint8Array,
  start: number,
  end: number,
  asked?: number,
): { next: number; kind: number | undefined } {
  const view = viewOf(bytes);
  const word = (at: number) => {
    if (at + 4 <= end) return view.getInt32(at, true);
    throw new Error(`expected the size of a message at byte ${at}, found the end`);
  };
  const marked = word(start) === -1;
  const size = word(marked ? start + 4 : start);
  const from = start + (marked ? 8 : 4);
  if (size === 0 && asked === undefined) return { next: from, kind: undefined };
  if (size <= 0 || from + size > end)
    throw new Error(`expected a message within the file at byte ${start}, found ${size}`);
  const buffer = new FlatBuffer(bytes.subarray(from, from + size), `the message at byte ${start}`);
  const message = buffer.root();
  const kindAt = message.at(1);
  const kind = kindAt === undefined ? 0 : buffer.byte(kindAt);
  if (asked !== undefined && kind !== asked) {
    // The library would look for the other kind without end.
    throw new Error(`expected a message of kind ${asked} at byte ${start}, found ${kind}`);
  }
  const bodyAt = message.at(3);
  const body = bodyAt === undefined ? 0 : buffer.size(bodyAt, end - from - size);
  const contents = bytes.subarray(from + size, from + size + body);
  const most = mostInflated.batch(bytes.length);
  message.tables(4).forEach(checkPair);
  const header = message.table(2);
  if (kind === SCHEMA) checkSchema(header, buffer);
  else if (kind === DICTIONARY) checkRows(header?.table(1), buffer, contents, most);
  else if (kind === ROWS) checkRows(header, buffer, contents, most);
  else throw new Error(`expected a schema, a dictionary or rows in the message at byte ${start}, found kind ${kind}`);
  return { next: from + size + body, kind };
}

function checkSchema(schema: Table | undefined, buffer: FlatBuffer): void {
  if (!schema) throw new Error('expected a schema, found none');
  const check = (field: Table): void => {
    field.vector(0, 1);
    field.table(3);
    field.table(4)?.table(1);
    field.tables(5).forEach(check);
    field.tables(6).forEach(checkPair);
  };
  schema.tables(1).forEach(check);
  schema.tables(2).forEach(checkPair);
  const orderAt = schema.at(0);
  if (orderAt !== undefined && buffer.byte(orderAt) !== 0) {
    throw new Error('expected little-endian numbers, found big-endian ones');
  }
}

function checkPair(pair: Table): void {
  pair.vector(0, 1);
  pair.vector(1, 1);
}

/**
 * Checks the description of some rows, or of the values of a dictionary: they are in the buffers of `body`.
 *
 * @param mostBytes - the most that these may inflate to, in all
 */
function checkRows(rows: Table | undefined, buffer: FlatBuffer, body: Uint8Array, mostBytes: number): void {
  if (!rows) throw new Error('expected the description of some rows, found none');
  const compressed = rows.table(3) !== undefined;
  rows.vector(4, 8);
  let inflated = 0;
  for (const at of rows.vector(2, 16)) {
    const start = buffer.size(at, body.length);
    const stored = buffer.size(at + 8, body.length - start);
    inflated += compressed && stored >= 8 ? inflatedBytes(body, start, stored) : stored;
    if (inflated > mostBytes) {
      throw new Error(
        `expected rows of at most ${mostBytes} bytes, found ones that inflate to ${inflated}: write fewer`,
      );
    }
  }
  // A value has a bit at least, except those of columns that have none, which may be of any number.
  const most = inflated === 0 ? MOST_ROWS : 8 * inflated;
  const lengthAt = rows.at(0);
  if (lengthAt !== undefined) buffer.size(lengthAt, most);
  for (const at of rows.vector(1, 16)) buffer.size(at, most);
}

/** The bytes of a compressed buffer when it is inflated, which stand before it; −1 if it is stored as it is. */
function inflatedBytes(body: Uint8Array, start: number, stored: number): number {
  const bytes = viewOf(body).getBigInt64(start, true);
  if (bytes === -1n) return stored - 8;
  if (bytes >= 0n && bytes <= Number.MAX_SAFE_INTEGER) return Number(bytes);
  throw new Error(`expected the size of a block, found ${bytes}`);
}

/** The most rows of a batch: JavaScript's arrays have no more elements. */
const MOST_ROWS = 2 ** 32 - 1;

function textAt(bytes: Uint8Array, at: number): string {
  return Buffer.from(bytes.subarray(Math.max(0, at), Math.max(0, at) + MAGIC.length)).toString('latin1');
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

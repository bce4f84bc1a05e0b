/**
 * Memory that lasts. A training in the background reads its rows where they are, while JavaScript goes on and may take
 * the memory of an ArrayBuffer away: by a transfer to another thread, `transfer()`, `resize()`, or a WebAssembly memory
 * that grows. That would end the process. Nobody can take away that of a SharedArrayBuffer.
 */
import workers from 'node:worker_threads';
import { checkAttached } from '../validation/check.js';
import { withCode } from '../validation/errors.js';
import { type RowClass, type RowData, rowClassOf } from '../validation/typed-arrays.js';
import { sharedBuffer } from './shared-buffer.js';
import { atOnce, type Pieces } from './turns.js';

/** The bytes of the largest array that is copied for a training; larger ones are guarded where they are. */
const MOST_COPIED = 2 ** 28;

/** Numbers that are copied in a millisecond or so, into memory that the system provides page by page. */
const PIECE = 2 ** 20;

/** Buffers whose memory is kept by a backend as long as it uses it. */
const backed = new WeakSet<ArrayBufferLike>();

/** A new array of zeros whose memory lasts: shared, so that other threads can use it without a copy. */
export function lastingArray<A extends RowData>(type: RowClass<A>, length: number): A {
  const buffer = sharedBuffer(length * type.BYTES_PER_ELEMENT);
  backed.add(buffer);
  return new type(buffer);
}

/** Says that the backend keeps the memory of a buffer as long as it uses it, whatever becomes of the buffer. */
export function noteBacked(buffer: ArrayBufferLike): void {
  backed.add(buffer);
}

/** An array whose memory lasts until it is released. */
export interface KeptArray<A extends RowData> {
  /** The array itself, or a copy. */
  readonly array: A;
  /** What is left to copy, in pieces: the copy is of use after the last one. Null for nothing. */
  readonly copying: Pieces<void> | null;
  /** Whether there are ways around the guard, so that it should be looked at now and then. */
  readonly guarded: boolean;
  readonly release: () => void;
}

/**
 * Keeps the memory of an array: as it is if it lasts, else as a copy if it is small or cannot be guarded, else by a
 * guard. Then `transfer()` throws until the release, and a transfer to another thread throws, or copies in Node 20:
 * from now on, since Node cannot undo that. Two ways around are left before Node 24: `ArrayBuffer.prototype.transfer`
 * called on the buffer by hand, and byte streams, which take the buffers of what they are given.
 */
export function keepArray<A extends RowData>(array: A, most = MOST_COPIED): KeptArray<A> {
  if (lasts(array)) return { array, copying: null, guarded: false, release: () => undefined };
  const buffer = array.buffer as ArrayBuffer;
  if (array.byteLength <= most || !canGuard(buffer)) {
    const { copy, pieces } = lastingCopy(array);
    const small = array.length <= PIECE;
    if (small) atOnce(pieces);
    return { array: copy, copying: small ? null : pieces, guarded: false, release: () => undefined };
  }
  return { array, copying: null, guarded: true, release: guard(buffer) };
}

/** The array itself if its memory lasts or it is too large, else a copy whose memory lasts. */
export function* lastingIfSmall<A extends RowData>(array: A): Pieces<A> {
  if (lasts(array) || array.byteLength > MOST_COPIED) return array;
  const { copy, pieces } = lastingCopy(array);
  yield* pieces;
  return copy;
}

function lasts({ buffer }: RowData): boolean {
  return Object.prototype.toString.call(buffer) === '[object SharedArrayBuffer]' || backed.has(buffer);
}

/** A copy whose memory lasts, and the pieces that fill it. */
function lastingCopy<A extends RowData>(array: A): { readonly copy: A; readonly pieces: Pieces<void> } {
  const copy = lastingArray(rowClassOf(array) as RowClass<A>, array.length);
  return { copy, pieces: copyRows(array, copy) };
}

/** @throws TypeError `ERR_DETACHED` or `ERR_BUSY` when the array's memory goes away or shrinks between two pieces */
function* copyRows<A extends RowData>(array: A, copy: A): Pieces<void> {
  for (let start = 0; start < copy.length; start += PIECE) {
    checkAttached(array, 'the rows');
    if (array.length !== copy.length) throw resized(copy.length, array.length);
    copy.set(array.subarray(start, start + PIECE), start);
    yield;
  }
}

function resized(before: number, now: number): TypeError {
  return withCode(
    new TypeError(
      `Expected rows that keep their ${before} numbers but their buffer was resized to ${now} during a copy: ` +
        'await the training, or resize a copy',
    ),
    'ERR_BUSY',
  );
}

/** `ArrayBuffer` as ES2024 has it; Node 20 has the first part of it only. */
type ModernBuffer = ArrayBuffer & { readonly resizable?: boolean; transfer?: (length?: number) => ArrayBuffer };

/** Those of a WebAssembly memory must not be marked: Node 24 would end when the memory grows. */
function canGuard(buffer: ModernBuffer): boolean {
  return !buffer.resizable && Object.isExtensible(buffer) && !isOfWebAssembly(buffer);
}

/**
 * Whether the buffer is that of a WebAssembly memory, or cannot be detached for another reason. It is asked for a
 * length that cannot be allocated: all others fail for that reason, before they are detached.
 */
function isOfWebAssembly(buffer: ModernBuffer): boolean {
  try {
    buffer.transfer?.(Number.MAX_SAFE_INTEGER);
    return false;
  } catch (error) {
    return !guards.has(buffer) && (error as Error).name === 'TypeError';
  }
}

/** How many trainings read each guarded buffer. */
const guards = new WeakMap<ArrayBuffer, number>();

function guard(buffer: ModernBuffer): () => void {
  // Not every runtime has it.
  workers.markAsUntransferable?.(buffer);
  const count = guards.get(buffer) ?? 0;
  guards.set(buffer, count + 1);
  if (count === 0) for (const name of WAYS) refuse(buffer, name);
  return () => {
    const left = (guards.get(buffer) ?? 1) - 1;
    guards.set(buffer, left);
    if (left === 0) for (const name of WAYS) Reflect.deleteProperty(buffer, name);
  };
}

const WAYS = ['transfer', 'transferToFixedLength'] as const;

function refuse(buffer: ArrayBuffer, name: string): void {
  const value = () => {
    throw withCode(
      new TypeError('Expected rows that nobody uses but a training reads this memory: await it, or transfer a copy'),
      'ERR_BUSY',
    );
  };
  Object.defineProperty(buffer, name, { value, configurable: true });
}

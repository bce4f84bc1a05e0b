/**
 * What kind of typed array a value is. The tag is read instead of `instanceof`, so that arrays of another realm (a
 * `vm` context, a test runner's sandbox) are accepted too.
 */

/** Any typed array of numbers. */
export type NumberArray =
  | Uint8Array
  | Float32Array
  | Float64Array
  | Uint8ClampedArray
  | Int8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array;

/** The typed arrays that hold input rows without conversion. */
export type RowData = Uint8Array | Float32Array | Float64Array;

/** Each kind of array by its name. */
interface ArrayKinds {
  Uint8Array: Uint8Array;
  Uint16Array: Uint16Array;
  Uint32Array: Uint32Array;
  Int32Array: Int32Array;
  Float32Array: Float32Array;
  Float64Array: Float64Array;
}

/** Whether `value` is a typed array of this kind, of any realm. */
export function isArrayOf<Name extends keyof ArrayKinds>(value: unknown, name: Name): value is ArrayKinds[Name] {
  return tagOf(value) === name;
}

/** Whether `value` is a typed array of numbers: not a DataView, and not one of BigInts. */
export function isTypedArray(value: unknown): value is NumberArray {
  const tag = tagOf(value);
  return tag !== undefined && !tag.startsWith('Big');
}

/** The typed arrays of integers of at most 32 bits. */
export type IntegerArray = Exclude<NumberArray, Float32Array | Float64Array>;

/** Whether `value` is a typed array of integers of at most 32 bits. */
export function isIntegerArray(value: unknown): value is IntegerArray {
  return /^(Ui|I)nt/.test(tagOf(value) ?? '');
}

/** Whether `value` is a typed array that holds input rows without conversion. */
export function isRowData(value: unknown): value is RowData {
  const tag = tagOf(value);
  return tag === 'Uint8Array' || tag === 'Float32Array' || tag === 'Float64Array';
}

/** A class of typed arrays that hold rows, in memory of their own or in that of a buffer. */
export interface RowClass<A extends RowData = RowData> {
  readonly BYTES_PER_ELEMENT: number;
  new (length: number): A;
  new (buffer: ArrayBufferLike): A;
}

/** The class of this realm that holds such an array: Uint8Array for a Buffer as well. */
export function rowClassOf(array: RowData): RowClass {
  if (isArrayOf(array, 'Uint8Array')) return Uint8Array;
  return isArrayOf(array, 'Float32Array') ? Float32Array : Float64Array;
}

/** The array itself, or a view of its memory by this realm's class if it is of another: backends tell classes apart. */
export function ofThisRealm<A extends RowData>(array: A): A {
  const type = { Uint8Array, Float32Array, Float64Array }[tagOf(array) as 'Uint8Array'];
  // Subclasses, such as Buffer, are of this realm if their chain of prototypes ends in its class.
  if (!type || Object.prototype.isPrototypeOf.call(type.prototype, array)) return array;
  return new type(array.buffer as ArrayBuffer, array.byteOffset, array.length) as RowData as A;
}

/** The getter that every typed array inherits: it reads the kind from the array itself, of any realm or subclass. */
const kindOf = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag)?.get;

/** `Uint8Array` of a Buffer as well; undefined of a DataView, and of anything else than a typed array. */
function tagOf(value: unknown): string | undefined {
  return kindOf?.call(value);
}

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
  Int32Array: Int32Array;
  Float32Array: Float32Array;
  Float64Array: Float64Array;
}

/** Whether `value` is a typed array of this kind, of any realm. */
export function isArrayOf<Name extends keyof ArrayKinds>(value: unknown, name: Name): value is ArrayKinds[Name] {
  return ArrayBuffer.isView(value) && tagOf(value) === name;
}

/** Whether `value` is a typed array of numbers: not a DataView, and not one of BigInts. */
export function isTypedArray(value: unknown): value is NumberArray {
  return ArrayBuffer.isView(value) && !/^DataView$|^Big/.test(tagOf(value));
}

/** Whether `value` is a typed array that holds input rows without conversion. */
export function isRowData(value: unknown): value is RowData {
  return isArrayOf(value, 'Uint8Array') || isArrayOf(value, 'Float32Array') || isArrayOf(value, 'Float64Array');
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
  const type = { Uint8Array, Float32Array, Float64Array }[tagOf(array)];
  if (!type || array instanceof type) return array;
  return new type(array.buffer as ArrayBuffer, array.byteOffset, array.length) as RowData as A;
}

/** `Uint8Array` of a Buffer as well: subclasses do not change the tag. */
function tagOf(view: ArrayBufferView): string {
  return Object.prototype.toString.call(view).slice(8, -1);
}

import { wrongShape } from '../../validation/errors.js';
import { isArrayOf } from '../../validation/typed-arrays.js';
import { bytesOf, inFileOrder } from '../arrays/byte-order.js';
import { countOf } from '../arrays/stored-array.js';
import { describeShape, encodeHeader, METADATA_KEY } from './header.js';

/** A tensor to write. */
export interface TensorToWrite {
  /** The product of `shape` numbers, row-major. */
  readonly data: Uint8Array | Int32Array | Float32Array | Float64Array;
  /** Sizes, slowest first; empty for a single number. */
  readonly shape: readonly number[];
}

/**
 * The chunks of a file. Header and data have one order: the widest numbers first, so that each is aligned, then by
 * name. The arrays must not change before they are written.
 *
 * @throws RangeError `ERR_SHAPE` when an array does not have as many numbers as its shape, `ERR_OUT_OF_RANGE` when
 * names and metadata are over 10 MB
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, TensorToWrite>,
  metadata: ReadonlyMap<string, string>,
): Uint8Array[] {
  const sorted = [...tensors].sort(
    ([a, { data: x }], [b, { data: y }]) => y.BYTES_PER_ELEMENT - x.BYTES_PER_ELEMENT || (a < b ? -1 : 1),
  );
  const header: [string, unknown][] = [[METADATA_KEY, Object.fromEntries(metadata)]];
  const chunks: Uint8Array[] = [];
  let begin = 0;
  for (const [name, { data, shape }] of sorted) {
    if (countOf(shape) !== data.length) {
      throw wrongShape(`numbers for shape ${describeShape(shape)} of ${name}`, data);
    }
    chunks.push(bytesOf(inFileOrder(data)));
    header.push([name, { dtype: dtypeOf(data), shape, data_offsets: [begin, begin + data.byteLength] }]);
    begin += data.byteLength;
  }
  return [...encodeHeader(JSON.stringify(Object.fromEntries(header))), ...chunks];
}

/** The dtype for each array, and how its class is called. */
const DTYPES = [
  ['Uint8Array', 'U8'],
  ['Int32Array', 'I32'],
  ['Float32Array', 'F32'],
  ['Float64Array', 'F64'],
] as const;

function dtypeOf(data: TensorToWrite['data']): string {
  const [, dtype] = DTYPES.find(([name]) => isArrayOf(data, name)) ?? [];
  return dtype as string;
}

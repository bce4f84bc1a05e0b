/** Rows in another type of numbers than they are in memory. */
import { turnTaker } from '../../platform/turns.js';
import { withCode } from '../../validation/errors.js';
import { isArrayOf, type RowData } from '../../validation/typed-arrays.js';
import type { Dataset } from '../dataset.js';
import { checkPartMemory } from '../dataset-checks.js';
import { Matrix } from '../matrix.js';
import type { DatasetPart, PartName } from '../part.js';
import { columnWidth, quote } from '../tables/column.js';

/** The types of numbers that rows can be stored in. */
export const STORAGES = ['uint8', 'float32', 'float64'] as const;
export type Storage = (typeof STORAGES)[number];

const TYPES = { uint8: Uint8Array, float32: Float32Array, float64: Float64Array } as const;

/** How the numbers of some rows are stored. */
export function storageOf(data: RowData): Storage {
  if (isArrayOf(data, 'Uint8Array')) return 'uint8';
  return isArrayOf(data, 'Float32Array') ? 'float32' : 'float64';
}

/**
 * A part with its rows in a type of numbers, with turns of the event loop in between: the part itself if they are
 * already. In float32 numbers are rounded.
 *
 * @throws RangeError `ERR_OUT_OF_RANGE` for a number that is no byte, or beyond float32, with its row and column
 */
export async function storedAs(
  storage: Storage,
  dataset: Dataset,
  name: PartName,
  part: DatasetPart,
): Promise<DatasetPart> {
  const { data, rows, columns, mean } = part.X;
  if (storageOf(data) === storage) return part;
  const numbers = new TYPES[storage](data.length);
  const turn = turnTaker();
  for (let row = 0; row < rows; row++) {
    for (let d = 0, at = row * columns; d < columns; d++, at++) {
      numbers[at] = data[at];
      const lost = storage === 'uint8' ? numbers[at] !== data[at] : Math.abs(numbers[at]) === Number.POSITIVE_INFINITY;
      if (lost) throw notStorable(storage, data[at], `row ${row}, column ${columnAt(dataset, d)} of the ${name} part`);
    }
    if (row % 64 === 63) {
      await turn();
      checkPartMemory(part, name);
    }
  }
  return { X: new Matrix(numbers, columns, { mean }), y: part.y };
}

function notStorable(storage: Storage, value: number, place: string): RangeError {
  const expected = storage === 'uint8' ? 'whole numbers from 0 to 255' : 'numbers up to 3.4e38';
  return withCode(
    new RangeError(`Expected ${expected} to store as ${storage} but received ${value} at ${place}`),
    'ERR_OUT_OF_RANGE',
  );
}

/** Number `d` of a row, by the name of its column if it has one. */
function columnAt({ columns }: Dataset, d: number): string {
  let next = 0;
  const column = columns?.find((each) => {
    next += columnWidth(each);
    return next > d;
  });
  return column ? quote(column.name) : String(d);
}

import { allocated } from '../validation/system-limits.js';
import type { Dataset } from './dataset.js';
import { Matrix } from './matrix.js';
import type { DatasetPart } from './part.js';

/** The test part of a data set, or all its rows if it has none. */
export function testOrAll({ train, validation, test }: Dataset): DatasetPart {
  if (test) return test;
  if (!validation) return train;
  const y = Int32Array.from([...train.y, ...validation.y]);
  return { X: joinRows([train.X, validation.X]), y };
}

/** Rows of the same D, one below the other, without a mean; copied if there are several. */
export function joinRows(parts: readonly Matrix[]): Matrix {
  const [first] = parts;
  if (parts.length === 1) return first.withMean(undefined);
  const type = parts.every(({ data }) => data.constructor === first.data.constructor)
    ? (first.data.constructor as new (
        length: number,
      ) => Matrix['data'])
    : Float64Array;
  const length = parts.reduce((sum, { data }) => sum + data.length, 0);
  const all = allocated('the rows of all parts', () => new type(length));
  let at = 0;
  for (const { data } of parts) {
    all.set(data, at);
    at += data.length;
  }
  return new Matrix(all, first.columns);
}

import { turnTaker } from '../../platform/turns.js';
import { Dataset } from '../dataset.js';
import { checkPartMemory } from '../dataset-checks.js';
import type { DatasetInput } from '../dataset-input.js';
import type { DatasetPart, PartName } from '../part.js';
import { storageOf } from '../save/stored-as.js';
import { classSizes } from '../stratify.js';
import { type Column, columnWidth } from '../tables/column.js';
import type { ColumnDescription, DatasetDescription, NumberRange, NumberSummary } from './description.js';

const PARTS = ['train', 'validation', 'test'] as const satisfies readonly PartName[];

/**
 * Describes a data set: rows, classes with their counts, parts, columns, and the smallest, largest and mean numbers.
 * The mean of the data set is not subtracted. All numbers are looked at once.
 *
 * @throws (as a rejection) TypeError or RangeError as `new Dataset`; TypeError `ERR_DETACHED` when the memory of
 * rows or labels goes away before they are looked at
 *
 * @example
 * const { rows, classes } = await describeDataset(data);
 */
export async function describeDataset(data: Dataset | DatasetInput): Promise<DatasetDescription> {
  const all = Dataset.from(data);
  const { inputSize, imageShape, classNames, columns, warnings, source } = all;
  const parts = PARTS.flatMap((name) => {
    const part = all[name];
    return part ? [{ name, part, sizes: classSizes(part.y, classNames.length) }] : [];
  });
  const ranges = await summaries(
    parts.map(({ part }) => part),
    inputSize,
  );
  for (const { name, part } of parts) checkPartMemory(part, name);
  const counts = (count: (part: (typeof parts)[number]) => number) =>
    Object.fromEntries(parts.map((part) => [part.name, count(part)]));
  const byClass = classNames.map((name, c) => {
    const rows = counts(({ sizes }) => sizes[c]);
    return { name, rows: sum(Object.values(rows)), parts: rows };
  });
  return {
    source,
    rows: sum(parts.map(({ part }) => part.y.length)),
    parts: counts(({ part }) => part.y.length),
    classes: byClass,
    inputSize,
    storage: storageOf(all.train.X.data),
    range: joined(ranges),
    mean: sum(ranges.map(({ mean }) => mean)) / inputSize,
    constantColumns: ranges.filter(({ min, max }) => min === max).length,
    ...(inputSize <= MOST_COLUMNS && { summary: ranges }),
    ...(imageShape && { imageShape }),
    ...(columns && { columns: columnsOf(columns, ranges) }),
    warnings,
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** The smallest, the largest and the mean number of each of the D columns. */
async function summaries(parts: readonly DatasetPart[], D: number): Promise<NumberSummary[]> {
  const min = new Float64Array(D).fill(Number.POSITIVE_INFINITY);
  const max = new Float64Array(D).fill(Number.NEGATIVE_INFINITY);
  const mean = new Float64Array(D);
  const turn = turnTaker();
  let seen = 0;
  for (const { X } of parts) {
    const { data, rows } = X;
    for (let row = 0; row < rows; row++) {
      seen++;
      for (let d = 0, at = row * D; d < D; d++, at++) {
        const value = data[at];
        if (value < min[d]) min[d] = value;
        if (value > max[d]) max[d] = value;
        mean[d] += (value - mean[d]) / seen;
      }
      if (row % 64 === 63) await turn();
    }
  }
  return Array.from(min, (low, d) => ({ min: low, max: max[d], mean: mean[d] }));
}

/** The most columns that are described one by one. */
const MOST_COLUMNS = 100;

function joined(ranges: readonly NumberRange[]): NumberRange {
  return ranges.reduce((all, { min, max }) => ({ min: Math.min(all.min, min), max: Math.max(all.max, max) }));
}

function columnsOf(columns: readonly Column[], ranges: readonly NumberRange[]): ColumnDescription[] {
  let next = 0;
  return columns.map((column) => {
    const { name, type } = column;
    const at = next;
    next += columnWidth(column);
    return column.type === 'number'
      ? { name, type, min: ranges[at].min, max: ranges[at].max }
      : { name, type, categories: column.categories.length };
  });
}

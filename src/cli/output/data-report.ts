/** What `data info` prints. */

import type { TableDescription } from '../../data/describe/describe-table.js';
import type { ColumnDescription, DatasetDescription } from '../../data/describe/description.js';
import { columns, printable } from './format.js';
import { formatCount, table } from './table.js';

/** Classes and columns that are shown. */
const SHOWN = 40;

/** Of a data set as rows of numbers. */
export function datasetLines(kind: string, data: DatasetDescription): string[] {
  const { source, rows, parts, inputSize, imageShape, storage, range, mean, constantColumns, classes } = data;
  const rangeWords = `${short(range.min)} to ${short(range.max)}`;
  const names = Object.keys(parts) as (keyof typeof parts)[];
  const shape = imageShape && `${imageShape.width} × ${imageShape.height} pixels, ${channelWords(imageShape.channels)}`;
  const head = columns([
    ['data', `${printable(source)} (${kind})`],
    ['rows', names.length > 1 ? `${rows}: ${names.map((name) => `${parts[name]} ${name}`).join(', ')}` : String(rows)],
    ['a row', `${formatCount(inputSize, 'number')} (${storage}), ${rangeWords}, mean ${short(mean)}`],
    ...(constantColumns > 0
      ? [['constant', `${constantColumns} of ${formatCount(inputSize, 'column')}`] as const]
      : []),
    ...(shape ? [['pictures', shape] as const] : []),
    ['classes', String(classes.length)],
  ]);
  const byClass = classes.slice(0, SHOWN).map((of) => {
    const counts = names.length > 1 ? names.map((name) => String(of.parts[name] ?? 0)) : [];
    return [printable(of.name), String(of.rows), ...counts];
  });
  const title = ['class', 'rows', ...(names.length > 1 ? names : [])];
  return [...head, ...numberLines(data), '', ...table(title, byClass), ...moreThan(classes.length)];
}

/** The columns of rows that are no pictures, if they are few; those of a table by their names. */
function numberLines({ columns: named, summary, imageShape }: DatasetDescription): string[] {
  if (named) {
    const cells = named.slice(0, SHOWN).map((column) => columnCells(column).filter((_, i) => i !== MISSING));
    return ['', ...table(['column', 'type', 'min', 'max', 'categories'], cells), ...moreThan(named.length)];
  }
  if (!summary || imageShape || summary.length > SHOWN) return [];
  const cells = summary.map(({ min, max, mean }, d) => [String(d), short(min), short(max), short(mean)]);
  return ['', ...table(['column', 'min', 'max', 'mean'], cells)];
}

/** The place of the count of missing values among the cells of a column. */
const MISSING = 2;

/** Of a table as it is. */
export function tableLines({ source, format, rows, columns: all, label, classes }: TableDescription): string[] {
  const head = columns([
    ['data', `${printable(source)} (${format})`],
    ['rows', String(rows)],
    ['columns', String(all.length)],
    ['classes', `${classes.length} in column ${printable(label)}`],
  ]);
  const cells = all.slice(0, SHOWN).map((column) => columnCells(column));
  const title = ['column', 'type', 'missing', 'min', 'max', 'categories'];
  const byClass = classes.slice(0, SHOWN).map((of) => [printable(of.name), String(of.rows)]);
  return [
    ...head,
    '',
    ...table(title, cells),
    ...moreThan(all.length),
    ...(byClass.length > 0 ? ['', ...table(['class', 'rows'], byClass), ...moreThan(classes.length)] : []),
  ];
}

function columnCells({ name, type, missing, min, max, categories }: ColumnDescription): string[] {
  const number = (value: number | undefined) => (value === undefined ? '' : short(value));
  return [printable(name), type, String(missing ?? ''), number(min), number(max), String(categories ?? '')];
}

/** A number in six digits at most. */
function short(value: number): string {
  return String(Number(value.toPrecision(6)));
}

function channelWords(channels: number): string {
  return channels === 1 ? 'grey' : channels === 3 ? 'in colours' : `${channels} channels`;
}

function moreThan(count: number): string[] {
  return count > SHOWN ? [`… (${count} in all)`] : [];
}

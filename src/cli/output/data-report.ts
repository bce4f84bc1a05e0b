/** What `data info` prints. */

import type { TableDescription } from '../../data/describe/describe-table.js';
import type { ColumnDescription, DatasetDescription } from '../../data/describe/description.js';
import { columns, printable } from './format.js';
import { formatCount, table } from './table.js';

/** Classes and columns that are shown. */
const SHOWN = 40;

/** Of a data set as rows of numbers. */
export function datasetLines(kind: string, data: DatasetDescription): string[] {
  const { source, rows, parts, inputSize, imageShape, storage, range, classes } = data;
  const names = Object.keys(parts) as (keyof typeof parts)[];
  const shape = imageShape && `${imageShape.width} × ${imageShape.height} pixels, ${channelWords(imageShape.channels)}`;
  const head = columns([
    ['data', `${printable(source)} (${kind})`],
    ['rows', names.length > 1 ? `${rows}: ${names.map((name) => `${parts[name]} ${name}`).join(', ')}` : String(rows)],
    ['a row', `${formatCount(inputSize, 'number')} (${storage}), ${range.min} to ${range.max}`],
    ...(shape ? [['pictures', shape] as const] : []),
    ['classes', String(classes.length)],
  ]);
  const byClass = classes.slice(0, SHOWN).map((of) => {
    const counts = names.length > 1 ? names.map((name) => String(of.parts[name] ?? 0)) : [];
    return [printable(of.name), String(of.rows), ...counts];
  });
  const title = ['class', 'rows', ...(names.length > 1 ? names : [])];
  return [...head, '', ...table(title, byClass), ...moreThan(classes.length)];
}

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
  const number = (value: number | undefined) => (value === undefined ? '' : String(Number(value.toPrecision(6))));
  return [printable(name), type, String(missing ?? ''), number(min), number(max), String(categories ?? '')];
}

function channelWords(channels: number): string {
  return channels === 1 ? 'grey' : channels === 3 ? 'in colours' : `${channels} channels`;
}

function moreThan(count: number): string[] {
  return count > SHOWN ? [`… (${count} in all)`] : [];
}

import { basename } from 'node:path';
import { TABLE } from '../../data/formats/table.js';
import type { Label } from '../../data/labels.js';
import { checkApplies } from '../../data/load-dataset.js';
import { type KnownInput, labelColumn, placeColumns } from '../../data/tables/known-rows.js';
import { readLike } from '../../data/tables/load-table.js';
import { openRows } from '../../data/tables/open-table.js';
import { placeOf } from '../../data/tables/table-scan.js';
import { withCode } from '../../validation/errors.js';
import { type DataFlags, readingFlags } from './load-data.js';

/** What a model knows of the tables that it is for. */
export interface KnownTable extends KnownInput {
  /** The label of each class (C). */
  readonly classes: readonly Label[];
}

/**
 * Reads a table as the table that a model was trained on. The class is in the column that `--label` names; without it,
 * in the last that the model does not read.
 *
 * @throws as `placeColumns` and `readLike`; TypeError `ERR_CONFLICT` for options that do not apply
 */
export async function loadKnownTable(path: string, known: KnownTable, flags: DataFlags) {
  checkApplies(path, TABLE, readingFlags(flags));
  if (flags.columns !== undefined) {
    const whose = known.columns ? 'each column has the type that it had in the training' : 'all columns are numbers';
    throw withCode(new TypeError(`Leave out --columns: in rows for a model, ${whose}`), 'ERR_CONFLICT');
  }
  const { label, ignore = [], header, delimiter, decimal, missing } = flags;
  const { columns, classes } = known;
  const asked = label === undefined ? [] : [label];
  const names = [...(columns ?? []).map(({ name }) => name), ...asked, ...ignore];
  const source = await openRows(
    path,
    { header, delimiter, decimal },
    names.filter((name) => typeof name === 'string'),
  );
  const placed = placeColumns(source, known, [...ignore, label ?? -1]);
  const named = columns && label === undefined;
  const labelName = named ? labelColumn(source, placed, ignore) : source.columns[placeOf(label ?? -1, source, 'label')];
  const part = await readLike(source, { ...placed, label: labelName, classes }, missing);
  return { data: basename(path).replace(/\..*$/, ''), ...part };
}

/** How a table is read: what the page's controls say, and what they offer. */
import type { Column, Dataset, LoadSourceOptions } from 'two-layer-net';
import { element, show } from './page-elements.js';

const CHOICES = ['missing', 'header', 'delimiter', 'decimal'] as const;

/** What a column is used as. */
const USES = { '': 'as it is', category: 'as words', ignore: 'left out' } as const;

/** The names of all columns of the table, in its order; empty until they are known. */
let names: readonly string[] = [];

const chosen = (id: string) => element<HTMLSelectElement>(id).value;

/** Forgets what was chosen for another file. */
export function forgetChoices(): void {
  names = [];
  for (const id of CHOICES) element<HTMLSelectElement>(id).value = '';
  element('label').replaceChildren();
  element('columns').replaceChildren();
  show('reading', false);
}

/** The options of `loadDataset` that were chosen. */
export function choices(): LoadSourceOptions {
  const uses = names.map((name, i) => [name, chosen(`column-${i}`)] as const);
  const named = (use: string) => uses.filter((one) => one[1] === use && one[0] !== chosen('label'));
  const [label, missing, header] = ['label', 'missing', 'header'].map(chosen);
  const [delimiter, decimal] = ['delimiter', 'decimal'].map(chosen);
  const categories = named('category').map(([name]) => [name, 'category' as Column['type']] as const);
  return {
    ...(label && { label, ignore: named('ignore').map(([name]) => name), columns: Object.fromEntries(categories) }),
    ...(missing && { missing: missing as 'mean' }),
    ...(header && { header: header === 'yes' }),
    ...(delimiter && { delimiter: delimiter as ',' }),
    ...(decimal && { decimal: decimal as '.' }),
  };
}

/** What an error of a table has. */
export interface TableError {
  readonly table?: { readonly columns: readonly string[]; readonly label: string | undefined };
}

/** Offers what can be chosen for a file, after it was read or not. */
export function offerChoices(file: File, result: Dataset | TableError): void {
  const text = /\.(csv|tsv|txt)(\.gz)?$/i.test(file.name);
  const table = 'train' in result ? tableOf(result) : result.table;
  if (table) offerColumns(table);
  for (const one of document.querySelectorAll<HTMLElement>('.of-columns')) one.hidden = names.length === 0;
  for (const one of document.querySelectorAll<HTMLElement>('.of-text')) one.hidden = !text;
  show('reading', names.length > 0 || text);
  if ('train' in result) return;
  const open = names.length > 0 ? 'columns-part' : 'writing-part';
  element<HTMLDetailsElement>(open).open = true;
}

function tableOf({ columns, label }: Dataset): TableError['table'] {
  return columns && label !== undefined ? { columns: [...columns.map(({ name }) => name), label], label } : undefined;
}

function offerColumns({ columns, label }: NonNullable<TableError['table']>): void {
  // A data set names only those that are used: the first list is the one of all.
  if (names.length === 0 || columns.some((name) => !names.includes(name))) {
    names = columns;
    element('label').replaceChildren(...names.map((name) => new Option(name, name)));
    element('columns').replaceChildren(...names.map(useOf));
  }
  if (label !== undefined) element<HTMLSelectElement>('label').value = label;
  names.forEach((name, i) => {
    element<HTMLSelectElement>(`column-${i}`).disabled = name === label;
  });
}

/** The control for one column. */
function useOf(name: string, i: number): HTMLElement {
  const label = Object.assign(document.createElement('label'), { textContent: name });
  const select = Object.assign(document.createElement('select'), { id: `column-${i}` });
  select.replaceChildren(...Object.entries(USES).map(([value, text]) => new Option(text, value)));
  label.append(' ', select);
  return label;
}

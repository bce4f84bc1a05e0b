/** The combinations of a search as a table that can be sorted by any column. */

import type { RankedSettings } from '../../tune/ranking.js';
import { labelOf } from '../../tune/settings.js';
import type { AnyValue } from '../../validation/setting.js';
import { countText, settingText, spreadText } from '../content/numbers.js';
import type { ReportData } from '../content/report-data.js';
import { axesOf } from '../content/sweep-chart.js';
import { element } from './element.js';

type SearchData = NonNullable<ReportData['search']>;

/** A column: the text of each cell, and the key to sort by. Null keys come last in either direction. */
interface Column {
  readonly name: string;
  readonly text: (ranked: RankedSettings, rank: number) => string;
  readonly key: (ranked: RankedSettings, rank: number) => AnyValue | null;
}

function columnsOf({ search, ranking }: SearchData): Column[] {
  const settings = axesOf({ search }).map(
    (name): Column => ({
      name: labelOf(name),
      text: ({ settings }) => settingText(settings[name]),
      key: ({ settings }) => settings[name],
    }),
  );
  const accuracy = (name: string, which: 'valAccuracy' | 'trainAccuracy'): Column => ({
    name,
    text: ({ [which]: spread, diverged }) => {
      if (spread) return spreadText(spread.mean, spread.deviation);
      return diverged > 0 ? 'diverged' : '–';
    },
    key: ({ [which]: spread }) => spread?.mean ?? null,
  });
  const rounds = new Set(ranking.map(({ numIters }) => numIters)).size > 1;
  const seeds: Column = {
    name: 'seeds',
    text: ({ results, diverged }) => `${results.length}${diverged > 0 ? ` (${diverged} diverged)` : ''}`,
    key: ({ results }) => results.length,
  };
  return [
    { name: 'rank', text: (_, rank) => String(rank), key: (_, rank) => rank },
    accuracy('validation accuracy', 'valAccuracy'),
    ...settings,
    ...(rounds ? [{ name: 'iterations', text: iterations, key: ({ numIters }: RankedSettings) => numIters }] : []),
    ...(search.seeds > 1 ? [seeds] : []),
    accuracy('training accuracy', 'trainAccuracy'),
  ];
}

function iterations({ numIters }: RankedSettings): string {
  return countText(numIters);
}

/** How each table is sorted, which is kept when its rows change. */
const sorting = new WeakMap<HTMLElement, { column: string; descending: boolean }>();

/** Replaces the content of `place` by the table. */
export function searchTable(place: HTMLElement, search: SearchData): void {
  const columns = columnsOf(search);
  const { column, descending } = sorting.get(place) ?? { column: 'rank', descending: false };
  const by = columns.find(({ name }) => name === column) ?? columns[0];
  const rows = search.ranking.map((ranked, i) => ({ ranked, rank: i + 1 }));
  rows.sort((a, b) => compare(by.key(a.ranked, a.rank), by.key(b.ranked, b.rank), descending));
  const heads = columns.map(({ name }) => {
    const sorted = name === by.name;
    const direction = descending ? 'descending' : 'ascending';
    const button = element('button', { type: 'button' }, name, sorted ? (descending ? ' ▼' : ' ▲') : '');
    button.addEventListener('click', () => {
      // Accuracies start with the largest.
      sorting.set(place, { column: name, descending: sorted ? !descending : name.endsWith('accuracy') });
      searchTable(place, search);
      place.querySelector<HTMLElement>(`th[data-column="${name}"] button`)?.focus();
    });
    return element('th', { scope: 'col', 'data-column': name, 'aria-sort': sorted ? direction : 'none' }, button);
  });
  const body = rows.map(({ ranked, rank }) =>
    element('tr', {}, ...columns.map(({ name, text }) => element('td', { 'data-label': name }, text(ranked, rank)))),
  );
  place.replaceChildren(
    element(
      'table',
      { class: 'search' },
      element('thead', {}, element('tr', {}, ...heads)),
      element('tbody', {}, ...body),
    ),
  );
}

function compare(a: AnyValue | null, b: AnyValue | null, descending: boolean): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  const order = Number(a > b) - Number(a < b);
  return descending ? -order : order;
}

/** The sections of a report. Each is redrawn when the data that it shows changes. */

import { classAccuracyHeight, confusionHeight } from '../charts/class-names.js';
import { sweepHeight } from '../charts/sweep.js';
import { accuracyText, countText, percentText, settingText } from '../content/numbers.js';
import type { ReportData, ReportImage, ReportMistake } from '../content/report-data.js';
import { sweepChart } from '../content/sweep-chart.js';
import { ChartView } from './chart-view.js';
import { element, pairs } from './element.js';
import { searchTable } from './search-table.js';

/** A section of the page. */
export interface Section {
  readonly title: string;
  /** The fields that it shows. The section only appears if all of them are present. */
  readonly needs: readonly (keyof ReportData)[];
  /** Creates the section once. The returned function fills it, now and whenever a field of `needs` changes. */
  readonly make: (place: HTMLElement) => (report: ReportData) => void;
}

/** A section whose whole content is replaced at each change. */
function replacing(fill: (report: ReportData) => Node[]): Section['make'] {
  return (place) => (report) => place.replaceChildren(...fill(report));
}

/** The sections in the order of the page. */
export const SECTIONS: readonly Section[] = [
  { title: 'Warnings', needs: ['warnings'], make: replacing(warnings) },
  { title: 'Accuracy', needs: ['accuracies'], make: replacing(accuracies) },
  { title: 'Loss and accuracy by time', needs: ['history'], make: curves },
  { title: 'Combinations', needs: ['search'], make: search },
  { title: 'Classes', needs: ['classes'], make: classes },
  { title: 'Most confident mistakes', needs: ['mistakes', 'classes'], make: replacing(mistakes) },
  { title: 'Weights of the hidden layer', needs: ['weights'], make: replacing(weights) },
  { title: 'Settings', needs: ['settings'], make: replacing(settings) },
  { title: 'Machine and data', needs: ['machine'], make: replacing(machine) },
];

function warnings({ warnings = [], search }: ReportData): Node[] {
  const note = search ? [element('p', { class: 'note' }, 'Of the training of the best trial.')] : [];
  return [...note, ...warnings.map(({ message }) => element('p', { class: 'warning', role: 'note' }, message))];
}

function accuracies({ accuracies: { train, validation, test } = {} }: ReportData): Node[] {
  const all = [
    ['training', train],
    ['validation', validation],
    ['test', test],
  ] as const;
  const known = all.filter(([, accuracy]) => accuracy !== undefined);
  const figures = known.map(([name, accuracy]) =>
    element('div', {}, element('dt', {}, name), element('dd', {}, accuracyText(accuracy ?? 0))),
  );
  const text = 'Of the net as it was in the end, on all rows of each part.';
  return [element('dl', { class: 'figures' }, ...figures), element('p', { class: 'note' }, text)];
}

/** Why the last point of the curves is not the figure above them. */
const POINTS = 'Accuracies are of the net at the beginning of each epoch, and those of training are of one minibatch.';

function curves(place: HTMLElement): (report: ReportData) => void {
  const view = new ChartView('history', (width) => (width < 520 ? 520 : 600));
  const note = element('p', { class: 'note' });
  place.append(note, view.place);
  return ({ history, search }) => {
    const whose = search ? 'The curves of the best trial. ' : '';
    note.textContent = `${whose}${POINTS}`;
    if (history) view.show({ kind: 'history', ...history });
  };
}

function search(place: HTMLElement): (report: ReportData) => void {
  const view = new ChartView('sweep', sweepHeight);
  const table = element('div', { class: 'scroll' });
  place.append(view.place, table);
  return ({ search }) => {
    if (!search) return;
    view.show(sweepChart(search));
    searchTable(table, search);
  };
}

function classes(place: HTMLElement): (report: ReportData) => void {
  const confusion = new ChartView('confusion', confusionHeight);
  const accuracy = new ChartView('class-accuracy', classAccuracyHeight);
  const note = element('p', { class: 'note' });
  place.append(note, element('div', { class: 'pair' }, confusion.place, accuracy.place));
  return ({ classes }) => {
    if (!classes) return;
    note.textContent = `Evaluated on ${countText(classes.rows)} rows that were not used for training.`;
    confusion.show({ kind: 'confusion', ...classes });
    accuracy.show({ kind: 'classAccuracy', ...classes });
  };
}

function mistakes({ mistakes = [], classes }: ReportData): Node[] {
  const name = (label: number) => classes?.classNames[label] ?? String(label);
  const figure = ({ image, label, predicted, probability, row }: ReportMistake) =>
    element(
      'figure',
      {},
      picture(image, `row ${row}, ${name(label)}`, 96),
      element('figcaption', {}, `${name(label)}, predicted as ${name(predicted)} (${percentText(probability, 1)})`),
    );
  if (mistakes.length === 0) return [element('p', { class: 'note' }, 'The net made no mistakes.')];
  return [element('div', { class: 'mistakes' }, ...mistakes.map(figure))];
}

function weights({ weights }: ReportData): Node[] {
  const text = 'Each picture shows the weights of one hidden unit on its own colour scale. Largest norm first.';
  return [element('p', { class: 'note' }, text), ...(weights ? [picture(weights, text, weights.width)] : [])];
}

function picture({ src, width, height }: ReportImage, alt: string, shown: number): HTMLElement {
  return element('img', { src, alt, width: shown, height: Math.round((shown * height) / width), class: 'pixels' });
}

function settings({ settings = {} }: ReportData): Node[] {
  const text = (value: string | number | boolean | null) =>
    typeof value === 'number' ? settingText(value) : String(value ?? '–');
  return [pairs(Object.entries(settings).map(([name, value]) => [name, text(value)]))];
}

function machine({ machine, data, created }: ReportData): Node[] {
  const { cpu, processors, platform, node, version, backend } = machine;
  return [
    pairs([
      ['processor', `${cpu}, ${platform}; ${processors} processors available`],
      ['backend', backend],
      ['two-layer-net', `${version}, Node ${node}`],
      ...(data
        ? ([
            ['data', data.source],
            ['rows', rowsText(data)],
            ['shape', `${countText(data.inputSize)} numbers per row, ${countText(data.numClasses)} classes`],
          ] as const)
        : []),
      ['started', dateText(created)],
    ]),
  ];
}

function rowsText({ trainRows, validationRows, testRows }: NonNullable<ReportData['data']>): string {
  return `${countText(trainRows)} training, ${countText(validationRows)} validation, ${countText(testRows)} test`;
}

/** `2026-11-28 14:05:09 UTC`, the same wherever the page is read. */
function dateText(created: string): string {
  return `${created.slice(0, 10)} ${created.slice(11, 19)} UTC`;
}

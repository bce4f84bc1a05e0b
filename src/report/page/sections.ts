/** The parts of a report, each drawn anew when what it shows has changed. */

import { accuracyText, settingText } from '../charts/numbers.js';
import type { ReportData, ReportImage, ReportMistake } from '../content/report-data.js';
import { sweepChart } from '../content/sweep-chart.js';
import { ChartView } from './chart-view.js';
import { element, pairs } from './element.js';
import { searchTable } from './search-table.js';

/** A part of the page. */
export interface Section {
  readonly title: string;
  /** What it shows; without all of them it is not there. */
  readonly needs: readonly (keyof ReportData)[];
  /** Makes its content once; the function it returns fills it, now and whenever something of `needs` has changed. */
  readonly make: (place: HTMLElement) => (report: ReportData) => void;
}

/** Fills a section by replacing all that is in it. */
function anew(fill: (report: ReportData) => Node[]): Section['make'] {
  return (place) => (report) => place.replaceChildren(...fill(report));
}

/** In the order of the page. */
export const SECTIONS: readonly Section[] = [
  { title: 'Accuracy', needs: ['accuracies'], make: anew(accuracies) },
  { title: 'Training', needs: ['history'], make: curves },
  { title: 'Search', needs: ['search'], make: search },
  { title: 'Classes', needs: ['classes'], make: classes },
  { title: 'Surest mistakes', needs: ['mistakes', 'classes'], make: anew(mistakes) },
  { title: 'Weights of the hidden layer', needs: ['weights'], make: anew(weights) },
  { title: 'Settings', needs: ['settings'], make: anew(settings) },
  { title: 'Machine and data', needs: ['machine'], make: anew(machine) },
];

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
  return [element('dl', { class: 'figures' }, ...figures)];
}

function curves(place: HTMLElement): (report: ReportData) => void {
  const view = new ChartView('history', (width) => (width < 520 ? 520 : 600));
  const note = element('p', { class: 'note' });
  place.append(note, view.place);
  return ({ history, search }) => {
    note.textContent = search ? 'Of the best trial.' : '';
    if (history) view.show({ kind: 'history', ...history });
  };
}

function search(place: HTMLElement): (report: ReportData) => void {
  const view = new ChartView('sweep', () => 440);
  const table = element('div', { class: 'scroll' });
  place.append(view.place, table);
  return ({ search }) => {
    if (!search) return;
    view.show(sweepChart(search));
    searchTable(table, search);
  };
}

function classes(place: HTMLElement): (report: ReportData) => void {
  const confusion = new ChartView('confusion', (width) => Math.min(640, Math.max(400, width)));
  const accuracy = new ChartView('class-accuracy', () => 400);
  const note = element('p', { class: 'note' });
  place.append(note, element('div', { class: 'pair' }, confusion.place, accuracy.place));
  return ({ classes }) => {
    if (!classes) return;
    note.textContent = `On ${classes.rows} rows that it was not trained on.`;
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
      element('figcaption', {}, `${name(label)}, taken for ${name(predicted)} (${(100 * probability).toFixed(1)} %)`),
    );
  if (mistakes.length === 0) return [element('p', { class: 'note' }, 'There are none.')];
  return [element('div', { class: 'mistakes' }, ...mistakes.map(figure))];
}

function weights({ weights }: ReportData): Node[] {
  const text = 'Each picture is what one hidden unit looks for, on a scale of its own; the largest norm first.';
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
      ['processor', `${cpu} (${processors} for this process), ${platform}`],
      ['backend', backend],
      ['two-layer-net', `${version}, Node ${node}`],
      ...(data
        ? ([
            ['data', data.source],
            ['rows', `${data.trainRows} to train, ${data.validationRows} to validate, ${data.testRows} to test`],
            ['sizes', `${data.inputSize} numbers per row, ${data.numClasses} classes`],
          ] as const)
        : []),
      ['begun', new Date(created).toLocaleString()],
    ]),
  ];
}

/** A report's page: its head, its sections, and while it is live what the server sends. */
import { DATA_ELEMENT, patched, type ReportData, type ReportPatch } from '../../report-data.js';
import { element } from './element.js';
import { SECTIONS, type Section } from './sections.js';

/** Draws the report that the document holds, and follows its server where it has one (`data-live` on the body). */
export function startPage(): void {
  const text = document.getElementById(DATA_ELEMENT)?.textContent;
  if (!text) throw new Error(`There is no element ${DATA_ELEMENT} in this page`);
  const page = new Page(JSON.parse(text));
  if (document.body.dataset.live !== undefined) follow(page);
}

/** A section that has been made, and what its last drawing showed. */
interface Shown {
  readonly section: Section;
  readonly place: HTMLElement;
  readonly fill: (report: ReportData) => void;
  report: ReportData;
}

class Page {
  /** What changes many times a second, apart from what the reader may be pressing. */
  readonly #facts = element('div');
  readonly #connection = element('div');
  readonly #main = element('main');
  readonly #shown = new Map<Section, Shown>();
  #report: ReportData;

  constructor(report: ReportData) {
    this.#report = report;
    document.body.prepend(element('header', {}, this.#facts, this.#connection), this.#main);
    this.show(report);
  }

  get report(): ReportData {
    return this.#report;
  }

  /** What the reader is told of the connection, and can do with it. */
  connection(...nodes: Element[]): void {
    const { children } = this.#connection;
    // A button that is taken out between press and release is never clicked.
    if (nodes.length === children.length && nodes.every((node, i) => node === children[i])) return;
    this.#connection.replaceChildren(...nodes);
  }

  change(patch: ReportPatch): void {
    this.show(patched(this.#report, patch));
  }

  show(report: ReportData): void {
    this.#report = report;
    document.title = report.title;
    this.#drawFacts();
    for (const section of SECTIONS) this.#drawSection(section);
  }

  #drawFacts(): void {
    const { title, status, progress } = this.#report;
    const words = { running: 'running', done: 'done', interrupted: 'stopped', diverged: 'diverged' }[status];
    const line = element('p', {}, element('span', { class: `status ${status}`, role: 'status' }, words));
    if (progress) {
      const { done, total, unit, seconds, secondsLeft, samplesPerSecond, learningRate } = progress;
      const facts = [
        `${done.toLocaleString()} of ${total.toLocaleString()} ${unit}`,
        `${seconds.toFixed(1)} s`,
        ...(status === 'running' && secondsLeft !== undefined ? [`${secondsLeft.toFixed(1)} s left`] : []),
        ...(samplesPerSecond ? [`${Math.round(samplesPerSecond).toLocaleString()} samples/s`] : []),
        ...(learningRate ? [`learning rate ${Number(learningRate.toPrecision(3))}`] : []),
      ];
      line.append(` ${facts.join(' · ')}`);
    }
    const bar =
      progress && status === 'running' ? [element('progress', { value: progress.done, max: progress.total })] : [];
    this.#facts.replaceChildren(element('h1', {}, title), line, ...bar);
  }

  #drawSection(section: Section): void {
    const report = this.#report;
    if (section.needs.some((name) => report[name] === undefined)) return;
    const shown = this.#shown.get(section) ?? this.#make(section);
    if (this.#shown.has(section) && section.needs.every((name) => shown.report[name] === report[name])) return;
    this.#shown.set(section, shown);
    shown.report = report;
    shown.fill(report);
  }

  /** Makes a section and puts it in its place among those that are there. */
  #make(section: Section): Shown {
    const place = element('div');
    const whole = element('section', {}, element('h2', {}, section.title), place);
    const later = SECTIONS.slice(SECTIONS.indexOf(section) + 1).find((other) => this.#shown.has(other));
    const before = later && this.#shown.get(later)?.place.parentElement;
    this.#main.insertBefore(whole, before ?? null);
    return { section, place, fill: section.make(place), report: this.#report };
  }
}

/** Follows the server that this page came from: relative addresses hold the token. */
function follow(page: Page): void {
  const stop = element('button', { type: 'button', class: 'stop' }, 'Stop');
  const note = element('p', { class: 'note', role: 'alert' });
  const draw = () => page.connection(...(page.report.status === 'running' ? [stop, note] : [note]));
  stop.addEventListener('click', async () => {
    stop.disabled = true;
    const { ok, status } = await fetch('stop', { method: 'POST' });
    if (ok) return;
    stop.disabled = false;
    note.textContent = `The server did not stop it (${status}).`;
  });
  const events = new EventSource('events');
  const on = <T>(name: string, use: (message: T) => void) =>
    events.addEventListener(name, (event) => {
      use(JSON.parse((event as MessageEvent<string>).data));
      draw();
    });
  on<ReportData>('report', (report) => {
    note.textContent = '';
    page.show(report);
  });
  on<ReportPatch>('patch', (patch) => page.change(patch));
  on<object>('end', () => {
    events.close();
    note.textContent = 'The server has ended; this page stays as it is.';
  });
  events.addEventListener('error', () => {
    note.textContent = 'The connection to the server is lost; trying again.';
    draw();
  });
  draw();
}

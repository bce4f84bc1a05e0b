/** A report's page: its head, its sections, and while it is live what the server sends. */
import {
  DATA_ELEMENT,
  patched,
  type ReportData,
  type ReportPatch,
  type ReportProgress,
} from '../content/report-data.js';
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
  // Each is one element for good: what changes many times a second is only its text, so that nothing is taken away from
  // under a reader's pointer, and a screen reader speaks of the status when it changes.
  readonly #title = element('h1');
  readonly #status = element('span', { role: 'status' });
  readonly #facts = element('span');
  readonly #bar = element('progress');
  readonly #connection = element('div');
  readonly #main = element('main');
  readonly #shown = new Map<Section, Shown>();
  #report: ReportData;

  constructor(report: ReportData) {
    this.#report = report;
    const line = element('p', {}, this.#status, this.#facts);
    document.body.prepend(element('header', {}, this.#title, line, this.#bar, this.#connection), this.#main);
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
    if (this.#status.textContent !== words) this.#status.textContent = words;
    this.#status.className = `status ${status}`;
    this.#title.textContent = title;
    this.#facts.textContent = progress ? ` ${factsOf(progress, status).join(' · ')}` : '';
    this.#bar.hidden = status !== 'running' || !progress;
    if (progress) Object.assign(this.#bar, { max: progress.total, value: progress.done });
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

/** How far it is, in words. */
function factsOf(progress: ReportProgress, status: ReportData['status']): string[] {
  const { done, total, unit, seconds, secondsLeft, samplesPerSecond, learningRate } = progress;
  return [
    `${done.toLocaleString()} of ${total.toLocaleString()} ${unit}`,
    `${seconds.toFixed(1)} s`,
    ...(status === 'running' && secondsLeft !== undefined ? [`${secondsLeft.toFixed(1)} s left`] : []),
    ...(samplesPerSecond ? [`${Math.round(samplesPerSecond).toLocaleString()} samples/s`] : []),
    ...(learningRate ? [`learning rate ${Number(learningRate.toPrecision(3))}`] : []),
  ];
}

/** Follows the server that this page came from: relative addresses hold the token. */
function follow(page: Page): void {
  const stop = element('button', { type: 'button', class: 'stop' }, 'Stop');
  const note = element('p', { class: 'note', role: 'alert' });
  const draw = () => page.connection(...(page.report.status === 'running' ? [stop, note] : [note]));
  stop.addEventListener('click', async () => {
    stop.disabled = true;
    try {
      const { ok, status } = await fetch('stop', { method: 'POST' });
      if (ok) return;
      note.textContent = `The server did not stop it (${status}).`;
    } catch {
      note.textContent = 'The server cannot be reached.';
    }
    stop.disabled = false;
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

/** The page of a report: its header, its sections and, if it is live, updates from the server. */

import { countText, settingText } from '../content/numbers.js';
import {
  DATA_ELEMENT,
  patched,
  type ReportData,
  type ReportPatch,
  type ReportProgress,
} from '../content/report-data.js';
import { element } from './element.js';
import { SECTIONS, type Section } from './sections.js';

/**
 * Draws the report in the document. If the body has `data-live`, also receives updates from the server,
 * from the place on that it names.
 */
export function startPage(): void {
  const text = document.getElementById(DATA_ELEMENT)?.textContent;
  if (!text) throw new Error(`Expected an element with the id ${DATA_ELEMENT} in this page`);
  const page = new Page(JSON.parse(text));
  const { live } = document.body.dataset;
  if (live !== undefined) follow(page, live);
}

/** A section of the page, and the report that it last showed. */
interface Shown {
  readonly section: Section;
  readonly place: HTMLElement;
  readonly fill: (report: ReportData) => void;
  report: ReportData;
}

/** Milliseconds within which changes are drawn together. */
const SOON = 30;

class Page {
  // These elements stay in place, and updates only change their text: nothing disappears under the reader's pointer,
  // and a screen reader announces the status when it changes.
  readonly #title = element('h1');
  readonly #status = element('span', { role: 'status' });
  readonly #facts = element('span');
  readonly #bar = element('progress');
  readonly #connection = element('div');
  readonly #main = element('main');
  readonly #shown = new Map<Section, Shown>();
  #report: ReportData;
  #drawing: ReturnType<typeof setTimeout> | undefined;
  #stopping = false;

  constructor(report: ReportData) {
    this.#report = report;
    const line = element('p', {}, this.#status, this.#facts);
    document.body.prepend(element('header', {}, this.#title, line, this.#bar, this.#connection), this.#main);
    this.show(report);
  }

  get report(): ReportData {
    return this.#report;
  }

  /** Shows a note about the connection to the server, and the button that stops the training. */
  connection(...nodes: Element[]): void {
    const { children } = this.#connection;
    // A button that is replaced between press and release does not receive the click.
    if (nodes.length === children.length && nodes.every((node, i) => node === children[i])) return;
    this.#connection.replaceChildren(...nodes);
  }

  /** Says at once that the training is about to stop, or that it goes on after all. */
  stopping(stopping: boolean): void {
    this.#stopping = stopping;
    this.#drawFacts();
  }

  /** Applies a change and shows the result soon: changes that come together are drawn once. */
  change(patch: ReportPatch): void {
    this.#report = patched(this.#report, patch);
    this.#drawing ??= setTimeout(() => this.show(this.#report), SOON);
  }

  /** Shows a report. */
  show(report: ReportData): void {
    clearTimeout(this.#drawing);
    this.#drawing = undefined;
    this.#report = report;
    document.title = report.title;
    this.#drawFacts();
    for (const section of SECTIONS) this.#drawSection(section);
  }

  #drawFacts(): void {
    const { title, status, progress } = this.#report;
    const running = this.#stopping ? 'stopping…' : 'running';
    const words = { running, done: 'done', interrupted: 'stopped', diverged: 'diverged' }[status];
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

  /** Creates a section and inserts it at its place among the others. */
  #make(section: Section): Shown {
    const place = element('div');
    const whole = element('section', {}, element('h2', {}, section.title), place);
    const later = SECTIONS.slice(SECTIONS.indexOf(section) + 1).find((other) => this.#shown.has(other));
    const before = later && this.#shown.get(later)?.place.parentElement;
    this.#main.insertBefore(whole, before ?? null);
    return { section, place, fill: section.make(place), report: this.#report };
  }
}

/** The progress, in words. */
function factsOf(progress: ReportProgress, status: ReportData['status']): string[] {
  const { done, total, unit, seconds, secondsLeft, samplesPerSecond, learningRate } = progress;
  return [
    `${countText(done)} of ${countText(total)} ${unit}`,
    `${seconds.toFixed(1)} s`,
    ...(status === 'running' && secondsLeft !== undefined ? [`${secondsLeft.toFixed(1)} s left`] : []),
    ...(samplesPerSecond ? [`${countText(Math.round(samplesPerSecond))} samples/s`] : []),
    ...(learningRate ? [`learning rate ${settingText(learningRate)}`] : []),
  ];
}

/** Receives updates from the server of this page. Relative addresses include the token. */
function follow(page: Page, place: string): void {
  const stop = element('button', { type: 'button', class: 'stop' }, 'Stop');
  const note = element('p', { class: 'note', role: 'alert' });
  const draw = () => page.connection(...(page.report.status === 'running' ? [stop, note] : [note]));
  stop.addEventListener('click', async () => {
    stop.disabled = true;
    page.stopping(true);
    try {
      const { ok, status } = await fetch('stop', { method: 'POST' });
      if (ok) return;
      note.textContent = `The server refused to stop the training (status ${status}).`;
    } catch {
      note.textContent = 'Cannot reach the server.';
    }
    stop.disabled = false;
    page.stopping(false);
  });
  const events = new EventSource(`events?after=${place}`);
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
    note.textContent = 'The server has stopped. This page shows the final state.';
  });
  events.addEventListener('open', () => {
    note.textContent = '';
    draw();
  });
  events.addEventListener('error', () => {
    note.textContent = 'Lost the connection to the server. Reconnecting…';
    draw();
  });
  draw();
}

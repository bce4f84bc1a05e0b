/** A chart in the page, as wide as its container, in light or dark colours according to the reader's system. */
import { init } from '../charts/echarts.js';
import { optionOf } from '../charts/option.js';
import type { Chart } from '../content/chart-data.js';
import { element } from './element.js';

/** A chart and its container. */
export class ChartView {
  readonly place: HTMLElement;
  readonly #height: (width: number, chart: Chart) => number;
  readonly #dark = matchMedia('(prefers-color-scheme: dark)');
  #instance: ReturnType<typeof init> | undefined;
  #chart: Chart | undefined;
  #due = false;

  /**
   * @param name - identifies the chart in the page
   * @param height - returns the height for a width, both in pixels
   */
  constructor(name: string, height: (width: number, chart: Chart) => number) {
    this.place = element('div', { class: 'chart', 'data-chart': name });
    this.#height = height;
    this.#dark.addEventListener('change', () => this.#drawSoon());
    new ResizeObserver(() => this.#drawSoon()).observe(this.place);
  }

  /** Replaces the chart. */
  show(chart: Chart): void {
    this.#chart = chart;
    this.#drawSoon();
  }

  /** Draws at most once per frame, however often the chart changes. */
  #drawSoon(): void {
    if (this.#due) return;
    this.#due = true;
    requestAnimationFrame(() => {
      this.#due = false;
      this.#draw();
    });
  }

  #draw(): void {
    const width = this.place.clientWidth;
    if (!this.#chart || width === 0) return;
    const height = this.#height(width, this.#chart);
    this.place.style.height = `${height}px`;
    this.#instance ??= init(this.place, null, { renderer: 'svg', width, height });
    this.#instance.resize({ width, height });
    const style = { width, height, dark: this.#dark.matches };
    this.#instance.setOption(optionOf(this.#chart, style), { notMerge: true });
  }
}

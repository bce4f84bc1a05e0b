/** A chart in the page: as wide as its place, in the colours that the reader's system asks for. */

import { init } from '../charts/echarts.js';
import { optionOf } from '../charts/option.js';
import type { Chart } from '../content/chart-data.js';
import { element } from './element.js';

/** One chart and where it is drawn. */
export class ChartView {
  readonly place: HTMLElement;
  readonly #height: (width: number) => number;
  readonly #dark = matchMedia('(prefers-color-scheme: dark)');
  #instance: ReturnType<typeof init> | undefined;
  #chart: Chart | undefined;
  #due = false;

  /**
   * @param name - for those who cannot see it, and for tests
   * @param height - of the chart, by its width
   */
  constructor(name: string, height: (width: number) => number) {
    this.place = element('div', { class: 'chart', 'data-chart': name });
    this.#height = height;
    this.#dark.addEventListener('change', () => this.#drawSoon());
    new ResizeObserver(() => this.#drawSoon()).observe(this.place);
  }

  show(chart: Chart): void {
    this.#chart = chart;
    this.#drawSoon();
  }

  /** Once for each frame, however often it changes. */
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
    const height = this.#height(width);
    this.place.style.height = `${height}px`;
    this.#instance ??= init(this.place, null, { renderer: 'svg', width, height });
    this.#instance.resize({ width, height });
    const style = { width, height, dark: this.#dark.matches };
    this.#instance.setOption(optionOf(this.#chart, style), { notMerge: true });
  }
}

import { Resvg } from '@resvg/resvg-js';
import { expect } from 'vitest';
import { RandomState } from '../../src/random/random-state.js';
import type { Picture } from '../../src/report/pictures/picture.js';
import { type RankedSettings, rank } from '../../src/tune/ranking.js';
import { combinationsOf, resolveSearch, type SearchOptions } from '../../src/tune/search.js';
import { makeTrial } from '../../src/tune/trial.js';

type Settings = RankedSettings['settings'];

/** The history of a training whose loss falls and whose accuracies rise. */
export function historyOf(iterations: number, epochs: number) {
  const noise = new RandomState(3).uniform(-0.1, 0.1, iterations);
  return {
    lossHistory: Array.from(noise, (value, i) => 0.3 + 2 * Math.exp((-2 * i) / iterations) + value),
    trainAccHistory: Array.from({ length: epochs }, (_, epoch) => 0.2 + (0.5 * epoch) / epochs),
    valAccHistory: Array.from({ length: epochs }, (_, epoch) => 0.15 + (0.4 * epoch) / epochs),
  };
}

/** A search in which `judge` returns the accuracy of each combination and seed; null means that it diverged. */
export function searchOf(
  options: SearchOptions,
  judge: (settings: Settings, seed: number, index: number) => number | null = () => 0.5,
) {
  const search = resolveSearch(options);
  const results = combinationsOf(search).flatMap((settings, index) =>
    Array.from({ length: search.seeds }, (_, k) => {
      const valAccuracy = judge(settings, k, index);
      const status = valAccuracy === null ? ('diverged' as const) : ('done' as const);
      const { numIters } = search;
      const rest = { iterations: numIters, numIters, status, valAccuracy, trainAccuracy: null, loss: 1, seconds: 1 };
      return { ...makeTrial(settings, k), ...rest };
    }),
  );
  return { search, ranking: rank(results) };
}

const ENTITIES: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&amp;': '&' };

/** Each label of the picture with the position of its anchor. */
export function labelsOf({ svg }: Picture): { text: string; x: number; y: number; color: string }[] {
  return [...svg.matchAll(/<text ([^>]*)>([^<]*)<\/text>/g)].map(([, attributes, text]) => {
    const numbers = /transform="[a-z]+\(([^)]*)\)"/.exec(attributes)?.[1].split(/[ ,]/).map(Number) ?? [0, 0];
    const [x, y] = numbers.slice(-2);
    const color = /fill="([^"]*)"/.exec(attributes)?.[1] ?? '';
    return { text: text.replace(/&(?:lt|gt|quot|#39|amp);/g, (entity) => ENTITIES[entity]), x, y, color };
  });
}

export const textsOf = (picture: Picture) => labelsOf(picture).map(({ text }) => text);

/** The only label with this text. */
export function labelOf(picture: Picture, text: string): { x: number; y: number } {
  const found = labelsOf(picture).filter((label) => label.text === text);
  expect(found, text).toHaveLength(1);
  return found[0];
}

/** The marks of a series: its points, cells or lines. */
export function marksOf({ svg }: Picture, series: number): string[] {
  const mark = new RegExp(`<[^>]*ecmeta_series_index="${series}"[^>]*ecmeta_ssr_type="chart"[^>]*>`, 'g');
  return svg.match(mark) ?? [];
}

/** The positions of the marks of a series. */
export const placesOf = (picture: Picture, series: number) =>
  marksOf(picture, series).map((mark) => {
    const [x, y] = (/matrix\(([^)]*)\)/.exec(mark)?.[1] ?? '').split(',').map(Number).slice(-2);
    return { x, y };
  });

/** The points of the nth curve of a colour. */
export function curveOf({ svg }: Picture, color: string, nth = 0): [number, number][] {
  const paths = svg.match(new RegExp(`<path [^>]*fill="none"[^>]*stroke="${color}"[^>]*>`, 'g')) ?? [];
  const path = / d="([^"]*)"/.exec(paths[nth])?.[1] ?? '';
  return [...path.matchAll(/[ML]([-\d.]+) ([-\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
}

export const [BLUE, VERMILION] = ['#0072b2', '#d55e00'];

/** Expects an SVG document that a strict XML parser accepts, of the size it declares, without NaN or undefined. */
export function expectSound(picture: Picture): void {
  const { width, height, svg } = picture;
  expect(svg).toMatch(new RegExp(`^<svg width="${width}" height="${height}" `));
  expect(svg.trimEnd().endsWith('</svg>')).toBe(true);
  expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  const image = new Resvg(svg, { font: { loadSystemFonts: false } }).render();
  expect([image.width, image.height]).toStrictEqual([width, height]);
}

export const SPACE = { learningRate: [1e-2, 1e-3, 1e-4], reg: [0, 0.5] };
export const DRAWN = {
  space: { learningRate: { low: 1e-5, high: 1e-1, scale: 'log' }, reg: { low: 0, high: 1 } },
  search: 'random',
  trials: 20,
} as const;
export const THREE = { ...DRAWN, space: { ...DRAWN.space, hiddenSize: [20, 50, 200] } };
/** A different accuracy for each combination in SPACE; the one with both largest values diverged. */
export const judge = ({ learningRate, reg }: Settings) =>
  learningRate === 1e-2 && reg === 0.5 ? null : 0.4 - Math.log10(learningRate) / 100 + reg / 10;
/** Accuracies for DRAWN, in which some combinations diverge. */
export const judgeDraw = ({ learningRate, reg }: Settings) => (learningRate > 1e-2 ? null : 0.3 + reg / 10);
/** The left edge of the colour scale, in pixels. */
export const END_OF_CELLS = 760 - 96;
export const CONFUSION = [
  [51, 2, 3],
  [4, 52, 6],
  [7, 8, 153],
];

/** The texts of a chart, with their anchors and an estimate of their widths in pixels. */
export const boxesOf = (svg: string) =>
  [...svg.matchAll(/<text ([^>]*)>([^<]*)<\/text>/g)].map(([, a, text]) => {
    const [x, y] = (/transform="[a-z]+\(([^)]*)\)"/.exec(a)?.[1] ?? '').split(/[ ,]/).map(Number).slice(-2);
    const size = Number(/font-size:(\d+)px/.exec(a)?.[1]);
    return { text, x, y, anchor: /text-anchor="(\w+)"/.exec(a)?.[1], width: 0.55 * size * text.length };
  });

import { describe, expect, it } from 'vitest';
import { plotSweep } from '../../../src/report/pictures/plots.js';
import {
  BLUE,
  boxesOf,
  curveOf,
  DRAWN,
  END_OF_CELLS,
  judge,
  judgeDraw,
  labelOf,
  labelsOf,
  marksOf,
  placesOf,
  SPACE,
  searchOf,
  THREE,
  textsOf,
} from '../../support/charts.js';

describe('plotSweep', () => {
  it('draws a cell for each combination of two settings, with its accuracy or diverged', () => {
    const results = searchOf({ space: SPACE }, judge);
    const picture = plotSweep(results);
    expect(textsOf(picture)).toEqual(expect.arrayContaining(['Learning rate', 'Regularization strength']));
    expect(marksOf(picture, 0)).toHaveLength(6);
    for (const { settings, valAccuracy } of results.ranking) {
      const text = valAccuracy === null ? 'diverged' : valAccuracy.mean.toFixed(3);
      const [cell] = labelsOf(picture).filter((label) => label.text === text && label.x < END_OF_CELLS);
      const column = { 0.01: '0.01', 0.001: '0.001', 0.0001: '1e-4' }[settings.learningRate] ?? '';
      expect(cell.x).toBeCloseTo(labelOf(picture, column).x, 1);
      expect(cell.y).toBeCloseTo(labelOf(picture, settings.reg === 0 ? '0' : '0.5').y, 1);
    }
  });

  it('shows the deviation over seeds', () => {
    const picture = plotSweep(searchOf({ space: SPACE, seeds: 2 }, ({ reg }, k) => 0.25 + reg / 2 + k / 8));
    const cells = textsOf(picture).filter((text) => text.includes('±'));
    expect(cells.toSorted()).toStrictEqual([
      ...new Array(3).fill('0.313 ± 0.088'),
      ...new Array(3).fill('0.563 ± 0.088'),
    ]);
  });

  it('shows the best in the lightest colour and the worst in the darkest, and labels both ends', () => {
    const results = searchOf({ space: SPACE }, ({ learningRate, reg }) => 0.2 + learningRate * 10 + reg / 2);
    const picture = plotSweep(results);
    const fills = marksOf(picture, 0).map((mark) => /fill="([^"]*)"/.exec(mark)?.[1]);
    expect(fills[0]).toBe('rgb(253,231,37)');
    expect(fills[5]).toBe('rgb(68,1,84)');
    // Once in its cell, and once at the end of the scale.
    for (const end of ['0.550', '0.201']) expect(textsOf(picture).filter((text) => text === end)).toHaveLength(2);
  });

  it('uses readable labels in cells: dark on light, light on dark', () => {
    const accuracies = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6];
    const picture = plotSweep(searchOf({ space: SPACE }, () => accuracies.pop() ?? null));
    const cells = labelsOf(picture).filter(({ text }) => /^0\.\d00$/.test(text));
    const colorOf = (text: string) => cells.filter((cell) => cell.text === text)[0].color;
    expect(colorOf('0.600')).toBe('#1b1f24');
    expect(colorOf('0.200')).toBe('#ffffff');
  });

  it('draws a point for each drawn combination, and a cross for each that diverged', () => {
    const results = searchOf(DRAWN, judgeDraw);
    const lost = results.ranking.filter(({ valAccuracy }) => valAccuracy === null);
    expect(lost.length).toBeGreaterThan(0);
    const picture = plotSweep(results);
    expect(marksOf(picture, 0)).toHaveLength(20 - lost.length);
    expect(marksOf(picture, 1)).toHaveLength(lost.length);
    expect(textsOf(picture)).toEqual(expect.arrayContaining(['Learning rate', 'Regularization strength', 'diverged']));
  });

  it('puts drawn combinations at their values, also on a log axis', () => {
    const results = searchOf(DRAWN, ({ reg }) => 0.3 + reg / 10);
    const picture = plotSweep(results);
    expect(textsOf(picture)).not.toContain('diverged');
    const places = placesOf(picture, 0);
    const [left, right] = [labelOf(picture, '1e-4').x, labelOf(picture, '0.01').x];
    const [low, high] = [labelOf(picture, '0.2').y, labelOf(picture, '0.8').y];
    for (const [i, { settings }] of results.ranking.entries()) {
      const x = left + ((right - left) * (Math.log10(settings.learningRate) + 4)) / 2;
      const y = low + ((high - low) * (settings.reg - 0.2)) / 0.6;
      expect(Math.hypot(places[i].x - x, places[i].y - y)).toBeLessThan(0.5);
    }
  });

  it('draws a line for each combination of three settings, with axes for settings and accuracy', () => {
    const results = searchOf(THREE, judgeDraw);
    const lost = results.ranking.filter(({ valAccuracy }) => valAccuracy === null).length;
    const picture = plotSweep(results);
    const names = ['Learning rate', 'Regularization strength', 'Hidden units', 'Validation accuracy'];
    const places = names.map((name) => labelOf(picture, name));
    expect(new Set(places.map(({ y }) => y)).size).toBe(1);
    expect(places.map(({ x }) => x)).toStrictEqual(places.map(({ x }) => x).toSorted((a, b) => a - b));
    expect(marksOf(picture, 0)).toHaveLength(20 - lost);
    expect(marksOf(picture, 1)).toHaveLength(lost);
    expect(textsOf(picture)).toContain('diverged');
  });

  it('draws a curve over one setting, from its smallest value to its largest', () => {
    const accuracies: Record<number, number | null> = { 0.001: 0.2, 0.01: 0.6, 0.1: null, 1: 0.4 };
    const space = { learningRate: [1, 0.01, 0.1, 0.001] };
    const picture = plotSweep(searchOf({ space }, ({ learningRate }) => accuracies[learningRate]));
    expect(textsOf(picture)).toEqual(expect.arrayContaining(['Learning rate', 'Validation accuracy', 'diverged']));
    const tick = (text: string) => labelOf(picture, text).x;
    const curve = curveOf(picture, BLUE);
    expect(curve).toHaveLength(3);
    for (const [i, text] of ['0.001', '0.01', '1'].entries())
      expect(Math.abs(curve[i][0] - tick(text))).toBeLessThan(1);
    const [low, high, middle] = curve.map(([, y]) => y);
    expect((middle - low) / (high - low)).toBeCloseTo(0.5, 1);
    const [cross, ...more] = placesOf(picture, 1);
    expect(more).toHaveLength(0);
    expect(Math.abs(cross.x - tick('0.1'))).toBeLessThan(1);
  });

  it('draws a point over the learning rate if nothing was varied', () => {
    const picture = plotSweep(searchOf({ space: { learningRate: 1e-3, reg: 0.5 } }, () => 0.4));
    expect(textsOf(picture)).toEqual(expect.arrayContaining(['Learning rate', 'Validation accuracy']));
    expect(marksOf(picture, 0)).toHaveLength(1);
    expect(placesOf(picture, 0)[0].x).toBeCloseTo(labelOf(picture, '0.001').x, 0);
  });

  it('says if every combination diverged', () => {
    const none = () => null;
    const cells = textsOf(plotSweep(searchOf({ space: SPACE }, none)));
    expect(cells.filter((text) => text === 'diverged')).toHaveLength(6);
    const draws = plotSweep(searchOf(DRAWN, none));
    expect([marksOf(draws, 0).length, marksOf(draws, 1).length]).toStrictEqual([0, 20]);
    const lines = plotSweep(searchOf(THREE, none));
    expect([marksOf(lines, 0).length, marksOf(lines, 1).length]).toStrictEqual([0, 20]);
    const curve = plotSweep(searchOf({ space: { reg: [1, 2] } }, none));
    expect([marksOf(curve, 0).length, marksOf(curve, 1).length]).toStrictEqual([0, 2]);
  });

  it('has the values that were tried as ticks, from the first to the last', () => {
    const curve = plotSweep(searchOf({ space: { hiddenSize: [50, 100, 75] } }, ({ hiddenSize }) => hiddenSize / 200));
    const numbers = textsOf(curve).filter((text) => /^\d+$/.test(text));
    expect(numbers).toStrictEqual(['50', '75', '100']);
    const places = placesOf(curve, 0);
    for (const [i, text] of numbers.entries()) expect(places[i].x).toBeCloseTo(labelOf(curve, text).x, 0);
    const space = { hiddenSize: [50, 100], learningRate: [1e-3, 5e-3], reg: [0.4, 0.5] };
    const lines = textsOf(plotSweep(searchOf({ space }, ({ reg }) => reg)));
    expect(lines.filter((text) => /^(?:[5-9]|10)\d$/.test(text))).toStrictEqual(['50', '100']);
  });

  it('does not spread accuracies that differ by chance over all colours, and says what chance is', () => {
    const colours = (validationRows?: number) => {
      const results = searchOf({ space: SPACE }, (_settings, _seed, i) => 0.488 + 0.0018 * i);
      const picture = plotSweep({ ...results, validationRows });
      const fills = marksOf(picture, 0).map((mark) => /fill="rgb\((\d+),/.exec(mark)?.[1]);
      return { best: fills[0], worst: fills.at(-1), words: textsOf(picture).filter((text) => text.startsWith('±')) };
    };
    expect(colours()).toStrictEqual({ best: '253', worst: '68', words: [] });
    const few = colours(1000);
    expect(few.words).toStrictEqual(['± 0.016']);
    // Both in the middle of the scale.
    for (const red of [few.best, few.worst]) expect(Math.abs(Number(red) - 38)).toBeLessThan(10);
    expect(colours(1_000_000)).toMatchObject({ best: '253', worst: '68', words: ['± 0.000'] });
  });

  it('has its scale below and its axes one below the other on a phone, with whole names', () => {
    const picture = plotSweep(searchOf(THREE, judgeDraw), { width: 390, height: 500 });
    const names = ['Learning rate', 'Regularization strength', 'Hidden units'];
    const places = names.map((name) => labelOf(picture, name));
    expect(new Set(places.map(({ x }) => Math.round(x))).size).toBe(1);
    expect(places.map(({ y }) => y)).toStrictEqual(places.map(({ y }) => y).toSorted((a, b) => a - b));
    for (const { anchor, x, width, text } of boxesOf(picture.svg)) {
      const left = x - (anchor === 'end' ? width : anchor === 'middle' ? width / 2 : 0);
      expect([left > -1, left + width < 391], text).toStrictEqual([true, true]);
    }
  });

  it('refuses input without results', () => {
    const empty = { ...searchOf({ space: SPACE }, judge), ranking: [] };
    expect(() => plotSweep(empty)).toThrow(expect.objectContaining({ name: 'RangeError', code: 'ERR_SHAPE' }));
    expect(() => plotSweep(empty)).toThrow(/at least one result of a search but received an array of 0/);
    for (const given of [null, 3] as unknown as (typeof empty)[]) {
      expect(() => plotSweep(given)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_TYPE' }));
    }
  });
});

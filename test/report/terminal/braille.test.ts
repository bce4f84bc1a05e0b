import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BrailleChartOptions, brailleChart } from '../../../src/report/terminal/braille.js';

const ESCAPE = '\x1b';
const COLORS = new RegExp(`${ESCAPE}\\[(?:38;5;\\d+|39)m`, 'g');

/** The text without colours. */
const plain = (line: string) => line.replace(COLORS, '');

/** A chart of one curve over a plot of 20 × 5 characters, as dots: 40 columns of 20 rows, from the top. */
function dotsOf(values: readonly number[], more: Partial<BrailleChartOptions> = {}): boolean[][] {
  const draw = (width: number) =>
    brailleChart({ series: [{ name: 'a', values }], width, height: 5, xLabel: '', ...more })
      .slice(0, 5)
      .map(plain);
  const gutter = draw(80)[0].search(/[│┤]/) + 1;
  return decode(draw(gutter + 20).map((line) => line.slice(gutter)));
}

/** The dots of braille lines, decoded by Unicode's numbering. */
function decode(lines: readonly string[]): boolean[][] {
  const numbers = [
    [0, 3],
    [1, 4],
    [2, 5],
    [6, 7],
  ];
  return lines.flatMap((line) =>
    numbers.map((pair) =>
      Array.from({ length: 20 }, (_, i) => (line.codePointAt(i) ?? 0x20) - 0x2800).flatMap((bits) =>
        pair.map((number) => bits > 0 && (bits & (1 << number)) !== 0),
      ),
    ),
  );
}

/** The rows set in a dot column. */
const column = (dots: boolean[][], x: number) => dots.flatMap((row, y) => (row[x] ? [y] : []));
/** Four consecutive rows. */
const fourFrom = (first: number) => [0, 1, 2, 3].map((row) => first + row);
const count = (dots: boolean[][]) => dots.flat().filter(Boolean).length;

describe('dots', () => {
  test('a rising line goes from corner to corner, with one dot per column', () => {
    const dots = dotsOf([0, 1]);
    expect(column(dots, 0)).toEqual([19]);
    expect(column(dots, 39)).toEqual([0]);
    for (let x = 0; x < 40; x++) expect(column(dots, x), `column ${x}`).toEqual([Math.round(19 - (19 * x) / 39)]);
  });

  test('many values draw the same line', () => {
    const dots = dotsOf(Array.from({ length: 4000 }, (_, i) => i));
    for (let x = 0; x < 40; x++) {
      const exact = 19 - (19 * x) / 39;
      for (const y of column(dots, x)) expect(Math.abs(y - exact)).toBeLessThanOrEqual(1);
      expect(column(dots, x).length).toBeGreaterThan(0);
    }
  });

  test('a spike among many values keeps its height', () => {
    const values = new Array(1000).fill(0);
    values[487] = 1;
    const dots = dotsOf(values);
    const at = Math.round((487 / 999) * 39);
    expect(column(dots, at)).toEqual(Array.from({ length: 20 }, (_, y) => y));
    for (let x = 0; x < 40; x++) if (x !== at) expect(column(dots, x)).toEqual([19]);
  });

  test('noise is a band from its lowest to its highest value', () => {
    const dots = dotsOf(
      Array.from({ length: 10_000 }, (_, i) => (i % 2 === 0 ? 0.25 : 0.75)),
      { yRange: [0, 1] },
    );
    for (let x = 0; x < 40; x++) expect(column(dots, x)).toEqual([5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
  });

  test('steep lines have no gaps', () => {
    const dots = dotsOf([0, 1, 0, 1, 0]);
    for (let y = 0; y < 20; y++) expect(dots[y].some(Boolean), `row ${y}`).toBe(true);
    expect(count(dots)).toBeLessThanOrEqual(4 * 20);
  });

  test('a value that is not finite leaves a gap', () => {
    const dots = dotsOf([1, 1, Number.NaN, Number.POSITIVE_INFINITY, 1, 1], { yRange: [0, 1] });
    expect(column(dots, 4)).toEqual([0]);
    expect(column(dots, 20)).toEqual([]);
    expect(column(dots, 36)).toEqual([0]);
  });

  test('curves are clipped at yRange', () => {
    const dots = dotsOf([-1e308, 1e308], { yRange: [0, 1] });
    expect(column(dots, 0)).toEqual([]);
    expect(column(dots, 39)).toEqual([]);
    expect(count(dots)).toBeGreaterThanOrEqual(20);
    expect(count(dotsOf([5, 6, 7], { yRange: [0, 1] }))).toBe(0);
  });

  test('x gives the positions, in any order', () => {
    const series = [{ name: 'a', values: [1, 0, 9], x: [100, 0, Number.NaN] }];
    expect(dotsOf([], { series })).toEqual(dotsOf([], { series: [{ name: 'a', values: [0, 1], x: [0, 100] }] }));
  });

  test('a single value and equal values are in the middle', () => {
    expect(count(dotsOf([3]))).toBe(1);
    const dots = dotsOf([3, 3, 3]);
    expect(count(dots)).toBe(40);
    expect(dots[10].every(Boolean)).toBe(true);
  });
});

describe('the chart', () => {
  const rising = { name: 'loss', values: [0, 1] };
  const falling = { name: 'accuracy', values: [1, 0] };
  const small = { width: 25, height: 5, xLabel: 'epoch' };

  test('has an aligned title, axes with numbers, labels and a legend', () => {
    expect(brailleChart({ ...small, series: [rising], title: 'Training', yLabel: 'nats' })).toEqual([
      '           Training',
      'nats',
      '1.0 ┤                ⣀⠤⠒⠉',
      '    │            ⣀⠤⠒⠉',
      '0.5 ┤        ⣀⠤⠒⠉',
      '    │    ⣀⠤⠒⠉',
      '0.0 ┤⣀⠤⠒⠉',
      '    └┬──────────────────┬',
      '     0                  1',
      '            epoch',
      '     ⠤⠤⠤⠤ loss',
    ]);
  });

  test('has ticks in the rows of its numbers', () => {
    const lines = brailleChart({ series: [rising], width: 40, height: 11, xLabel: '', yRange: [0, 10] });
    for (const [row, label] of [
      [0, '10'],
      [10, '0'],
      [6, '4'],
    ] as const) {
      expect(lines[row]).toMatch(new RegExp(`^ *${label} ┤`));
    }
  });

  test('without colours the second curve is dotted, and the legend says so', () => {
    const lines = brailleChart({ ...small, width: 60, series: [rising, falling] });
    expect(lines.at(-1)?.trim()).toBe('⠤⠤⠤⠤ loss (solid)   ⠄⠠ ⠄ accuracy (dotted)');
    const one = dotsOf([], { series: [{ name: 'a', values: [1, 1] }], yRange: [0, 1] });
    const two = dotsOf([], {
      series: [
        { name: 'a', values: [] },
        { name: 'b', values: [1, 1] },
      ],
      yRange: [0, 1],
    });
    expect(count(one)).toBe(40);
    expect(count(two)).toBe(14);
  });

  test('a dotted curve is visible on a dense one', () => {
    const noise = { name: 'raw', values: Array.from({ length: 10_000 }, (_, i) => i % 2) };
    const dots = dotsOf([], { series: [noise, { name: 'mean', values: [0.5, 0.5], x: [0, 9999] }] });
    for (let x = 0; x < 40; x++) {
      expect(column(dots, x)).not.toContain(9);
      expect(column(dots, x)).not.toContain(11);
      expect(column(dots, x).includes(10)).toBe(x % 3 === 0);
    }
  });

  test('colours distinguish the curves, blue and orange, and end with each line', () => {
    const lines = brailleChart({ ...small, series: [rising, falling], color: true });
    const text = lines.join('\n');
    expect(text).toContain('\x1b[38;5;31m');
    expect(text).toContain('\x1b[38;5;172m');
    expect(text).not.toContain('dotted');
    for (const line of lines) {
      const codes = line.match(COLORS) ?? [];
      expect(codes.at(-1) ?? `${ESCAPE}[39m`).toBe(`${ESCAPE}[39m`);
    }
  });

  test('a coloured character only has dots of the last curve', () => {
    const noise = { name: 'raw', values: Array.from({ length: 10_000 }, (_, i) => i % 2) };
    const dots = dotsOf([], { series: [noise, { name: 'mean', values: [0.5, 0.5], x: [0, 9999] }], color: true });
    for (let x = 0; x < 40; x++)
      expect(column(dots, x)).toEqual([...fourFrom(0), ...fourFrom(4), 10, ...fourFrom(12), ...fourFrom(16)]);
  });

  test('says if there are no values', () => {
    for (const values of [[], [Number.NaN, Number.NEGATIVE_INFINITY]]) {
      const lines = brailleChart({ ...small, series: [{ name: 'a', values }] });
      expect(lines[2]).toContain('no values');
      expect(lines.at(-1)).toContain('a');
    }
    expect(brailleChart({ ...small, series: [] }).join('\n')).toContain('no values');
  });

  test('integer positions have integer labels', () => {
    const numbers = brailleChart({ series: [{ name: 'a', values: [1, 2, 3] }], width: 80, height: 5, xLabel: '' })[6];
    expect(numbers.trim().split(/ +/)).toEqual(['0', '1', '2']);
  });

  test('removes control characters', () => {
    const lines = brailleChart({ ...small, series: [{ name: 'a\x1b[2J', values: [1] }], title: 'b\n\x07' });
    expect(lines.join('')).not.toMatch(/\p{Cc}/u);
  });

  test('a long legend continues on the next line', () => {
    const series = ['first', 'second', 'third', 'fourth'].map((name) => ({ name, values: [1] }));
    const lines = brailleChart({ ...small, series });
    expect(lines.slice(-4).map((line) => line.trim().slice(4))).toEqual([
      ' first (solid)',
      ' second (dotted)',
      ' third (dashed)',
      ' fourth (solid)',
    ]);
  });

  test('draws a million values', () => {
    const values = Array.from({ length: 1_000_000 }, (_, i) => Math.sin(i * i));
    expect(brailleChart({ ...small, series: [{ name: 'a', values }] })).toHaveLength(9);
  });
});

const number = fc.oneof(
  fc.double(),
  fc.double({ min: -10, max: 10 }),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE, 0, -0),
);

test('any numbers at any size cause no exception, no NaN and no line that is too wide', () => {
  const one = fc.record(
    { name: fc.string(), values: fc.array(number), x: fc.array(number) },
    { requiredKeys: ['name', 'values'] },
  );
  const options = fc.record(
    {
      series: fc.array(one, { maxLength: 5 }),
      width: fc.integer({ min: -1, max: 90 }),
      height: fc.integer({ min: -1, max: 30 }),
      xLabel: fc.string(),
      yLabel: fc.string(),
      title: fc.string(),
      yRange: fc.tuple(number, number),
      color: fc.boolean(),
    },
    { requiredKeys: ['series', 'width', 'height', 'xLabel'] },
  );
  fc.assert(
    fc.property(options, (chart) => {
      const lines = brailleChart(chart);
      expect(lines.length).toBeGreaterThanOrEqual(Math.max(1, chart.height));
      for (const line of lines) {
        expect(plain(line).length).toBeLessThanOrEqual(Math.max(1, chart.width));
        expect(line).toBe(line.trimEnd());
        expect(plain(line)).not.toMatch(/\p{Cc}/u);
      }
      const texts = [chart.title, chart.yLabel, chart.xLabel, ...chart.series.map(({ name }) => name)];
      if (!texts.some((text) => text && /[NIu]/.test(text))) {
        expect(lines.join('\n')).not.toMatch(/NaN|Infinity|undefined/);
      }
    }),
    { numRuns: 500 },
  );
});

import { describe, expect, it } from 'vitest';
import { type PlotConfusionOptions, plotConfusion } from '../../../src/report/pictures/plots.js';
import { boxesOf, CONFUSION, expectSound, labelOf, labelsOf, marksOf, textsOf } from '../../support/charts.js';

/** The leftmost and the rightmost end of the texts that are not turned. */
function extentOf(svg: string): { left: number; right: number } {
  const straight = boxesOf(svg.replace(/<text [^>]*transform="(?:matrix|rotate)[^>]*>[^<]*<\/text>/g, ''));
  const left = ({ anchor, x, width }: (typeof straight)[number]) =>
    x - (anchor === 'end' ? width : anchor === 'middle' ? width / 2 : 0);
  return {
    left: Math.min(...straight.map(left)),
    right: Math.max(...straight.map((box) => left(box) + box.width)),
  };
}

describe('plotConfusion', () => {
  it('has true classes from top to bottom, and predicted ones from left to right', () => {
    const picture = plotConfusion({ confusion: CONFUSION }, { classNames: ['cat', 'dog', 'frog'] });
    const texts = textsOf(picture);
    const scale = ['0\u00a0%', '100\u00a0%', 'Share of the', 'true class'];
    expect(texts).toEqual(expect.arrayContaining(['True class', 'Predicted class', ...scale]));
    const counts = CONFUSION.map((row) => row.map((count) => labelOf(picture, String(count))));
    for (const [label, name] of ['cat', 'dog', 'frog'].entries()) {
      const [row, column] = labelsOf(picture)
        .filter(({ text }) => text === name)
        .toSorted((a, b) => a.x - b.x || a.y - b.y)
        .toSorted((a, b) => Number(a.y > counts[2][0].y) - Number(b.y > counts[2][0].y));
      expect(counts[label].map(({ y }) => y)).toStrictEqual([row.y, row.y, row.y]);
      expect(counts.map((cells) => cells[label].x)).toStrictEqual([column.x, column.x, column.x]);
    }
    expect(counts[0].map(({ x }) => x)).toStrictEqual(counts[0].map(({ x }) => x).toSorted((a, b) => a - b));
    expect(counts[0][0].y).toBeLessThan(counts[1][0].y);
  });

  it('shades each cell by its fraction of the row, not by its count', () => {
    const confusion = [
      [1, 0],
      [500, 500],
    ];
    const picture = plotConfusion({ confusion });
    const fills = marksOf(picture, 0).map((mark) => /fill="([^"]*)"/.exec(mark)?.[1]);
    expect(fills).toHaveLength(4);
    expect(fills.slice(0, 2)).toStrictEqual(['rgb(253,231,37)', 'rgb(68,1,84)']);
    expect(fills[2]).toBe(fills[3]);
  });

  it('uses numbers for classes without names', () => {
    const confusion = [
      [11, 22],
      [33, 44],
    ];
    expect(textsOf(plotConfusion({ confusion })).filter((text) => /^[01]$/.test(text))).toHaveLength(4);
  });

  it('writes zeros among ten classes, and leaves them out among more', () => {
    const diagonal = (C: number) =>
      Array.from({ length: C }, (_, i) => Array.from({ length: C }, (_, j) => +(i === j)));
    const named = (C: number) => Array.from({ length: C }, (_, i) => `class ${i}`);
    const zeros = (C: number) =>
      textsOf(plotConfusion({ confusion: diagonal(C) }, { classNames: named(C) })).filter((text) => text === '0');
    expect([zeros(10).length, zeros(20).length]).toStrictEqual([90, 0]);
  });

  it('has room for long names, on either side', () => {
    const classNames = ['large_omnivores_and_herbivores', 'fruit_and_vegetables', 'people'];
    const picture = plotConfusion({ confusion: CONFUSION }, { classNames });
    for (const name of classNames) expect(textsOf(picture).filter((text) => text === name)).toHaveLength(2);
    const { left, right } = extentOf(picture.svg);
    expect([left >= 0, right <= picture.width]).toStrictEqual([true, true]);
  });

  it('shows names with markup as text', () => {
    const classNames = ['<script>', '</text>&', `'"]]>`];
    const picture = plotConfusion({ confusion: CONFUSION }, { classNames });
    expectSound(picture);
    expect(picture.svg).not.toMatch(/<script|&&|<\/text>&</);
    for (const name of classNames) expect(textsOf(picture).filter((text) => text === name)).toHaveLength(2);
  });

  it.each<[string, unknown, unknown, string, RegExp]>([
    ['nothing', null, {}, 'ERR_INVALID_TYPE', /a square matrix of counts for confusion but received undefined/],
    ['rows of other lengths', { confusion: [[1, 2], [3]] }, {}, 'ERR_INVALID_TYPE', /a square matrix of counts/],
    [
      'too few names',
      { confusion: CONFUSION },
      { classNames: ['a'] },
      'ERR_SHAPE',
      /3 classNames, one for each class, but received 1/,
    ],
    [
      'a misspelt option',
      { confusion: CONFUSION },
      { classnames: [] },
      'ERR_UNKNOWN_OPTION',
      /did you mean classNames/,
    ],
  ])('refuses %s', (_, evaluation, options, code, message) => {
    const plot = () => plotConfusion(evaluation as { confusion: number[][] }, options as PlotConfusionOptions);
    expect(plot).toThrow(message);
    expect(plot).toThrow(expect.objectContaining({ code }));
  });
});

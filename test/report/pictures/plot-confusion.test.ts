import { describe, expect, it } from 'vitest';
import { type PlotConfusionOptions, plotConfusion } from '../../../src/report/pictures/plots.js';
import { CONFUSION, expectSound, labelOf, labelsOf, marksOf, textsOf } from '../../support/charts.js';

describe('plotConfusion', () => {
  it('has true classes from top to bottom, and predicted ones from left to right', () => {
    const picture = plotConfusion({ confusion: CONFUSION }, { classNames: ['cat', 'dog', 'frog'] });
    const texts = textsOf(picture);
    expect(texts).toEqual(expect.arrayContaining(['True class', 'Predicted class', '0 %', '100 %']));
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

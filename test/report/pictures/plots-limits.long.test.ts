// Charts of so much data that drawing them takes seconds.
import { expect, it } from 'vitest';
import { plotConfusion, plotHistory } from '../../../src/report/pictures/plots.js';
import { boxesOf } from '../../support/charts.js';

it('a confusion matrix keeps its size within the limits for very many classes', () => {
  const confusion = Array.from({ length: 377 }, () => new Array<number>(377).fill(1));
  expect(() => plotConfusion({ confusion })).not.toThrow();
});

it('a chart keeps the label of the last of a million iterations inside', () => {
  const history = { lossHistory: new Array<number>(1e6).fill(1), trainAccHistory: [], valAccHistory: [] };
  for (const { text, x, anchor, width } of boxesOf(plotHistory(history).svg)) {
    if (anchor === 'middle' && text.includes(',')) expect(x + width / 2, text).toBeLessThanOrEqual(760);
  }
});

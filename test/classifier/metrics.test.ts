import { beforeAll, describe, expect, it } from 'vitest';
import { type ClassifierEvaluation, metricsOf } from '../../src/classifier/metrics.js';
import { RandomState } from '../../src/random/random-state.js';
import { givesTurns } from '../support/turns.js';

describe('metricsOf', () => {
  // Checked with scikit-learn 1.9: classification_report, log_loss, roc_auc_score.
  const probabilities = [
    0.7,
    0.2,
    0.1, //
    0.3,
    0.4,
    0.3, //
    0.2,
    0.5,
    0.3, //
    0.1,
    0.6,
    0.3, //
    0.3,
    0.3,
    0.4,
  ];
  const labels = [0, 0, 1, 1, 2];
  let metrics: ClassifierEvaluation;
  beforeAll(async () => {
    metrics = await metricsOf(probabilities, labels, ['a', 'b', 'c']);
  });

  it('counts rows by true and predicted class', () => {
    expect(metrics.confusion).toEqual([
      [1, 1, 0],
      [0, 2, 0],
      [0, 0, 1],
    ]);
    expect(metrics.accuracy).toBe(0.8);
  });

  it('computes precision, recall and F1 of each class, and their averages', () => {
    expect(metrics.classes.map(({ precision }) => precision)).toEqual([1, 2 / 3, 1]);
    expect(metrics.classes.map(({ recall }) => recall)).toEqual([0.5, 1, 1]);
    expect(metrics.classes.map(({ f1 }) => f1)).toEqual([2 / 3, 4 / 5, 1]);
    expect(metrics.macro.f1).toBeCloseTo((2 / 3 + 4 / 5 + 1) / 3, 15);
    expect(metrics.weighted.f1).toBeCloseTo((2 * (2 / 3) + 2 * (4 / 5) + 1) / 5, 15);
    expect(metrics.classes.map(({ rows }) => rows)).toEqual([2, 2, 1]);
  });

  it('computes the log loss', () => {
    const expected = -(Math.log(0.7) + Math.log(0.3) + Math.log(0.5) + Math.log(0.6) + Math.log(0.4)) / 5;
    expect(metrics.logLoss).toBeCloseTo(expected, 15);
  });

  it('computes the area under the ROC curve, with a tie as one half', () => {
    // Of class a: rows 0.7 and 0.3 against 0.2, 0.1 and 0.3: 5 pairs and a half of 6.
    expect(metrics.classes[0].rocAuc).toBeCloseTo(5.5 / 6, 15);
    // Of class c: 0.4 is above all.
    expect(metrics.classes[2].rocAuc).toBe(1);
  });

  it('gives a class without right predictions 0, and one without rows and predictions NaN', async () => {
    const { classes, macro } = await metricsOf([0.1, 0.8, 0.1, 0.2, 0.7, 0.1], [0, 1], ['a', 'b', 'c']);
    expect(classes[0]).toMatchObject({ precision: 0, recall: 0, f1: 0 });
    expect(classes[2]).toMatchObject({ precision: Number.NaN, recall: Number.NaN, f1: Number.NaN, rows: 0 });
    expect(macro.recall).toBe(0.5);
  });

  it('has a finite log loss when a label has probability 0', async () => {
    expect((await metricsOf([1, 0], [1], ['a', 'b'])).logLoss).toBeCloseTo(1022 * Math.LN2, 9);
  });

  it('computes the same of many rows, whose values are sorted in parts', async () => {
    const N = 40_000;
    const random = new RandomState(2);
    const many = Int32Array.from(random.choice(2, N));
    // Hundredths, so that there are ties within the parts and between them.
    const of1 = Array.from(random.randn(N), (draw, i) => Math.round(100 / (1 + Math.exp(draw - many[i]))) / 100);
    const counts = [new Float64Array(101), new Float64Array(101)];
    for (const [i, value] of of1.entries()) counts[many[i]][Math.round(100 * value)]++;
    let pairs = 0;
    let below = 0;
    for (let value = 0; value <= 100; value++) {
      pairs += counts[1][value] * (below + counts[0][value] / 2);
      below += counts[0][value];
    }
    const rows = of1.flatMap((value) => [1 - value, value]);
    const { classes } = await metricsOf(rows, many, ['0', '1']);
    expect(classes[1].rocAuc).toBe(pairs / (below * (N - below)));
    expect(classes[1].rocAuc).toBeGreaterThan(0.6);
    expect(await givesTurns(() => metricsOf(rows, many, ['0', '1']))).toBe(true);
  });
});

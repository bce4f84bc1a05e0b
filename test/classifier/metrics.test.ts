import { describe, expect, it } from 'vitest';
import { metricsOf } from '../../src/classifier/metrics.js';

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
  const metrics = metricsOf(probabilities, labels, ['a', 'b', 'c']);

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

  it('gives a class without right predictions 0, and one without rows and predictions NaN', () => {
    const { classes, macro } = metricsOf([0.1, 0.8, 0.1, 0.2, 0.7, 0.1], [0, 1], ['a', 'b', 'c']);
    expect(classes[0]).toMatchObject({ precision: 0, recall: 0, f1: 0 });
    expect(classes[2]).toMatchObject({ precision: Number.NaN, recall: Number.NaN, f1: Number.NaN, rows: 0 });
    expect(macro.recall).toBe(0.5);
  });

  it('has a finite log loss when a label has probability 0', () => {
    expect(metricsOf([1, 0], [1], ['a', 'b']).logLoss).toBeCloseTo(1022 * Math.LN2, 9);
  });
});

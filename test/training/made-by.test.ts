import { describe, expect, it } from 'vitest';
import { fingerprintOf } from '../../src/training/made-by.js';

/** Eleven labels of four classes: more than two rounds of four, and three left over. */
const LABELS = [0, 1, 2, 3, 3, 2, 1, 0, 1, 3, 2];
const D = 2;
const data = Uint8Array.from({ length: LABELS.length * D }, (_, i) => i);
const rows = { data, count: LABELS.length, mean: null };
const of = (labels: readonly number[], weights: number[] | null = null) =>
  fingerprintOf({ rows, labels: Int32Array.from(labels) }, D, weights && Float64Array.from(weights));

describe('the fingerprint of rows, labels and weights', () => {
  it('is another one if any label is', () => {
    for (const i of LABELS.keys()) expect(of(LABELS.with(i, (LABELS[i] + 1) % 4))).not.toBe(of(LABELS));
  });

  it('is another one if any two labels change places', () => {
    for (const i of LABELS.keys()) {
      for (const j of LABELS.keys()) {
        const same = LABELS[i] === LABELS[j];
        expect(of(LABELS.with(i, LABELS[j]).with(j, LABELS[i])) === of(LABELS), `${i} and ${j}`).toBe(same);
      }
    }
  });

  it('is another one if any weight is', () => {
    const ones = LABELS.map(() => 1);
    for (const i of LABELS.keys()) expect(of(LABELS, ones.with(i, 1.5))).not.toBe(of(LABELS, ones));
    expect(of(LABELS, ones)).not.toBe(of(LABELS));
  });
});

import { writeFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { Model } from '../../src/model/model-types.js';
import { TwoLayerNet } from '../../src/net/two-layer-net.js';
import { RandomState } from '../../src/random/random-state.js';

/** Rows of bytes for {@link smallNet}: 7 × 6. */
export const BYTES = Uint8Array.from({ length: 42 }, (_, i) => (i * 97) % 256);

/** A net (D 6, H 5, C 3) with a mean and class names, whose probabilities on {@link BYTES} are far from 0 and 1. */
export function smallNet(dtype: 'float32' | 'float64'): TwoLayerNet {
  const sizes = { inputSize: 6, hiddenSize: 5, numClasses: 3, std: 0.08, random: new RandomState(7), dtype };
  const mean = Float64Array.from([120.3, 110.7, 100.1, 130.9, 127.5, 1 / 3]);
  const net = new TwoLayerNet({ ...sizes, backend: 'js', mean, classNames: ['cat', 'häst', 'x "y"'] });
  net.params.b1.set([0.5, -0.25, 1, 0, 0.75]);
  net.params.b2.set([0.1, -0.2, 0.3]);
  return net;
}

/** The rows of {@link BYTES}, as JSON in `file`. */
export function writeRows(file: string): void {
  writeFileSync(file, JSON.stringify(Array.from({ length: 7 }, (_, row) => [...BYTES.subarray(row * 6, row * 6 + 6)])));
}

/** Expects probabilities within 1e-5 of those of `net` on {@link BYTES}. */
export function expectSameProbabilities(values: ArrayLike<number>, net: TwoLayerNet): void {
  expectClose(values, net.probabilities(BYTES));
}

/** As {@link smallNet}, on rows that are scaled, with labels that are numbers. */
export function scaledModel(dtype: 'float32' | 'float64'): Model {
  const { params, inputSize, hiddenSize, numClasses, mean } = smallNet(dtype);
  const scale = Float64Array.from([0.5, 2, 1, 1 / 3, 0.1, 1.25]);
  const classNames = ['1', '2', '30'];
  return { params, inputSize, hiddenSize, numClasses, dtype, mean, scale, classNames, labelType: 'number' };
}

/** The probabilities of a model with a scale on {@link BYTES}: the rows are scaled here. */
export function scaledProbabilities({ params, mean, scale }: Model): ArrayLike<number> {
  const rows = Float64Array.from(BYTES, (value, i) => (value - (mean?.[i % 6] ?? 0)) * (scale?.[i % 6] ?? 1));
  return TwoLayerNet.fromParams(params, { backend: 'js', mean: undefined }).probabilities(rows);
}

/** Expects the same numbers within 1e-5. */
export function expectClose(values: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(values).toHaveLength(expected.length);
  for (let i = 0; i < expected.length; i++) expect(Math.abs(values[i] - expected[i])).toBeLessThan(1e-5);
}

/** Arrays of more than 2³¹ bytes, and almost 2³¹ rows: no product of sizes overflows. Needs 16 GiB of memory. */
import { expect, it } from 'vitest';
import { TwoLayerNet } from '../../src/net/two-layer-net.js';
import { describeOnNative } from '../support/backends.js';
import { cases } from './size.js';

const GIB = 2 ** 30;

describeOnNative('nets and rows of large sizes', () => {
  it.each(['simd', 'blas'] as const)('train and predict with W1 of more than 2³¹ bytes (%s)', (products) => {
    // At full size W1 has 2.5 GB; otherwise 39 MB.
    const H = 600;
    const D = cases(2 ** 20, 2 ** 14) + 3;
    const net = new TwoLayerNet({ inputSize: D, hiddenSize: H, numClasses: 2, std: 0, products });
    const { W1, W2 } = net.params;
    // The last input reaches class 1 by way of the last hidden unit alone.
    W1[W1.length - 1] = 2;
    W2[W2.length - 1] = 3;
    const X = new Float32Array(2 * D);
    X[2 * D - 1] = 1;
    expect(net.scores(X)).toStrictEqual(Float32Array.of(0, 0, 0, 6));
    net.trainSync(X, [0, 1], null, null, { numIters: 1, batchSize: 64, learningRate: 0.5, reg: 0 });
    // Only the row with an input has a gradient: its weights grow, and all others stay.
    expect(W1[W1.length - 1]).toBeGreaterThan(2);
    expect(W1[W1.length - 1]).toBeLessThan(2.1);
    expect(W1.findIndex((weight) => weight !== 0)).toBe(W1.length - 1);
  });

  it('predict almost 2³¹ rows', () => {
    const N = cases(2 ** 31 - 1, 2 ** 20 - 1);
    for (const threads of [1, 2]) {
      const net = new TwoLayerNet({ inputSize: 1, hiddenSize: 1, numClasses: 2, std: 0, threads });
      net.params.W1[0] = 1;
      net.params.W2[1] = 1;
      const rows = new Uint8Array(N);
      rows[N - 1] = 9;
      const classes = net.predict(rows);
      expect(classes).toHaveLength(N);
      expect(classes.indexOf(1)).toBe(N - 1);
    }
  });

  it.each([
    { inputSize: GIB, hiddenSize: 2, numClasses: 2 },
    { inputSize: 2, hiddenSize: GIB, numClasses: 2 },
    { inputSize: 2, hiddenSize: 2, numClasses: GIB },
    { inputSize: 2 ** 31 - 1, hiddenSize: 2 ** 31 - 1, numClasses: 2 ** 31 - 1 },
  ])('refuse more numbers than the engine takes: %o', (sizes) => {
    expect(() => new TwoLayerNet(sizes)).toThrow(expect.objectContaining({ code: 'ERR_OUT_OF_RANGE' }));
  });
});

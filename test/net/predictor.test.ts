/** A net that is kept ready for predictions. */
import { describe, expect, it } from 'vitest';
import type { Reals } from '../../binding.js';
import { Matrix } from '../../src/data/matrix.js';
import type { TwoLayerNetOptions } from '../../src/net/options.js';
import { TwoLayerNet } from '../../src/net/two-layer-net.js';
import { RandomState } from '../../src/random/random-state.js';
import type { Dtype } from '../../src/training/settings.js';
import { describeOnBackends, describeOnNative } from '../support/backends.js';
import { as, detached, thrownBy } from '../support/bad-input.js';
import { rejection } from '../support/training.js';
import { givesTurns } from '../support/turns.js';

const dtypes: readonly Dtype[] = ['float32', 'float64'];
const normal = (size: number, seed = 5) => new RandomState(seed).randn(size);

/** Faster than toStrictEqual on many numbers. */
function expectBits(actual: Reals | Int32Array, expected: Reals | Int32Array): void {
  expect(actual.constructor).toBe(expected.constructor);
  expect(actual.length).toBe(expected.length);
  expect(Buffer.compare(Buffer.from(actual.buffer), Buffer.from(expected.buffer))).toBe(0);
}

describeOnBackends('a predictor', (backend) => {
  const newNet = (D: number, H: number, C: number, options: Partial<TwoLayerNetOptions> = {}) =>
    new TwoLayerNet({ inputSize: D, hiddenSize: H, numClasses: C, std: 0.3, backend, threads: 2, ...options });

  describe.each(dtypes)('of %s', (dtype) => {
    it.each([
      [5, 4, 3],
      [300, 40, 2],
      [90, 120, 50],
    ])('has the bits of its net on the same products: D %i, H %i, C %i', async (D, H, C) => {
      const mean = normal(D, 8);
      const net = newNet(D, H, C, { dtype, mean });
      // The products that are chosen for many rows.
      const many = newNet(D, H, C, { dtype, mean, products: D * H < 4096 ? 'blas' : 'auto', params: net.params });
      const predictor = net.prepare();
      const all = normal(2100 * D);
      for (const N of [1, 2, 7, 8, 15, 16, 17, 255, 2100, 1]) {
        const X = all.slice(0, N * D);
        const scores = predictor.scores(X);
        // With few hidden units, rows have the same scores in any company.
        if (H < 48) expectBits(scores, many.scores(all.slice(0, Math.max(N, 256) * D)).slice(0, N * C));
        else if (N >= 256) expectBits(scores, many.scores(X));
        expectBits(await predictor.scoresAsync(X), scores);
        expectBits(predictor.probabilities(X), await predictor.probabilitiesAsync(X));
        const classes = predictor.predict(X);
        expectBits(await predictor.predictAsync(X), classes);
        expect([...classes]).toStrictEqual(
          [...classes].map((_, i) => {
            const row = scores.slice(i * C, i * C + C);
            return row.indexOf(Math.max(...row));
          }),
        );
      }
    });
  });

  it('accepts one row in any form', async () => {
    const D = 70;
    const mean = new Float64Array(D).fill(100);
    const predictor = newNet(D, 60, 4, { mean }).prepare();
    const bytes = Uint8Array.from({ length: D }, (_, i) => (i * 7919) % 251);
    const expected = predictor.scores(bytes);
    const numbers = [...bytes];
    const forms = [Buffer.from(bytes), Float32Array.from(bytes), Float64Array.from(bytes), numbers, [numbers]];
    for (const X of [...forms, Int16Array.from(bytes), new Matrix(bytes, D)]) {
      expectBits(predictor.scores(X), expected);
      expectBits(await predictor.scoresAsync(X), expected);
      expect(predictor.predict(X)).toStrictEqual(await predictor.predictAsync(X));
    }
    const own = new Matrix(bytes, D, { mean: new Float64Array(D).fill(7) });
    expect(predictor.scores(own)).not.toStrictEqual(expected);
    expectBits(await predictor.scoresAsync(own), predictor.scores(own));
  });

  it('is the net as it was', async () => {
    for (const [N, products] of [
      [1, 'blas'],
      [1, 'auto'],
      [300, 'auto'],
    ] as const) {
      const net = newNet(80, 60, 3, { mean: normal(80, 2), classNames: ['a', 'b', 'c'], products });
      const X = normal(N * 80);
      const predictor = net.prepare();
      const expected = predictor.scores(X);
      for (const array of [...Object.values(net.params), net.mean]) array?.fill(1);
      net.classNames = undefined;
      expectBits(predictor.scores(X), expected);
      expectBits(await predictor.scoresAsync(X), expected);
      expect(net.prepare().scores(X)).not.toStrictEqual(expected);
      expect(predictor).toMatchObject({ inputSize: 80, numClasses: 3, dtype: 'float32', classNames: ['a', 'b', 'c'] });
    }
  });

  it('writes scores where it is told to', () => {
    for (const dtype of dtypes) {
      const predictor = newNet(80, 60, 3, { dtype }).prepare();
      const type = dtype === 'float32' ? Float32Array : Float64Array;
      for (const N of [1, 2]) {
        const X = normal(N * 80);
        const out = new type(3 * N);
        expect(predictor.scores(X, out)).toBe(out);
        expectBits(out, predictor.scores(X));
        expect(predictor.probabilities(X, out)).toBe(out);
        expectBits(out, predictor.probabilities(X));
        for (const [wrong, code, message] of [
          [
            new type(3 * N + 1),
            'ERR_SHAPE',
            `Expected ${3 * N} numbers for out but received ${type.name}(${3 * N + 1})`,
          ],
          [detached(new type(3 * N)), 'ERR_SHAPE', `Expected ${3 * N} numbers for out but received ${type.name}(0)`],
          [
            new Int32Array(3 * N),
            'ERR_INVALID_TYPE',
            `Expected a ${type.name} for out but received Int32Array(${3 * N})`,
          ],
          [null, 'ERR_INVALID_TYPE', `Expected a ${type.name} for out but received null`],
        ]) {
          expect(thrownBy(() => predictor.scores(X, as(wrong)))).toMatchObject({ code, message });
        }
      }
      expect(predictor.scores(normal(80))).not.toBe(predictor.scores(normal(80)));
    }
  });

  it('refuses rows in the words of the net', async () => {
    const net = newNet(4, 5, 3);
    const predictor = net.prepare();
    const bad = [
      [1, Number.NaN, 3, 4],
      [1, Number.POSITIVE_INFINITY, 3, 4],
    ];
    for (const X of [
      new Float32Array(3),
      new Float64Array(9),
      detached(new Float32Array(4)),
      '4',
      null,
      [],
      [[1, 2]],
    ]) {
      const { code, message } = thrownBy(() => net.scores(as(X)));
      for (const name of ['scores', 'predict', 'probabilities'] as const) {
        expect(thrownBy(() => predictor[name](as(X)))).toMatchObject({ code, message });
      }
      expect(await rejection(predictor.predictAsync(as(X)))).toMatchObject({ code, message });
    }
    for (const X of [
      ...bad.map((row) => Float32Array.from(row)),
      ...bad.map((row) => Float64Array.from(row)),
      ...bad,
    ]) {
      const { code, message } = thrownBy(() => net.scores(typeof X[0] === 'number' ? Float64Array.from(X) : as(X)));
      expect(thrownBy(() => predictor.scores(X))).toMatchObject({ code, message });
      expect(thrownBy(() => predictor.predict(X))).toMatchObject({ code, message });
      expect(await rejection(predictor.scoresAsync(X))).toMatchObject({ code, message });
    }
    const wordy = as<number[]>([1, 2, '3', 4]);
    expect(thrownBy(() => predictor.predict(wordy)).message).toBe('Expected a number at [0][2] of X but received "3"');
    expect(thrownBy(() => predictor.predict([1, 2, 3])).message).toBe(
      'Expected 4 numbers for X, one row, but received an array of 3',
    );
    net.mean = new Float64Array(3);
    expect(thrownBy(() => net.prepare()).code).toBe('ERR_SHAPE');
  });

  it('says which row has a result that is not finite', async () => {
    const net = newNet(100, 20, 3);
    net.params.W1.fill(1e38);
    net.params.W2.fill(1);
    const predictor = net.prepare();
    for (const [N, row] of [
      [1, 0],
      [1000, 700],
    ]) {
      const X = new Float32Array(N * 100);
      X.fill(1e30, row * 100, row * 100 + 100);
      const message = thrownBy(() => net.scores(X)).message;
      expect(message).toContain(`for row ${row} of X`);
      expect(thrownBy(() => predictor.scores(X)).message).toBe(message);
      expect((await rejection(predictor.scoresAsync(X))).message).toBe(message);
      expect(predictor.predict(X)).toStrictEqual(net.predict(X)); // all scores of the row are infinite, none is NaN
      net.params.b2[1] = Number.NaN;
      const broken = net.prepare();
      expect(thrownBy(() => broken.predict(X)).message).toBe(thrownBy(() => net.predict(X)).message);
      net.params.b2[1] = 0;
    }
    // Finite in float64 only, which is no fault of the input.
    expect(thrownBy(() => predictor.scores(new Float64Array(100).fill(1e300))).message).toMatch(
      /^Expected finite results/,
    );
  });

  it('lets timers run during an asynchronous prediction', async () => {
    const predictor = newNet(1000, 100, 3).prepare();
    const X = normal(4000 * 1000);
    expect(await givesTurns(() => predictor.predictAsync(X))).toBe(true);
    expect(await rejection(predictor.predictAsync(X, { signal: AbortSignal.abort() }))).toMatchObject({
      code: 'ABORT_ERR',
    });
  });

  it('is closed after what was started, and refuses later predictions', async () => {
    const predictor = newNet(300, 100, 3).prepare();
    const X = normal(5000 * 300);
    const expected = predictor.scores(X);
    const pending = [predictor.scoresAsync(X), predictor.scoresAsync(X.subarray(0, 300))];
    expect(predictor.closed).toBe(false);
    predictor.close();
    predictor.close();
    expect(predictor.closed).toBe(true);
    const [scores] = await Promise.all(pending);
    expectBits(scores, expected);
    const message = 'This predictor is closed: make another one with prepare()';
    for (const name of ['predict', 'scores', 'probabilities'] as const) {
      expect(thrownBy(() => predictor[name](X))).toMatchObject({ code: 'ERR_CLOSED', message });
      expect(await rejection(predictor[`${name}Async`](X))).toMatchObject({ code: 'ERR_CLOSED', message });
    }
  });

  it('is closed by its Symbol.dispose', () => {
    const predictor = newNet(3, 2, 2).prepare();
    predictor[Symbol.dispose]();
    expect(predictor.closed).toBe(true);
  });
});

describeOnNative('the predictor of a net', () => {
  it.each(['simd', 'blas'] as const)('has its bits for any number of rows: %s', async (products) => {
    for (const dtype of dtypes) {
      for (const H of [40, 120]) {
        const sizes = { inputSize: 300, hiddenSize: H, numClasses: 3 };
        const net = new TwoLayerNet({ ...sizes, std: 0.3, products, dtype, backend: 'native', threads: 3 });
        const predictor = net.prepare();
        for (const N of [1, 2, 7, 8, 15, 16, 31, 300, 4003]) {
          const X = normal(N * 300);
          const expected = net.scores(X);
          expectBits(predictor.scores(X), expected);
          expectBits(await predictor.scoresAsync(X), expected);
        }
      }
    }
  });
});

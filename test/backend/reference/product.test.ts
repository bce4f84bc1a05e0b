import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { Reals } from '../../../binding.js';
import { affine, affineInputsBackward, affineWeightsBackward } from '../../../src/backend/reference/layers.js';
import { product, rowMajor, type Strided, transposed } from '../../../src/backend/reference/product.js';
import { RandomState } from '../../../src/random/random-state.js';

/** Sizes at and around those of a tile (2 rows, 3 columns) and of a block (128 rows, 96 columns, 256 terms). */
const ROWS = [1, 2, 3, 127, 128, 129, 257];
const COLUMNS = [1, 2, 3, 4, 5, 6, 95, 96, 97, 193];
const TERMS = [1, 2, 255, 256, 257, 513];

type RealArray = typeof Float32Array | typeof Float64Array;

const entry = ({ data, rowStride, columnStride }: Strided, r: number, c: number) =>
  data[r * rowStride + c * columnStride];

/** The product (m, n), one term after the other. */
function plain(m: number, depth: number, n: number, A: Strided, B: Strided): Float64Array {
  const out = new Float64Array(m * n);
  for (let r = 0; r < m; r++) {
    for (let c = 0; c < n; c++) for (let k = 0; k < depth; k++) out[r * n + c] += entry(A, r, k) * entry(B, k, c);
  }
  return out;
}

/** What `product` hands over (m, n); an entry that is not handed over once is told. */
function collected(m: number, depth: number, n: number, A: Strided, B: Strided): Float64Array {
  const out = new Float64Array(m * n);
  const times = new Uint8Array(m * n);
  product(m, depth, n, A, B, (row, column, count, sums, from) => {
    out.set(sums.subarray(from, from + count), row * n + column);
    for (let c = 0; c < count; c++) times[row * n + column + c]++;
  });
  expect(
    times.findIndex((count) => count !== 1),
    'the first entry that was not handed over once',
  ).toBe(-1);
  return out;
}

/** A (rows, columns) matrix of small integers, whose products and sums are exact in any order. */
function integers(random: RandomState, Type: RealArray, rows: number, columns: number): Strided {
  return rowMajor(Type.from(random.randint(-9, 10, rows * columns)), columns);
}

describe('the product of two matrices', () => {
  const types = fc.constantFrom<RealArray>(Float32Array, Float64Array);
  const cases = fc.record({
    m: fc.constantFrom(...ROWS),
    depth: fc.constantFrom(...TERMS),
    n: fc.constantFrom(...COLUMNS),
    typeA: types,
    typeB: types,
    turnA: fc.boolean(),
    turnB: fc.boolean(),
  });

  it('is exact if the sums are, for all sizes, both types and transposed operands', () => {
    const property = fc.property(cases, ({ m, depth, n, typeA, typeB, turnA, turnB }) => {
      const random = new RandomState(m + depth + n);
      const A = turnA ? transposed(integers(random, typeA, depth, m)) : integers(random, typeA, m, depth);
      const B = turnB ? transposed(integers(random, typeB, n, depth)) : integers(random, typeB, depth, n);
      expect(collected(m, depth, n, A, B)).toStrictEqual(plain(m, depth, n, A, B));
    });
    fc.assert(property, { seed: 5_302, numRuns: 40 });
  });

  it.each(ROWS)('is exact for %i rows by 97 columns of 257 terms', (m) => {
    const random = new RandomState(m);
    const [A, B] = [integers(random, Float32Array, m, 257), integers(random, Float64Array, 257, 97)];
    expect(collected(m, 257, 97, A, B)).toStrictEqual(plain(m, 257, 97, A, B));
  });

  it.each(COLUMNS)('is exact for 3 rows by %i columns of 513 terms', (n) => {
    const random = new RandomState(n);
    const [A, B] = [integers(random, Float64Array, 3, 513), integers(random, Float32Array, 513, n)];
    expect(collected(3, 513, n, A, B)).toStrictEqual(plain(3, 513, n, A, B));
  });

  it('keeps sums of float32 numbers in float64', () => {
    // In float32 a sum of 2²⁴ and ones stays where it is.
    const A = rowMajor(
      Float32Array.from({ length: 600 }, (_, k) => (k === 0 ? 2 ** 24 : 1)),
      600,
    );
    const ones = rowMajor(new Float32Array(600).fill(1), 1);
    expect(collected(1, 600, 1, A, ones)).toStrictEqual(Float64Array.of(2 ** 24 + 599));
  });

  it('is 0 if there are no terms', () => {
    const none = rowMajor(new Float64Array(0), 0);
    expect(collected(5, 0, 4, none, none)).toStrictEqual(new Float64Array(20));
  });

  it('gives a row the same bits whichever rows are around it', () => {
    const [m, depth, n] = [131, 700, 50];
    const random = new RandomState(3);
    const A = random.randn(m * depth);
    const B = rowMajor(random.randn(depth * n), n);
    const all = collected(m, depth, n, rowMajor(A, depth), B);
    for (const r of [0, 1, 127, 128, 130]) {
      const row = rowMajor(A.subarray(r * depth, (r + 1) * depth), depth);
      expect(collected(1, depth, n, row, B), `row ${r}`).toStrictEqual(all.slice(r * n, (r + 1) * n));
    }
  });
});

describe('NaN and infinity in a product', () => {
  const [m, depth, n] = [131, 300, 98];
  const ones = (rows: number, columns: number) => rowMajor(new Float32Array(rows * columns).fill(1), columns);

  test.each([0, 1, 127, 128, 130])('in row %i of A affect only that row', (r) => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const A = ones(m, depth);
      A.data[r * depth + 256] = value;
      const expected = new Float64Array(m * n).fill(depth);
      expected.fill(value, r * n, (r + 1) * n);
      expect(collected(m, depth, n, A, ones(depth, n))).toStrictEqual(expected);
    }
  });

  test.each([0, 1, 2, 95, 96, 97])('in column %i of B affect only that column', (c) => {
    for (const value of [Number.NaN, Number.NEGATIVE_INFINITY]) {
      const B = ones(depth, n);
      B.data[299 * n + c] = value;
      const expected = new Float64Array(m * n).map((_, i) => (i % n === c ? value : depth));
      expect(collected(m, depth, n, ones(m, depth), B)).toStrictEqual(expected);
    }
  });

  test('times 0 give NaN, and do not affect later products', () => {
    const filled = (value: number, rows: number, columns: number) =>
      rowMajor(new Float64Array(rows * columns).fill(value), columns);
    const nothing = new Float64Array(m * n).fill(Number.NaN);
    for (const [a, b] of [
      [Number.POSITIVE_INFINITY, 0],
      [0, Number.NEGATIVE_INFINITY],
      [0, Number.NaN],
    ]) {
      expect(collected(m, depth, n, filled(a, m, depth), filled(b, depth, n)), `${a} · ${b}`).toStrictEqual(nothing);
    }
    expect(collected(1, 3, 1, ones(1, 3), ones(3, 1))).toStrictEqual(Float64Array.of(3));
  });
});

describe.each<[string, RealArray]>([
  ['float32', Float32Array],
  ['float64', Float64Array],
])('an affine layer in %s', (_, Type) => {
  const [n, D, H] = [5, 7, 4];
  const random = new RandomState(8);
  const numbers = (size: number): Reals => Type.from(random.randint(-9, 10, size));
  const [X, W, b, dout] = [numbers(n * D), numbers(D * H), numbers(H), numbers(n * H)];

  it('adds the biases', () => {
    const out = new Type(n * H);
    affine(n, D, H, X, W, b, out);
    const expected = plain(n, D, H, rowMajor(X, D), rowMajor(W, H)).map((sum, i) => sum + b[i % H]);
    expect(Array.from(out)).toStrictEqual(Array.from(expected));
  });

  it('adds alpha times its gradient to beta times what is there', () => {
    const to = numbers(D * H);
    const dW = plain(D, n, H, transposed(rowMajor(X, D)), rowMajor(dout, H));
    const expected = dW.map((sum, i) => -0.5 * sum + 0.25 * to[i]);
    affineWeightsBackward(n, D, H, X, dout, { alpha: -0.5, beta: 0.25 }, to);
    expect(Array.from(to)).toStrictEqual(Array.from(expected));
  });

  it('passes the gradient to its inputs', () => {
    const dX = new Type(n * D);
    affineInputsBackward(n, D, H, dout, W, dX);
    const expected = plain(n, H, D, rowMajor(dout, H), transposed(rowMajor(W, H)));
    expect(Array.from(dX)).toStrictEqual(Array.from(expected));
  });
});

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CompareSettings, compare } from '../../bench/against/compare.js';
import { comparisonLines, quantile } from '../../bench/against/report.js';
import { backendInfo } from '../../src/index.js';
import { SHAPES } from '../../src/measure/shapes.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'two-layer-net-against-'));
});
afterAll(() => rm(root, { recursive: true }));

/** A built checkout whose training reports the seconds that `seconds` computes of `numIters`. */
async function checkout(name: string, seconds: string): Promise<string> {
  const folder = join(root, name);
  await mkdir(join(folder, 'dist'), { recursive: true });
  await writeFile(join(folder, 'package.json'), JSON.stringify({ version: '1.2.3', type: 'module' }));
  await writeFile(
    join(folder, 'dist', 'index.js'),
    `export class Matrix {
       constructor(data, columns, { mean } = {}) { Object.assign(this, { data, columns, mean }); }
       get rows() { return this.data.length / this.columns; }
       slice(from, to) { return new Matrix(this.data.subarray(from * this.columns, to * this.columns), this.columns); }
     }
     export class TwoLayerNet {
       constructor(options) { Object.assign(this, options); }
       trainSync(X, y, Xval, yval, { numIters, batchSize }) { return { seconds: ${seconds} }; }
       predict(X) { for (const end = performance.now() + X.rows; performance.now() < end; ); }
     }`,
  );
  return folder;
}

function settings(folder: string, other: string, more: Partial<CompareSettings> = {}): CompareSettings {
  return {
    folder,
    other,
    shapes: [SHAPES.tiny],
    threads: [1],
    dtypes: ['float32'],
    products: ['auto'],
    rowTypes: ['bytes'],
    work: ['steps'],
    backend: 'auto',
    rounds: 2,
    seconds: 1,
    rows: 10,
    ...more,
  };
}

describe('a comparison with another checkout', () => {
  test('times steps without the fixed cost of a call, in rounds over several processes', async () => {
    const slow = await checkout('slow', '5 + 0.3 * numIters');
    const fast = await checkout('fast', '0.2 * numIters');
    const [found] = await compare(settings(slow, fast, { rounds: 7 }), () => {});
    expect(found.milliseconds).toEqual(Array(7).fill(expect.closeTo(300, 6)));
    expect(found.otherMilliseconds).toEqual(Array(7).fill(expect.closeTo(200, 6)));
    expect(found.ratios).toEqual(Array(7).fill(expect.closeTo(1.5, 6)));
  });

  test('runs at least 20 steps at a time', async () => {
    // A call with 20 steps more than the short one takes 7 s longer.
    const folder = await checkout('counting', '0.1 * numIters + (numIters === 21 ? 7 : 0)');
    const other = await checkout('other', '0.1 * numIters');
    const [found] = await compare(settings(folder, other), () => {});
    expect(found.milliseconds).toEqual(Array(2).fill(expect.closeTo((1000 * (2 + 7)) / 20, 6)));
    expect(found.otherMilliseconds).toEqual(Array(2).fill(expect.closeTo(100, 6)));
  });

  test('times predictions and validation passes too, on bytes and on float32 rows', async () => {
    // Validation rows cost 2 s here, float32 rows three times as much.
    const seconds = `(Xval ? 2 : 0) + numIters * (X.data instanceof Float32Array && !X.mean ? 0.3 : 0.1)`;
    const [folder, other] = [await checkout('rows', seconds), await checkout('other-rows', seconds)];
    const told: string[] = [];
    const both = settings(folder, other, { work: ['steps', 'validation'], rowTypes: ['bytes', 'float32'] });
    const found = await compare(both, (line) => told.push(line));
    expect(found.map(({ milliseconds }) => milliseconds[0])).toEqual(
      [100, 2000, 300, 2000].map((ms) => expect.closeTo(ms, 6)),
    );
    expect(told[3]).toBe('D 20, H 16, C 10, N 32: float32, float32 rows, validation 10, 1 threads');
    const [predicted] = await compare(settings(folder, other, { work: ['predict'], seconds: 0.01 }), () => {});
    expect(predicted.task).toEqual({ work: 'predict', rows: 10 });
    for (const milliseconds of predicted.milliseconds) expect(milliseconds).toBeGreaterThanOrEqual(10);
  });

  test('passes threads, type, backend and matrix products, also by the names of older versions', async () => {
    const wanted = `this.threads === 3 && this.dtype === 'float64' && this.backend === 'native' && batchSize === 32
      && process.env.TWO_LAYER_NET_PRODUCTS === 'simd' && process.env.TWO_LAYER_NET_KERNELS === 'own'`;
    const [a, b] = [
      await checkout('a', `${wanted} ? numIters : NaN`),
      await checkout('b', `${wanted} ? numIters : NaN`),
    ];
    const told: string[] = [];
    const variant = { threads: [3], dtypes: ['float64'], products: ['simd'] } as const;
    const [found] = await compare(settings(a, b, variant), (line) => told.push(line));
    expect(found).toMatchObject({ shape: SHAPES.tiny, threads: 3, dtype: 'float64', products: 'simd', ratios: [1, 1] });
    expect(told).toEqual(['D 20, H 16, C 10, N 32: float64, simd products, step, 3 threads']);
  });

  test('fails with the folder and the reason if one of them cannot train', async () => {
    const [good, bad] = [await checkout('good', 'numIters'), await checkout('bad', 'missing.addon')];
    await expect(compare(settings(good, bad), () => {})).rejects.toThrow(`${bad}: missing is not defined`);
  });
});

test('a quantile is interpolated between the nearest values', () => {
  expect(quantile([4, 1, 2, 3, 5], 0.25)).toBe(2);
  expect(quantile([10, 20], 0.75)).toBe(17.5);
  expect(quantile([7], 0.25)).toBe(7);
});

test('the report has the median ratio of each shape, the middle half and the extremes', () => {
  const lines = comparisonLines({
    date: '2026-01-02T03:04:05.000Z',
    machine: { cpu: 'A CPU', processors: 2, platform: 'linux x64', node: '20.19.0' },
    backend: backendInfo('js'),
    ignored: {},
    folder: '/new',
    other: '/old',
    rounds: 5,
    seconds: 0.5,
    rows: 10,
    comparisons: [
      {
        shape: SHAPES.tiny,
        threads: 2,
        dtype: 'float32',
        products: 'auto',
        rowType: 'bytes',
        task: { work: 'predict', rows: 10 },
        milliseconds: [1, 1, 1, 1, 1],
        otherMilliseconds: [2, 1, 1, 1, 0.5],
        ratios: [0.5, 0.99, 1, 1.01, 2],
      },
    ],
  });
  expect(lines[0]).toBe('/new beside /old');
  expect(lines).toContain('backend js (TypeScript, one thread)');
  const row = lines.find((line) => line.startsWith('D 20'))?.split(/ {2,}/);
  expect(row?.[0]).toBe('D 20, H 16, C 10, N 32: float32, predict 10');
  expect(row?.slice(2)).toEqual(['1', '1', '1.0000', '0.9900 – 1.0100', '0.5000 – 2.0000']);
});

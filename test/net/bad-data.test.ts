import { expect, it } from 'vitest';
import { Matrix } from '../../src/data/matrix.js';
import type { TwoLayerNet } from '../../src/net/two-layer-net.js';
import { describeOnBackends } from '../support/backends.js';
import {
  as,
  type Bad,
  detached,
  expectRefusal,
  labels,
  newNet,
  rows,
  spoiled,
  thrownBy,
} from '../support/bad-input.js';

function withDetachedMean(): Matrix {
  const mean = new Float64Array(4);
  const matrix = new Matrix(new Uint8Array(8), 4, { mean });
  detached(mean);
  return matrix;
}

/** A matrix whose memory has since shrunk. */
function shrunk(): Matrix {
  // Resizable buffers are ES2024: Node has them, but TypeScript's ES2022 library does not declare them.
  const Buffer = ArrayBuffer as unknown as new (
    bytes: number,
    options: { maxByteLength: number },
  ) => ArrayBuffer & { resize(bytes: number): void };
  const buffer = new Buffer(32, { maxByteLength: 64 });
  const matrix = new Matrix(new Float32Array(buffer), 4);
  buffer.resize(16);
  return matrix;
}

const typed = /Expected a Matrix, a typed array or an array of rows for \w+ but received/;

/** For two rows of four numbers. */
const badRows: readonly Bad[] = [
  ['nothing', undefined, 'ERR_INVALID_TYPE', typed],
  ['a string', 'rows', 'ERR_INVALID_TYPE', /but received "rows"/],
  ['a number', 4, 'ERR_INVALID_TYPE', typed],
  ['an object', { data: [] }, 'ERR_INVALID_TYPE', /but received an object \(Object\)/],
  ['bytes without a type', new ArrayBuffer(32), 'ERR_INVALID_TYPE', /an object \(ArrayBuffer\)/],
  ['a DataView', new DataView(new ArrayBuffer(32)), 'ERR_INVALID_TYPE', /an object \(DataView\)/],
  ['64-bit integers', new BigInt64Array(8), 'ERR_INVALID_TYPE', /BigInt64Array\(8\)/],
  ['numbers without rows', [1, 2, 3, 4], 'ERR_INVALID_TYPE', /an array of 4 numbers for row 0 of \w+ but received 1/],
  ['no numbers', new Float32Array(0), 'ERR_SHAPE', /N·4 numbers.*Float32Array\(0\)/],
  ['half a row too much', new Float64Array(10), 'ERR_SHAPE', /N·4 numbers.*Float64Array\(10\)/],
  ['no rows', [], 'ERR_SHAPE', /at least one row for \w+ but received an empty array/],
  [
    'ragged rows',
    [
      [1, 2, 3, 4],
      [5, 6, 7],
    ],
    'ERR_SHAPE',
    /Expected 4 numbers for row 1 of \w+ .* an array of 3/,
  ],
  ['rows of another width', new Matrix(new Uint8Array(10), 5), 'ERR_SHAPE', /Expected 4 numbers per row .* 5 columns/],
  ['a row that is not a row', [[1, 2, 3, 4], null], 'ERR_INVALID_TYPE', /row 1 of \w+ but received null/],
  ['a string in a row', [[1, 2, '3', 4]], 'ERR_INVALID_TYPE', /a number at \[0\]\[2\] of \w+ but received "3"/],
  // biome-ignore lint/suspicious/noSparseArray: the hole is what is tested
  ['a hole in a row', [[1, , 3, 4]], 'ERR_INVALID_TYPE', /\[0\]\[1\] of \w+ but received undefined/],
  ['a bigint in a row', [[1, 2, 3, 4n]], 'ERR_INVALID_TYPE', /\[0\]\[3\] of \w+ but received 4n/],
  ['a NaN', spoiled(Number.NaN, 6), 'ERR_NOT_FINITE', /finite numbers for \w+ but received NaN at row 1, column 2/],
  ['an infinity', spoiled(Number.POSITIVE_INFINITY, 0), 'ERR_NOT_FINITE', /received Infinity at row 0, column 0/],
  ['a NaN far down', spoiled(Number.NaN, 39_999, 40_000), 'ERR_NOT_FINITE', /NaN at row 9999, column 3/],
  [
    'a NaN in nested rows',
    [
      [1, 2, 3, 4],
      [5, Number.NaN, 7, 8],
    ],
    'ERR_NOT_FINITE',
    /NaN at row 1, column 1/,
  ],
  [
    'an infinity in a Matrix',
    new Matrix(Float64Array.of(0, 0, 0, Number.NEGATIVE_INFINITY), 4),
    'ERR_NOT_FINITE',
    /-Infinity at row 0, column 3/,
  ],
  ['detached rows', detached(new Float32Array(8)), 'ERR_DETACHED', /\w+ but received one whose buffer is detached/],
  ['detached bytes', detached(new Uint8Array(8)), 'ERR_DETACHED', /buffer is detached/],
  ['a Matrix with a detached mean', withDetachedMean(), 'ERR_DETACHED', /for the mean of \w+ but received one whose/],
  ['a Matrix whose memory shrank', shrunk(), 'ERR_SHAPE', /Expected 8 numbers for \w+ but its buffer now holds 4/],
];

const each = /an integer from 0 to 2 for each label but received/;

/** For the labels of two rows, of three classes. */
const badLabels: readonly Bad[] = [
  ['a string', 'ab', 'ERR_INVALID_TYPE', /an array of 2 labels for \w+ but received "ab"/],
  ['a number', 1, 'ERR_INVALID_TYPE', /an array of 2 labels for \w+ but received 1/],
  ['an object', { 0: 1, 1: 1, length: 2 }, 'ERR_INVALID_TYPE', /an object \(Object\)/],
  ['64-bit integers', new BigInt64Array(2), 'ERR_INVALID_TYPE', /BigInt64Array\(2\)/],
  ['too few', [0], 'ERR_SHAPE', /Expected 2 labels for \w+, one per row, but received an array of 1/],
  ['too many', new Uint8Array(3), 'ERR_SHAPE', /Expected 2 labels for \w+, one per row, but received Uint8Array\(3\)/],
  ['none', [], 'ERR_SHAPE', /but received an array of 0/],
  ['a class above the last', [0, 3], 'ERR_LABEL', /received 3 at index 1 of \w+/],
  ['a class below the first', [-1, 0], 'ERR_LABEL', /received -1 at index 0 of \w+/],
  ['a byte above the last class', Uint8Array.of(2, 200), 'ERR_LABEL', /received 200 at index 1/],
  ['half a class', Float32Array.of(0, 0.5), 'ERR_LABEL', /received 0.5 at index 1/],
  ['NaN', [Number.NaN, 0], 'ERR_LABEL', /received NaN at index 0/],
  ['infinity', Float64Array.of(0, Number.POSITIVE_INFINITY), 'ERR_LABEL', /received Infinity at index 1/],
  ['beyond 32 bits', [0, 2 ** 32], 'ERR_LABEL', /received 4294967296 at index 1/],
  ['a string among them', [0, '1'], 'ERR_LABEL', /received "1" at index 1/],
  ['a bigint among them', [0, 1n], 'ERR_LABEL', /received 1n at index 1/],
  // biome-ignore lint/suspicious/noSparseArray: the hole is what is tested
  ['a hole', [0, ,], 'ERR_LABEL', each],
  ['detached labels', detached(new Int32Array(2)), 'ERR_DETACHED', /\w+ but received one whose buffer is detached/],
];

describeOnBackends('bad rows are refused', (backend) => {
  it.each(badRows)('%s', async (_, X, code, message) => {
    const bad = as<Float32Array>(X);
    const calls: ((net: TwoLayerNet) => unknown)[] = [
      (net) => net.scores(bad),
      (net) => net.predict(bad),
      (net) => net.loss(bad, labels),
      (net) => net.trainSync(bad, labels),
      (net) => net.train(bad, labels),
    ];
    // An undefined Xval means no validation rows, which is valid.
    if (bad !== undefined) calls.push((net) => net.train(rows, labels, bad, labels));
    for (const call of calls) await expectRefusal(backend, call, code, message);
  });

  it('with the name of the argument', () => {
    const net = newNet(backend);
    const bad = spoiled(Number.NaN, 1);
    expect(thrownBy(() => net.trainSync(bad, labels)).message).toContain('for X but');
    expect(thrownBy(() => net.trainSync(rows, labels, bad, labels)).message).toContain('for Xval but');
    expect(thrownBy(() => net.trainSync(rows, [0, 9])).message).toContain('of y');
    expect(thrownBy(() => net.trainSync(rows, labels, rows, [0, 9])).message).toContain('of yval');
  });
});

describeOnBackends('bad labels are refused', (backend) => {
  it.each(badLabels)('%s', async (_, y, code, message) => {
    const bad = as<number[]>(y);
    await expectRefusal(backend, (net) => net.loss(rows, bad), code, message);
    await expectRefusal(backend, (net) => net.trainSync(rows, bad), code, message);
    await expectRefusal(backend, (net) => net.train(rows, bad), code, message);
    await expectRefusal(backend, (net) => net.train(rows, labels, rows, bad), code, message);
  });

  it('missing labels, validation rows without labels, and labels without rows', async () => {
    const none = as<number[]>(undefined);
    await expectRefusal(backend, (net) => net.loss(rows, none), 'ERR_INVALID_TYPE', 'for y but received undefined');
    await expectRefusal(backend, (net) => net.train(rows, none), 'ERR_INVALID_TYPE', 'for y but received undefined');
    await expectRefusal(
      backend,
      (net) => net.train(rows, labels, rows),
      'ERR_INVALID_TYPE',
      'Expected yval with Xval but received none',
    );
    await expectRefusal(
      backend,
      (net) => net.train(rows, labels, null, labels),
      'ERR_INVALID_TYPE',
      'Expected Xval with yval but received none',
    );
  });
});

import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { datasetFromRecords } from '../../src/data/dataset-from-records.js';
import { loadDataset } from '../../src/data/load-dataset.js';
import { Matrix } from '../../src/data/matrix.js';
import { saveDataset } from '../../src/data/save/save-dataset.js';
import { RandomState, TwoLayerNet } from '../../src/index.js';
import { keepArray, lastingArray, lastingIfSmall } from '../../src/platform/lasting.js';
import { atOnce } from '../../src/platform/turns.js';
import { freshFolder } from '../support/temporary-folder.js';

/** TypeScript's ES2022 library does not declare these. */
const { Memory } = (globalThis as unknown as { WebAssembly: { Memory: MemoryClass } }).WebAssembly;
type MemoryClass = new (size: {
  initial: number;
  maximum: number;
}) => { readonly buffer: ArrayBuffer; grow(pages: number): number };
type ResizableBuffer = ArrayBuffer & { resize(length: number): void };
const Resizable = ArrayBuffer as unknown as new (length: number, options: { maxByteLength: number }) => ArrayBuffer;

it('keeps memory that is shared where it is', () => {
  const array = lastingArray(Float32Array, 3);
  expect(array).toStrictEqual(new Float32Array(new SharedArrayBuffer(12)));
  expect(keepArray(array, 0)).toMatchObject({ guarded: false });
  expect(keepArray(array, 0).array).toBe(array);
  expect(atOnce(lastingIfSmall(array))).toBe(array);
});

it('copies what is small, of its own type and part of the buffer alone', () => {
  const part = Float64Array.of(1, 2, 3, 4).subarray(1, 3);
  for (const copy of [keepArray(part).array, atOnce(lastingIfSmall(part))]) {
    expect(copy).toStrictEqual(new Float64Array(new SharedArrayBuffer(16)).fill(2, 0, 1).fill(3, 1));
    expect(copy.buffer).toBeInstanceOf(SharedArrayBuffer);
  }
});

describe('a copy of more than a million numbers', () => {
  const LENGTH = 2 ** 21 + 1;

  it('is made in pieces', () => {
    const array = new Float32Array(LENGTH).fill(1);
    const { array: copy, copying } = keepArray(array);
    const firsts = [];
    do firsts.push(copy.indexOf(0));
    while (!copying?.next().done);
    expect(firsts).toStrictEqual([0, 2 ** 20, 2 ** 21, -1]);
    expect(copy.every((value) => value === 1)).toBe(true);
    expect(copy.length).toBe(LENGTH);
  });

  it.each([
    ['goes away', 'ERR_DETACHED', (buffer: ArrayBuffer) => structuredClone(buffer, { transfer: [buffer] })],
    ['shrinks', 'ERR_BUSY', (buffer: ArrayBuffer) => (buffer as ResizableBuffer).resize(LENGTH - 1)],
  ])('ends with a code when the memory %s meanwhile', (_, code, change) => {
    const array = new Uint8Array(new Resizable(LENGTH, { maxByteLength: LENGTH }));
    const { copying } = keepArray(array);
    expect(copying?.next()).toMatchObject({ done: false });
    change(array.buffer);
    expect(() => copying?.next()).toThrow(expect.objectContaining({ code }));
  });

  it('ends a training with the code', async () => {
    const [N, D] = [1000, 2 ** 15];
    const X = new Float32Array(N * D);
    const net = new TwoLayerNet({ inputSize: D, hiddenSize: 1, numClasses: 2, random: new RandomState(0) });
    const training = net.train(X, new Int32Array(N), null, null, { numIters: 1 });
    structuredClone(X.buffer, { transfer: [X.buffer] });
    await expect(training).rejects.toMatchObject({ code: 'ERR_DETACHED' });
  });
});

it.each([
  ['of a WebAssembly memory', () => new Memory({ initial: 1, maximum: 2 }).buffer],
  ['that can be resized', () => new Resizable(8, { maxByteLength: 16 })],
  ['that is frozen', () => Object.freeze(new ArrayBuffer(8))],
])('copies what is large in a buffer %s', (what, make) => {
  const array = new Uint8Array(make());
  const kept = keepArray(array, 0);
  // Node 20 cannot tell the first one apart, and can mark it without harm.
  const marked = what.includes('WebAssembly') && !('transfer' in ArrayBuffer.prototype);
  expect(kept.guarded).toBe(marked);
  expect(kept.array === array).toBe(marked);
  kept.release();
});

it('lets a WebAssembly memory grow that was kept', () => {
  const memory = new Memory({ initial: 1, maximum: 2 });
  keepArray(new Uint8Array(memory.buffer), 0).release();
  expect(memory.grow(1)).toBe(1);
});

it('guards a large buffer again after it was released', () => {
  const array = new Uint8Array(8);
  for (let i = 0; i < 2; i++) {
    const kept = keepArray(array, 0);
    expect(kept).toMatchObject({ guarded: true, array });
    expect(Object.getOwnPropertyNames(array.buffer)).toStrictEqual(['transfer', 'transferToFixedLength']);
    kept.release();
    expect(Object.getOwnPropertyNames(array.buffer)).toStrictEqual([]);
  }
});

const inFolder = freshFolder();

it('is that of loaded rows, and of parts of a data set', async () => {
  writeFileSync(inFolder('t.csv'), 'a,b,label\n1,2,x\n3,4,y\n5,6,x\n7,8,y\n');
  const X = new Matrix(Float32Array.of(1, 2, 3, 4), 2);
  await saveDataset(inFolder('t.npz'), { train: { X, y: [0, 1] } });
  const data = [
    await loadDataset(inFolder('t.csv')),
    await loadDataset(inFolder('t.npz')),
    await datasetFromRecords(
      [
        { a: 1, label: 'x' },
        { a: 2, label: 'y' },
      ],
      {},
    ),
  ];
  const [folded] = [data[0].split({ validation: 0.5 }, { stratify: true })];
  for (const { train } of [...data, folded]) expect(train.X.data.buffer).toBeInstanceOf(SharedArrayBuffer);
});

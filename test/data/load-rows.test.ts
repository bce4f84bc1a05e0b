import { writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { loadRows } from '../../src/data/load-rows.js';
import { encodeSafetensors } from '../../src/data/safetensors/encode.js';
import { idx, npy, npz } from '../support/array-files.js';
import { png, put } from '../support/pictures.js';
import { freshFolder } from '../support/temporary-folder.js';

const inFolder = freshFolder();
const X = npy('|u1', [2, 3], Uint8Array.of(1, 2, 3, 4, 5, 6));
const rows = async (name: string, options = {}) => {
  const { X: found, files } = await loadRows(inFolder(name), options);
  return { rows: [...found.data], D: found.columns, files };
};
const six = { rows: [1, 2, 3, 4, 5, 6], D: 3, files: undefined };

it('needs no labels, and no name for a single array', async () => {
  put(inFolder('rows.npy'), X);
  put(inFolder('a/X.npy'), X);
  put(inFolder('any.npz'), npz({ embeddings: X }));
  put(inFolder('images'), idx([2, 1, 3], Uint8Array.of(1, 2, 3, 4, 5, 6)));
  put(inFolder('mnist/train-images-idx3-ubyte'), idx([2, 1, 3], Uint8Array.of(1, 2, 3, 4, 5, 6)));
  const tensor = { data: Uint8Array.of(1, 2, 3, 4, 5, 6), shape: [2, 3] };
  writeFileSync(inFolder('x.safetensors'), Buffer.concat(encodeSafetensors(new Map([['data', tensor]]), new Map())));
  for (const name of ['rows.npy', 'a', 'any.npz', 'images', 'mnist', 'x.safetensors'])
    expect(await rows(name), name).toEqual(six);
});

it('takes the test part, or all rows without one', async () => {
  const y = npy('|u1', [1], Uint8Array.of(0));
  const one = (value: number) => npy('|u1', [1, 1], Uint8Array.of(value));
  put(inFolder('parts.npz'), npz({ X_train: one(1), y_train: y, X_val: one(2), X_test: one(3) }));
  expect((await rows('parts.npz')).rows).toEqual([3]);
  put(inFolder('parts.npz'), npz({ X_train: one(1), y_train: y, X_val: one(2) }));
  expect((await rows('parts.npz')).rows).toEqual([1, 2]);
  put(inFolder('parts.npz'), npz({ a: one(1), b: one(2) }));
  await expect(rows('parts.npz')).rejects.toThrow(/named X or X_test, or a single one, in .* but found "a", "b"/);
});

it('reads pictures without classes, each with its file, in the channels that are wanted', async () => {
  put(inFolder('flat/b.png'), await png(2, 1, [10, 20]));
  put(inFolder('flat/a.png'), await png(2, 1, [30, 40]));
  const files = [inFolder('flat/a.png'), inFolder('flat/b.png')];
  expect(await rows('flat')).toEqual({ rows: [30, 40, 10, 20], D: 2, files });
  expect((await rows('flat/b.png', { inputSize: 6 })).rows).toEqual([10, 10, 10, 20, 20, 20]);
  expect((await rows('flat/b.png', { inputSize: 12, resize: '4x1' })).D).toBe(12);
  await expect(rows('flat/b.png', { inputSize: 5 })).rejects.toThrow(
    /2 × 1 pixels, in grey or in colours: .*--resize 32x32/,
  );
  put(inFolder('classes/x/1.png'), await png(1, 1, [5]));
  expect((await rows('classes')).files).toEqual([inFolder('classes/x/1.png')]);
});

it('reads pictures as a model does, stretched if those of its training were', async () => {
  put(inFolder('wide.png'), await png(4, 1, [1, 1, 1, 1]));
  put(inFolder('colours.png'), await png(2, 2, new Array(12).fill(7)));
  put(inFolder('wide.npy'), npy('|u1', [1, 1, 4], Uint8Array.of(1, 2, 3, 4)));
  put(inFolder('flat.npy'), npy('|u1', [1, 4], Uint8Array.of(1, 2, 3, 4)));
  const imageShape = { height: 2, width: 2, channels: 1 };
  const resized = { ...imageShape, resized: true };
  const as = (shape: object, more = {}) => ({ inputSize: 4, imageShape: shape, ...more });
  expect((await rows('wide.png', as(resized))).D).toBe(4);
  expect((await rows('wide.png', as(imageShape, { resize: '2x2' }))).D).toBe(4);
  expect((await rows('flat.npy', as(imageShape))).D).toBe(4);
  const colours = { imageShape: { ...imageShape, channels: 3 }, inputSize: 12 };
  expect((await rows('wide.png', { ...colours, resize: '2x2' })).D).toBe(12);
  const refused = async (name: string, options: object, message: RegExp) =>
    expect(rows(name, options), name).rejects.toMatchObject({
      code: 'ERR_DATA_FILE',
      message: expect.stringMatching(message),
    });
  await refused('wide.png', as(imageShape), /2 × 2 pixels in grey, .*wide.png but found 4 × 1 .*: pass resize, 2x2/);
  await refused('wide.png', as(resized, { resize: '4x1' }), /but found 4 × 1 pixels/);
  await refused('wide.npy', as(resized), /but found 4 × 1 pixels in grey/);
  await refused('colours.png', as(imageShape), /but found 2 × 2 pixels in colours$/);
});

it('refuses tables and what it does not know', async () => {
  put(inFolder('t.csv'), 'a,b\n1,2\n');
  await expect(rows('t.csv')).rejects.toMatchObject({
    code: 'ERR_DATA_FILE',
    message: expect.stringMatching(/a table/),
  });
  await expect(rows('nothing')).rejects.toThrow(/nothing does not exist: check the path/);
  await expect(rows('t.csv', { resized: 1 })).rejects.toMatchObject({ code: 'ERR_UNKNOWN_OPTION' });
});

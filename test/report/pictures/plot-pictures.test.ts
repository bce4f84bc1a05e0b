import { inflateSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { Matrix } from '../../../src/data/matrix.js';
import { plotPictures } from '../../../src/report/pictures/plot-pictures.js';

/** The red bytes of a PNG file of one chunk of data, row by row. */
async function reds(picture: ReturnType<typeof plotPictures>): Promise<number[][]> {
  const png = Buffer.from(await picture.png());
  const at = png.indexOf('IDAT');
  const rows = inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)));
  const width = 3 * picture.width + 1;
  return Array.from({ length: picture.height }, (_, y) =>
    Array.from({ length: picture.width }, (_, x) => rows[y * width + 1 + 3 * x]),
  );
}

const imageShape = { height: 1, width: 2, channels: 1 };

it('draws the first pictures of each class in a row', async () => {
  const X = new Matrix(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), 2);
  const data = { train: { X, y: [1, 0, 1, 1] }, numClasses: 2, imageShape };
  const sheet = plotPictures(data, { perClass: 2, scale: 1 });
  const white = [255, 255];
  expect(await reds(sheet)).toEqual([
    [3, 4, ...white, ...white],
    [...white, ...white, ...white],
    [...white, ...white, ...white],
    [1, 2, ...white, 5, 6],
  ]);
});

it('draws other numbers from the smallest to the largest', async () => {
  const data = { train: { X: new Matrix(Float32Array.of(-1, 0, 1, 0), 2), y: [0, 0] }, imageShape };
  expect(await reds(plotPictures(data, { perClass: 2, scale: 1 }))).toEqual([[0, 128, 255, 255, 255, 128]]);
});

it('refuses rows that are no pictures, and parts that are not there', () => {
  const train = { X: new Matrix(Uint8Array.of(1, 2), 2), y: [0] };
  expect(() => plotPictures({ train })).toThrow(/Expected rows that are pictures/);
  expect(() => plotPictures({ train, imageShape }, { part: 'test' })).toThrow(/with test rows/);
  expect(() => plotPictures({ train, imageShape }, { scale: 65 })).toThrow(/from 1 to 64 for scale/);
});

import { expect, it } from 'vitest';
import { loadDataset } from '../../../src/data/load-dataset.js';
import { describeWithPython, python } from '../../support/python.js';
import { freshFolder } from '../../support/temporary-folder.js';

const inFolder = freshFolder();

/** Writes pictures of several kinds in folders of classes, and prints the bytes that Pillow reads in them. */
const WRITE = `
import json, os, sys, numpy
from PIL import Image, ImageOps
folder = sys.argv[1]
pixels = (numpy.arange(8 * 6 * 4).reshape(8, 6, 4) * 31 % 256).astype('u1')
smooth = (numpy.arange(8 * 6 * 3).reshape(8, 6, 3)).astype('u1')
exif = Image.Exif()
exif[0x0112] = 6
for name in ('cat', 'dog'): os.mkdir(os.path.join(folder, name))
save = lambda image, name, **more: image.save(os.path.join(folder, name), **more)
save(Image.fromarray(pixels[:, :, :3]), 'cat/a.png')
save(Image.fromarray(pixels[:, :, 0]), 'cat/b.png')
save(Image.fromarray(pixels[:, :, 0]).point(lambda v: 255 * (v > 127)).convert('1'), 'cat/c.png')
save(Image.fromarray(pixels[:, :, :3]).quantize(16), 'cat/d.png')
save(Image.fromarray(smooth.transpose(1, 0, 2)), 'dog/e.jpg', exif=exif, quality=100, subsampling=0)
save(Image.fromarray(smooth), 'dog/f.webp', lossless=True)
save(Image.fromarray(pixels[:, :, :3]).convert('P'), 'dog/g.gif', save_all=True,
     append_images=[Image.fromarray(smooth).convert('P')])
read = []
for name in ('cat/a.png', 'cat/b.png', 'cat/c.png', 'cat/d.png', 'dog/e.jpg', 'dog/f.webp', 'dog/g.gif'):
    image = ImageOps.exif_transpose(Image.open(os.path.join(folder, name))).convert('RGB')
    read.append(numpy.asarray(image).ravel().tolist())
print(json.dumps(read))
`;

describeWithPython('Pillow', ['PIL', 'numpy'], () => {
  it('reads the same bytes in pictures that it wrote', async () => {
    const expected = python<number[][]>(WRITE, inFolder());
    const { train, classNames, imageShape } = await loadDataset(inFolder());
    expect([classNames, imageShape]).toEqual([['cat', 'dog'], { height: 8, width: 6, channels: 3 }]);
    for (const [row, bytes] of expected.entries()) {
      const found = [...train.X.slice(row, row + 1).data];
      const off = bytes.map((byte, i) => Math.abs(byte - found[i]));
      // Decoders of JPEG may round differently.
      expect(Math.max(...off), `picture ${row}`).toBeLessThanOrEqual(row === 4 ? 3 : 0);
    }
  });
});

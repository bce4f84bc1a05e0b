import { mkdirSync, symlinkSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { loadDataset } from '../../../src/data/load-dataset.js';
import { bitFlips, countRead } from '../../support/damage.js';
import { png, put } from '../../support/pictures.js';
import { freshFolder } from '../../support/temporary-folder.js';

const inFolder = freshFolder();
const failure = (message: RegExp, options = {}, path = inFolder()) =>
  expect(loadDataset(path, options)).rejects.toMatchObject({
    code: 'ERR_DATA_FILE',
    message: expect.stringMatching(message),
  });

const RED = [255, 0, 0];
const two = (...pixels: number[][]) => png(2, 1, pixels.flat());

describe('a folder of pictures per class', () => {
  it('has the classes of its folders, sorted, and bytes in the order of height, width, channel', async () => {
    put(inFolder('dog/b.png'), await two([1, 2, 3], [4, 5, 6]));
    put(inFolder('dog/a.PNG'), await two([7, 8, 9], [10, 11, 12]));
    put(inFolder('cat/z.png'), await two(RED, RED));
    put(inFolder('cat/.DS_Store'), '');
    put(inFolder('cat/notes.txt'), '');
    const { train, classNames, imageShape, numClasses, warnings, test } = await loadDataset(inFolder());
    expect(classNames).toEqual(['cat', 'dog']);
    expect(imageShape).toEqual({ height: 1, width: 2, channels: 3 });
    expect(train.X.data).toEqual(Uint8Array.of(...RED, ...RED, 7, 8, 9, 10, 11, 12, 1, 2, 3, 4, 5, 6));
    expect([train.y, numClasses, test]).toEqual([Int32Array.of(0, 1, 1), 2, undefined]);
    expect(warnings[0]).toMatch(/notes\.txt was not read: its name is not that of a picture/);
    expect(warnings[1]).toMatch(/"cat"/);
  });

  it('has the parts of folders train, val and test', async () => {
    for (const [place, shade] of Object.entries({ 'train/a/1': 1, 'train/b/1': 2, 'val/b/1': 3, 'test/a/1': 4 }))
      put(inFolder(`${place}.png`), await png(1, 1, [shade, 0, 0]));
    symlinkSync(inFolder('test/a'), inFolder('test/b'));
    const { train, validation, test } = await loadDataset(inFolder());
    expect([train, validation, test].map((part) => [...(part?.X.data ?? [])])).toEqual([
      [1, 0, 0, 2, 0, 0],
      [3, 0, 0],
      [4, 0, 0, 4, 0, 0],
    ]);
    expect([train, validation, test].map((part) => [...(part?.y ?? [])])).toEqual([[0, 1], [1], [0, 1]]);
    put(inFolder('test/c/1.png'), await png(1, 1, RED));
    await failure(/folders of the classes of the training part in .*test but found c: the classes are a, b/);
    mkdirSync(inFolder('extra'));
    await failure(/found extra beside train/);
  });

  it('keeps one channel if all pictures are grey', async () => {
    put(inFolder('a/1.png'), await png(2, 1, [5, 250]));
    const shade = sharp(Buffer.alloc(2, 77), { raw: { width: 2, height: 1, channels: 1 } });
    put(inFolder('b/1.jpg'), await shade.toColourspace('b-w').jpeg().toBuffer());
    const grey = await loadDataset(inFolder());
    expect(grey.imageShape?.channels).toBe(1);
    expect(grey.train.X.data).toEqual(Uint8Array.of(5, 250, 77, 77));
    put(inFolder('b/2.png'), await two(RED, RED));
    expect((await loadDataset(inFolder())).train.X.data).toEqual(
      Uint8Array.of(5, 5, 5, 250, 250, 250, 77, 77, 77, 77, 77, 77, ...RED, ...RED),
    );
  });

  it('has no alpha, one frame, and pictures the right way up', async () => {
    put(inFolder('a/alpha.png'), await png(1, 2, [0, 0, 0, 0, 100, 0, 0, 255]));
    const turned = sharp(Uint8Array.of(...RED, 0, 0, 255), { raw: { width: 2, height: 1, channels: 3 } });
    put(inFolder('a/turned.png'), await turned.withMetadata({ orientation: 6 }).png().toBuffer());
    const frames = [...RED, ...RED, 0, 255, 0, 0, 255, 0];
    const animation = sharp(Uint8Array.from(frames), { raw: { width: 1, height: 4, channels: 3, pageHeight: 2 } });
    put(inFolder('a/waves.gif'), await animation.gif().toBuffer());
    const { train, imageShape } = await loadDataset(inFolder());
    expect(imageShape).toEqual({ height: 2, width: 1, channels: 3 });
    expect([...train.X.data]).toEqual([255, 255, 255, 100, 0, 0, ...RED, 0, 0, 255, ...RED, ...RED]);
  });

  it('must have pictures of one size, or a size to stretch them to', async () => {
    put(inFolder('a/1.png'), await two(RED, RED));
    put(inFolder('a/2.png'), await png(3, 2, Array(6).fill([0, 0, 255]).flat()));
    await failure(/1.png has 2 × 1 pixels and .*2.png has 3 × 2: stretch .*--resize 2x1/);
    const { train, imageShape } = await loadDataset(inFolder(), { resize: '4x1' });
    expect(imageShape).toEqual({ height: 1, width: 4, channels: 3, resized: true });
    expect([...train.X.data]).toEqual([...Array(4).fill(RED), ...Array(4).fill([0, 0, 255])].flat());
    // @ts-expect-error not a size
    await expect(loadDataset(inFolder(), { resize: '4' })).rejects.toMatchObject({ code: 'ERR_INVALID_TYPE' });
  });

  it('is refused with the path of what is wrong', async () => {
    put(inFolder('a/1.png'), await two(RED, RED));
    put(inFolder('a/2.png'), '<svg xmlns="http://www.w3.org/2000/svg" width="2" height="1"/>');
    await failure(/Expected a picture .* at .*2.png but found other bytes/);
    const noise = await png(
      64,
      64,
      Uint8Array.from({ length: 4096 }, (_, i) => (i * i * 7919) >> 5),
    );
    put(inFolder('a/2.png'), noise.subarray(0, noise.length >> 1));
    await failure(/Expected an intact picture at .*2.png but found damage/, { resize: '2x1' });
    const claims = await two(RED, RED);
    claims.writeUInt32BE(30_000, 16);
    claims.writeUInt32BE(30_000, 20);
    claims.writeUInt32BE(crc32(claims.subarray(12, 29)), 29);
    put(inFolder('a/2.png'), claims);
    await failure(/at most \d+ pixels in .*2.png but found 30000 × 30000/);
    put(inFolder('a/2.png'), await two(RED, RED));
    mkdirSync(inFolder('b'));
    await failure(/pictures .* of a class in .*b but found none/);
    put(inFolder('b/c/1.png'), await two(RED, RED));
    await failure(/folder of a class, .*b, but found the folder c/);
    await failure(/Pictures without classes can be predicted/, {}, inFolder('a'));
  });

  it('is refused or read, whichever bit is flipped', async () => {
    put(inFolder('a/1.png'), await two(RED, RED));
    const intact = await two([9, 8, 7], [6, 5, 4]);
    const load = (bytes: Uint8Array) => {
      put(inFolder('a/2.png'), bytes);
      return loadDataset(inFolder());
    };
    const flips = [...bitFlips(intact)].filter((_, i) => i % 5 === 0);
    expect(await countRead([intact], load)).toBe(1);
    expect(await countRead(flips, load)).toBeLessThan(flips.length / 2);
  });
});

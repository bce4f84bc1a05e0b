/** Makes pictures of a few pixels. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import sharp from 'sharp';

/** A PNG file of bytes in the order of height, width, channel. */
export function png(width: number, height: number, bytes: ArrayLike<number>): Promise<Buffer> {
  const channels = (bytes.length / (width * height)) as 1 | 2 | 3 | 4;
  const picture = sharp(Uint8Array.from(bytes), { raw: { width, height, channels } });
  return (channels < 3 ? picture.toColourspace('b-w') : picture).png().toBuffer();
}

/** Writes a file and its folders. */
export function put(path: string, bytes: Uint8Array | string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
}

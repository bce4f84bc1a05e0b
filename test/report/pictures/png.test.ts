import { crc32 } from 'node:zlib';
import { Resvg } from '@resvg/resvg-js';
import { describe, expect, it } from 'vitest';
import { RandomState } from '../../../src/random/random-state.js';
import { encodePng } from '../../../src/report/pictures/png.js';

/** Pixels as another program reads them: red, green, blue and alpha. */
function decode(png: Uint8Array, width: number, height: number): Uint8Array {
  const data = Buffer.from(png).toString('base64');
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><image width="${width}" ` +
    `height="${height}" style="image-rendering:pixelated" href="data:image/png;base64,${data}"/></svg>`;
  return new Resvg(svg, { font: { loadSystemFonts: false } }).render().pixels;
}

/** The chunks after the signature. */
function chunksOf(png: Uint8Array): { type: string; data: Buffer; checksum: number; expected: number }[] {
  const bytes = Buffer.from(png);
  const chunks = [];
  for (let at = 8; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    const body = bytes.subarray(at + 4, at + 8 + length);
    const checksum = bytes.readUInt32BE(at + 8 + length);
    chunks.push({ type: body.toString('latin1', 0, 4), data: body.subarray(4), checksum, expected: crc32(body) });
    at += 12 + length;
  }
  return chunks;
}

function noise(width: number, height: number): Uint8Array {
  return Uint8Array.from(new RandomState(1).uniform(0, 256, width * height * 3));
}

describe('encodePng', () => {
  it.each([
    [1, 1],
    [1, 9],
    [9, 1],
    [7, 5],
    [31, 33],
    [256, 3],
    [300, 257],
  ])('keeps every pixel of %i × %i', (width, height) => {
    const rgb = noise(width, height);
    const pixels = decode(encodePng({ width, height, rgb }), width, height);
    const expected = new Uint8Array(width * height * 4);
    for (let i = 0; i < width * height; i++) expected.set([...rgb.subarray(3 * i, 3 * i + 3), 255], 4 * i);
    expect(pixels).toHaveLength(expected.length);
    expect(Buffer.from(pixels).equals(expected)).toBe(true);
  });

  it('keeps the extremes of each channel in place', () => {
    const rgb = Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 1, 2, 3);
    expect([...decode(encodePng({ width: 3, height: 2, rgb }), 3, 2)]).toStrictEqual(
      [255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255].concat([0, 0, 0, 255, 255, 255, 255, 255, 1, 2, 3, 255]),
    );
  });

  it('has the signature and a header for 8 bits of red, green and blue', () => {
    const png = encodePng({ width: 3, height: 70_000, rgb: new Uint8Array(3 * 70_000 * 3) });
    expect(Buffer.from(png.subarray(0, 8)).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
    const [{ type, data }] = chunksOf(png);
    expect(type).toBe('IHDR');
    expect(data).toHaveLength(13);
    expect([data.readUInt32BE(0), data.readUInt32BE(4)]).toStrictEqual([3, 70_000]);
    // Bit depth, colour type, compression, filter, interlace.
    expect([...data.subarray(8)]).toStrictEqual([8, 2, 0, 0, 0]);
  });

  it('has one data chunk between header and end, each with its checksum', () => {
    const png = encodePng({ width: 7, height: 5, rgb: noise(7, 5) });
    const chunks = chunksOf(png);
    expect(chunks.map(({ type }) => type)).toStrictEqual(['IHDR', 'IDAT', 'IEND']);
    for (const { checksum, expected } of chunks) expect(checksum).toBe(expected);
    // The end is the same in every PNG file.
    expect(Buffer.from(png.subarray(-12)).toString('hex')).toBe('0000000049454e44ae426082');
  });

  it('reads pixels from a view of a larger array', () => {
    const whole = Uint8Array.of(9, 9, 9, 1, 2, 3, 9, 9);
    expect([...decode(encodePng({ width: 1, height: 1, rgb: whole.subarray(3, 6) }), 1, 1)]).toEqual([1, 2, 3, 255]);
  });
});

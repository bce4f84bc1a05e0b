import { randomBytes } from 'node:crypto';
import { decode } from 'sixel';
import { describe, expect, test } from 'vitest';
import { kittyImage } from '../../../src/report/terminal/image.js';
import { encodeSixel } from '../../../src/report/terminal/sixel-encoder.js';

const ESCAPE = '\x1b';

describe('kittyImage', () => {
  /** The keys and payloads of the escape sequences. */
  function parse(text: string): { keys: Record<string, string>; payload: string }[] {
    const sequence = new RegExp(`${ESCAPE}_G([^;]*);([A-Za-z0-9+/=]*)${ESCAPE}\\\\`, 'g');
    expect(text.replace(sequence, '')).toBe('');
    return [...text.matchAll(sequence)].map(([, keys, payload]) => ({
      keys: Object.fromEntries(keys.split(',').map((pair) => pair.split('='))),
      payload,
    }));
  }

  test.each([0, 1, 3071, 3072, 3073, 6144, 10_000])('encodes %i bytes without loss', (length) => {
    const png = randomBytes(length);
    const sequences = parse(kittyImage(png, 40));
    expect(sequences).toHaveLength(Math.max(1, Math.ceil(length / 3072)));
    for (const [i, { keys, payload }] of sequences.entries()) {
      const m = i < sequences.length - 1 ? '1' : '0';
      expect(keys).toEqual(i === 0 ? { a: 'T', f: '100', c: '40', m } : { m });
      expect(payload.length).toBeLessThanOrEqual(4096);
    }
    expect(Buffer.from(sequences.map(({ payload }) => payload).join(''), 'base64').equals(png)).toBe(true);
  });

  test('encodes only the viewed part of a buffer', () => {
    const part = new Uint8Array([9, 1, 2, 3, 9]).subarray(1, 4);
    expect(Buffer.from(parse(kittyImage(part, 1))[0].payload, 'base64')).toEqual(Buffer.from([1, 2, 3]));
  });

  test.each([0, -1, 1.5, Number.NaN])('refuses %d columns', (columns) => {
    expect(() => kittyImage(new Uint8Array(3), columns)).toThrow(/for columns/);
  });
});

describe('encodeSixel', () => {
  /** Pixels from a function of their position. */
  function picture(width: number, height: number, at: (x: number, y: number) => number[]): Uint8Array {
    return Uint8Array.from(
      Array.from({ length: width * height }, (_, i) => at(i % width, Math.floor(i / width))).flat(),
    );
  }

  /** The pixels that a sequence draws. It must be a complete device control string. */
  function decoded(text: string, width: number, height: number): Uint8ClampedArray {
    expect(text).toMatch(new RegExp(`^${ESCAPE}P0;1;q"1;1;\\d+;\\d+#[^${ESCAPE}]*${ESCAPE}\\\\$`));
    const image = decode(text.slice(text.indexOf('q') + 1, -2));
    expect([image.width, image.height]).toEqual([width, height]);
    return image.data8;
  }

  const difference = (a: ArrayLike<number>, b: ArrayLike<number>) =>
    Array.from(a, (value, i) => Math.abs(value - b[i])).filter((_, i) => i % 4 !== 3);

  test('keeps few colours, to a hundredth', () => {
    const colors = [
      [0, 114, 178],
      [230, 159, 0],
      [255, 255, 255],
      [0, 0, 0],
      [17, 34, 51],
    ];
    const rgba = picture(23, 13, (x, y) => [...colors[(x * 7 + y * 3) % 5], 255]);
    const before = rgba.slice();
    expect(Math.max(...difference(decoded(encodeSixel(rgba, 23, 13), 23, 13), rgba))).toBeLessThanOrEqual(2);
    expect(rgba).toEqual(before);
  });

  test('approximates many colours', () => {
    const rgba = picture(64, 48, (x, y) => [x * 4, y * 5, 128 + ((x * y) % 64), 255]);
    const before = rgba.slice();
    const off = difference(decoded(encodeSixel(rgba, 64, 48), 64, 48), rgba);
    expect(off.reduce((sum, value) => sum + value, 0) / off.length).toBeLessThan(12);
    expect(rgba).toEqual(before);
  });

  test('draws transparent pixels white, and half-transparent ones half white', () => {
    const rgba = new Uint8ClampedArray([200, 0, 0, 0, 0, 0, 255, 128, 1, 2, 3, 255]);
    const off = difference(
      decoded(encodeSixel(rgba, 3, 1), 3, 1),
      [255, 255, 255, 255, 127, 127, 255, 255, 1, 2, 3, 255],
    );
    expect(Math.max(...off)).toBeLessThanOrEqual(2);
  });

  test('encodes only the viewed part of a buffer', () => {
    const part = new Uint8Array([9, 9, 255, 0, 0, 255]).subarray(2);
    expect(Math.max(...difference(decoded(encodeSixel(part, 1, 1), 1, 1), part))).toBeLessThanOrEqual(2);
  });

  test('refuses sizes that do not match the pixels', () => {
    expect(() => encodeSixel(new Uint8Array(8), 1, 1)).toThrow(/4 bytes for 1 × 1 pixels but received Uint8Array\(8\)/);
    expect(() => encodeSixel(new Uint8Array(0), 0, 1)).toThrow(/for width/);
    expect(() => encodeSixel(new Uint8Array(0), 1, 0)).toThrow(/for height/);
  });
});

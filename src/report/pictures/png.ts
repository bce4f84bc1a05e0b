/** Encodes pixels as PNG files, following the PNG Specification (W3C, third edition). */
import { crc32, deflateSync } from 'node:zlib';

/** Pixels of three bytes each, row by row, starting at the top left. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** width · height · 3 bytes: red, green, blue. */
  readonly rgb: Uint8Array;
}

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** Encodes pixels as a PNG file with 8 bits each for red, green and blue. */
export function encodePng({ width, height, rgb }: Pixels): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8); // 8 bits, RGB, deflate, filter method 0, not interlaced
  // Each row starts with its filter type; 0 means no filter.
  const rows = new Uint8Array(height * (1 + 3 * width));
  for (let y = 0; y < height; y++) {
    rows.set(rgb.subarray(3 * width * y, 3 * width * (y + 1)), y * (1 + 3 * width) + 1);
  }
  const parts = [
    SIGNATURE,
    chunk('IHDR', header),
    // Weights hardly become smaller with more effort, which takes three times as long.
    chunk('IDAT', deflateSync(rows, { level: 3 })),
    chunk('IEND', new Uint8Array()),
  ];
  return new Uint8Array(Buffer.concat(parts));
}

/** A chunk: length, type, data, and the checksum of type and data. */
function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}

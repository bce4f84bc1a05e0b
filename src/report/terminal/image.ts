/**
 * Pictures as escape sequences for terminals that can show them, which {@link terminalImageProtocol} finds out.
 */
import { checkNumber } from '../../validation/check.js';

/** Characters of base64 in one escape sequence, as the protocol requires: at most 4096, and a multiple of 4. */
const CHUNK = 4096;

/**
 * A PNG picture in kitty's graphics protocol (https://sw.kovidgoyal.net/kitty/graphics-protocol/), to be written where
 * it is to appear. It has no id, so that the terminal does not answer: the answer would be read as typed text.
 *
 * The terminal scales it to `columns` of text and leaves the cursor after its last row: write a line end next.
 *
 * @param png - the bytes of a PNG file
 * @param columns - width in columns of text; the height follows from it
 * @throws RangeError `ERR_OUT_OF_RANGE` if `columns` is below 1
 */
export function kittyImage(png: Uint8Array, columns: number): string {
  checkNumber(columns, 'columns', { integer: true, min: 1 });
  const text = Buffer.from(png.buffer, png.byteOffset, png.byteLength).toString('base64');
  const chunks: string[] = [];
  for (let start = 0; start === 0 || start < text.length; start += CHUNK) {
    const control = start === 0 ? `a=T,f=100,c=${columns},` : '';
    const more = start + CHUNK < text.length ? 1 : 0;
    chunks.push(`\x1b_G${control}m=${more};${text.slice(start, start + CHUNK)}\x1b\\`);
  }
  return chunks.join('');
}

/**
 * Pixels as single integers, while a picture is being painted: red + 2¹⁰·green + 2²⁰·blue, each plus 256. Sums of such
 * integers are sums of the three channels, whatever their signs, as long as each ends in 0 … 1023, that is −256 … 767.
 * One addition for three channels is what makes the painter fast enough.
 */

/** Red, green and blue as one integer. */
export function packed(red: number, green: number, blue: number): number {
  return (red + (green << 10) + (blue << 20)) | 0;
}
/** What each channel has added. */
export const BIAS = packed(256, 256, 256);
/** Times this, a number is added to all three channels. */
export const WHITE = packed(1, 1, 1);

/** A mix of two packed pixels: `weight` (0 … 255) of `over`, the rest of `under`. */
export function blended(under: number, over: number, weight: number): number {
  const red = Math.imul((over & 0x3ff) - (under & 0x3ff), weight) >> 8;
  const green = Math.imul(((over >> 10) & 0x3ff) - ((under >> 10) & 0x3ff), weight) >> 8;
  const blue = Math.imul((over >> 20) - (under >> 20), weight) >> 8;
  return (under + packed(red, green, blue)) | 0;
}

/**
 * The byte for each value of a channel: 256 less, clamped to 0 … 255. A table is cheaper than branches that the
 * processor often predicts wrongly.
 */
export function byteTable(): Uint8Array {
  return Uint8Array.from({ length: 0x400 }, (_, channel) => Math.min(255, Math.max(0, channel - 256)));
}

/** The three bytes of a packed pixel, red lowest. */
export function bytes(pixel: number, table: Uint8Array): number {
  return table[pixel & 0x3ff] | (table[(pixel >> 10) & 0x3ff] << 8) | (table[(pixel >> 20) & 0x3ff] << 16);
}

/** `value` rounded down. `| 0` tells the compiler that the result is an integer, so that loops run on integers only. */
export function whole(value: number): number {
  return Math.floor(value) | 0;
}

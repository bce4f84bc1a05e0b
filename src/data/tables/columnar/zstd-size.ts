/** What the size of a Zstandard frame's contents is stored in, by the two highest bits of its flags. */
const SIZE_BYTES = [0, 2, 4, 8];

/**
 * The bytes that a frame of Zstandard (RFC 8878) inflates to, as it says: they are allocated before it is decoded.
 *
 * @throws Error when it does not say, or says more than `most`
 */
export function zstdSize(bytes: Uint8Array, most: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== 0xfd2fb528) throw new Error('expected a frame of Zstandard, found other bytes');
  const flags = bytes[4];
  const single = (flags & 0x20) !== 0;
  const width = flags >> 6 === 0 && single ? 1 : SIZE_BYTES[flags >> 6];
  const at = 5 + (single ? 0 : 1) + [0, 1, 2, 4][flags & 3];
  const size = { 1: () => bytes[at], 2: () => view.getUint16(at, true) + 256, 4: () => view.getUint32(at, true) };
  const found = width === 8 ? Number(view.getBigUint64(at, true)) : size[width as 1 | 2 | 4]?.();
  if (found !== undefined && found <= most) return found;
  throw new Error(`expected a block of at most ${most} bytes, found one of ${found ?? 'unknown'}: write smaller ones`);
}

/** The cyclic redundancy check with Castagnoli's polynomial, as in RFC 3720. (zlib has the one of gzip and PNG.) */

/** The polynomial, its lowest power in the highest bit. */
const POLYNOMIAL = 0x82f63b78;

/** The check of each byte alone. */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
  return crc;
});

/** The CRC-32C of some bytes, 0 … 2³² − 1. */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = TABLE[(crc ^ byte) & 255] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

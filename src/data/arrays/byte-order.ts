/** Whether the first byte of a word in memory is its lowest, as on most processors. */
export const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/**
 * Changes the byte order of all elements if it is not the machine's.
 *
 * @param width - bytes of an element: 1, 2, 4 or 8
 */
export function toMachineOrder(bytes: Buffer, width: number, bigEndian: boolean): void {
  if (width === 1 || bigEndian !== LITTLE_ENDIAN) return;
  if (width === 2) bytes.swap16();
  else if (width === 4) bytes.swap32();
  else bytes.swap64();
}

/** Whether the first byte of a word in memory is its lowest, as on most processors. */
export const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

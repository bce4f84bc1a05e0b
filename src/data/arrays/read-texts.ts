import { PIECE_BYTES } from '../files/data-file.js';
import { toMachineOrder } from './byte-order.js';
import { countOf, type StoredArray, withElements } from './stored-array.js';

/**
 * Reads elements of text: 4 bytes per character if `U`, 1 if `S`, padded with zeros. Equal texts are one string.
 *
 * @throws Error `ERR_DATA_FILE` with the byte of what is not text, besides damage
 */
export async function readTexts(array: StoredArray): Promise<string[]> {
  const texts: string[] = [];
  const seen = new Map<string, string>();
  const count = countOf(array.shape) ?? 0;
  const each = Math.max(1, Math.floor(PIECE_BYTES / array.width));
  await withElements(array, async (reader) => {
    for (let done = 0; done < count; done += each) {
      const from = reader.position;
      const piece = await reader.bytes(Math.min(each, count - done) * array.width, 'text');
      for (let at = 0; at < piece.length; at += array.width) {
        const text = decode(piece.subarray(at, at + array.width), array);
        if (text === undefined) throw reader.error('text', 'other numbers', from + at);
        const known = seen.get(text) ?? text;
        seen.set(known, known);
        texts.push(known);
      }
    }
  });
  return texts;
}

/** The text of an element; undefined if it has something else than characters. */
function decode(element: Buffer, { kind, bigEndian }: StoredArray): string | undefined {
  const units = kind === 'S' ? element : characters(element, bigEndian);
  const end = units.findLastIndex((unit) => unit !== 0) + 1;
  let text = '';
  for (let i = 0; i < end; i++) {
    if (units[i] > 0x10ffff) return undefined;
    text += String.fromCodePoint(units[i]);
  }
  return text;
}

function characters(element: Buffer, bigEndian: boolean): Uint32Array {
  const copy = Buffer.from(new Uint8Array(element).buffer);
  toMachineOrder(copy, 4, bigEndian);
  return new Uint32Array(copy.buffer, 0, copy.length / 4);
}

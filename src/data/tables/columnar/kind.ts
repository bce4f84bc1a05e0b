import type { ColumnarKind } from './protocol.js';

/** The kind of a file that begins with these bytes; undefined for others. */
export function columnarKind(head: Uint8Array): ColumnarKind | undefined {
  const text = Buffer.from(head).toString('latin1');
  if (text.startsWith('PAR1')) return 'parquet';
  // A stream begins with a mark, the length of its schema, which is small, and the schema.
  return text.startsWith('ARROW1') || /^\xff{4}..\0\0/s.test(text) ? 'arrow' : undefined;
}

/** Bytes that {@link columnarKind} looks at. */
export const KIND_BYTES = 8;

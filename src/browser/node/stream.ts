/** What shared code uses of `node:stream`, in a page. */
import { streamOf } from '../streams.js';

export const Readable = {
  from: (chunks: AsyncIterable<Uint8Array>) => chunks,
  toWeb: streamOf,
};

/** Inflates what gzip has compressed, with the browser's own decoder. */
import { damagedGzip } from '../../../../data/files/damaged-gzip.js';
import { fileChunks } from '../../../../data/files/data-file.js';
import type * as Original from '../../../../data/files/inflate.js';
import { codeOf, isError } from '../../../../validation/kinds.js';
import { chunksOf, streamOf } from '../../../streams.js';

export const inflatedChunks: typeof Original.inflatedChunks = async function* (file) {
  let position = 0;
  try {
    for await (const chunk of chunksOf(streamOf(fileChunks(file)).pipeThrough(new DecompressionStream('gzip')))) {
      yield chunk;
      position += chunk.length;
    }
  } catch (error) {
    // What the decoder throws; in Node, where this is tested, it has zlib's code.
    if (!isError(error) || (error.name !== 'TypeError' && !/^Z_/.test(String(codeOf(error))))) throw error;
    throw damagedGzip(file, position, error);
  }
};

export const inflatedHead: typeof Original.inflatedHead = async (head) => {
  const found: Uint8Array[] = [];
  async function* all() {
    yield head;
  }
  try {
    for await (const chunk of chunksOf(streamOf(all()).pipeThrough(new DecompressionStream('gzip')))) found.push(chunk);
  } catch {
    // The end is missing, as that of a head may: what came before it counts.
  }
  return new Uint8Array(await new Blob(found as Uint8Array<ArrayBuffer>[]).arrayBuffer());
};

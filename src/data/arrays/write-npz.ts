/** Archives of arrays, as `numpy.savez` writes them. */
import { zipChunks } from '../files/write-zip.js';
import { type ArrayToWrite, npyChunks, npyName, npySize } from './write-npy.js';

/**
 * The bytes of an archive of these arrays. The numbers are not copied: they must not change before they are written.
 *
 * @throws Error `ERR_MISSING_PEER`
 */
export function npzChunks(arrays: readonly ArrayToWrite[]): AsyncIterable<Uint8Array> {
  return zipChunks(
    arrays.map((array) => ({ name: npyName(array), size: npySize(array), chunks: () => npyChunks(array) })),
  );
}

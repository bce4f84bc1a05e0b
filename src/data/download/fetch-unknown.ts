/** A file whose length and checksum nobody knows yet. */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import type { PublishedFile } from './catalogue.js';
import { PassingError } from './download-error.js';
import { explained, openConnections } from './request.js';

/** Milliseconds to wait after each failure. */
const PAUSES = [1000, 4000];
/** Milliseconds without a byte after which a connection has failed. */
const STALL = 60_000;

/**
 * Downloads a file to `path`, in one request, and tells its length and checksum.
 *
 * @throws (as a rejection) Error `ERR_DOWNLOAD`
 */
export async function fetchUnknown(url: URL, name: string, path: string): Promise<PublishedFile> {
  const connections = openConnections(STALL);
  const { signal } = new AbortController();
  const file = { name, bytes: Number.POSITIVE_INFINITY, sha256: '' };
  const once = async () => {
    const { body } = await connections.request({ url, file, from: 0, validator: undefined }, signal);
    const handle = await open(path, 'w');
    const hash = createHash('sha256');
    let bytes = 0;
    try {
      for await (const chunk of body) {
        await handle.writeFile(chunk);
        hash.update(chunk);
        bytes += chunk.length;
      }
      await handle.sync();
    } catch (error) {
      throw explained(error, url);
    } finally {
      await handle.close();
    }
    return { name, bytes, sha256: hash.digest('hex') };
  };
  try {
    for (const pause of PAUSES) {
      try {
        return await once();
      } catch (error) {
        if (!(error instanceof PassingError)) throw error;
        await setTimeout(Math.max(pause, error.pause));
      }
    }
    return await once();
  } finally {
    await connections.close();
  }
}

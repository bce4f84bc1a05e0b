import { rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../../platform/make-folder.js';
import { explainFailure } from '../../platform/replace-file.js';
import { checkOneOf, checkOptions } from '../../validation/check.js';
import { withCode, wrongType } from '../../validation/errors.js';
import { isPromise } from '../../validation/kinds.js';
import { abortError, checkSignal } from '../../validation/signal.js';
import { checkFolder } from '../formats/cifar10.js';
import { CATALOGUE, type PublishedDataset, type PublishedDatasetName, type PublishedFile } from './catalogue.js';
import type { DownloadProgress } from './download-progress.js';
import { type Download, fetchFile } from './fetch-file.js';
import { openConnections } from './request.js';
import { unpackFiles } from './unpack-files.js';

/** @see downloadDataset */
export interface DownloadOptions {
  /**
   * A mirror: the URL of a folder that has the published files by their names, or of the one file of CIFAR.
   *
   * @defaultValue the publisher's
   */
  readonly url?: string | undefined;
  /** Ends the download when it is aborted; what has arrived is kept. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Called as bytes arrive, at each failure before the next try, and for what follows. What it throws, or rejects with,
   * ends the download. A promise that it returns is awaited before the download ends; bytes go on arriving meanwhile.
   */
  readonly onProgress?: ((progress: DownloadProgress) => unknown) | undefined;
}

/** What `downloadDataset` leaves. */
export interface DownloadedDataset {
  /** The folder of the data set, for `loadDataset`. */
  readonly path: string;
  /** What the data set is called. */
  readonly title: string;
  /** Whether it was downloaded now; it was there already otherwise. */
  readonly fresh: boolean;
}

/**
 * Downloads a data set into a folder of its own in `dir`: `cifar-10-batches-bin`, `cifar-100-binary`, `mnist` or
 * `fashion-mnist`. It appears there whole, after its checksums were found right, or not at all. A download that ended
 * early, for whatever reason, goes on where it was when it is called again: until it is whole, what has arrived is in a
 * folder beside it, whose name ends in `.download`. Failures that may pass are tried again after 1, 2, 4, 8, 16 and 30
 * seconds, or when the server says; a stalled connection fails after a minute. Proxies are those of `HTTPS_PROXY`,
 * `HTTP_PROXY` and `NO_PROXY`.
 *
 * @param dir - created if it does not exist
 * @throws (as a rejection) Error `ERR_DOWNLOAD` when no server has the published file; Error `ERR_NOT_WRITABLE` when
 * something else has the name of the folder, or the system refuses to write; an `AbortError` when `signal` ends it;
 * TypeError `ERR_INVALID_TYPE` or `ERR_UNKNOWN_OPTION` for wrong arguments
 * @example
 * const { path } = await downloadDataset('mnist', 'data');
 * const data = await loadDataset(path);
 */
export async function downloadDataset(
  name: PublishedDatasetName,
  dir: string,
  options: DownloadOptions = {},
): Promise<DownloadedDataset> {
  checkOneOf(name, 'the data set', Object.keys(CATALOGUE) as PublishedDatasetName[]);
  return downloadPublished(CATALOGUE[name], dir, options);
}

/** How patient a download is. */
export interface Patience {
  /** @see Download.pauses */
  readonly pauses: readonly number[];
  /** Milliseconds without a byte after which a connection has failed. */
  readonly stall: number;
}

const PATIENCE: Patience = { pauses: [1000, 2000, 4000, 8000, 16_000, 30_000], stall: 60_000 };

/**
 * {@link downloadDataset} for any data set.
 *
 * @internal Exported for tests.
 */
export async function downloadPublished(
  published: PublishedDataset,
  dir: string,
  options: DownloadOptions = {},
  { pauses, stall }: Patience = PATIENCE,
): Promise<DownloadedDataset> {
  checkFolder(dir);
  const { url, signal, onProgress } = checkOptions(options, 'the options of downloadDataset', [
    'url',
    'signal',
    'onProgress',
  ]);
  const sources = sourcesOf(published, url);
  const { title, folder } = published;
  const path = join(dir, folder);
  if (await isThere(published, path)) return { path, title, fresh: false };
  await makeFolder(dir);
  const staging = `${path}.download`;
  await makeFolder(staging);
  const abort = following(checkSignal(signal));
  const connections = openConnections(stall);
  const callback = new Callback(onProgress, abort.end);
  const report = (progress: DownloadProgress) => callback.tell(progress);
  const download: Download = { connections, signal: abort.signal, pauses, report };
  try {
    await explainFailure(staging, async () => {
      for (const file of published.files) await fetchFromAny(file, sources, join(staging, file.name), download);
      const whole = await unpackFiles(published, staging, download);
      await rename(whole, path);
      await rm(staging, { recursive: true });
    });
    await callback.settled();
  } catch (error) {
    await callback.settled();
    throw error;
  } finally {
    abort.release();
    await connections.close();
  }
  return { path, title, fresh: true };
}

/** Where a file may be, in the order in which it is tried. */
type Sources = (file: PublishedFile) => readonly URL[];

function sourcesOf({ sources, files }: PublishedDataset, url: unknown): Sources {
  if (url === undefined) return ({ name }) => sources.map((source) => new URL(name, source));
  const given = typeof url === 'string' && URL.canParse(url) ? new URL(url) : undefined;
  if (!given || !/^https?:$/.test(given.protocol)) {
    throw wrongType('an http or https URL for url', url);
  }
  if (files.length === 1 && given.pathname.endsWith(`/${files[0].name}`)) return () => [given];
  if (!given.pathname.endsWith('/')) given.pathname += '/';
  return ({ name }) => [new URL(`${given.pathname}${name}${given.search}`, given)];
}

async function fetchFromAny(file: PublishedFile, sources: Sources, path: string, download: Download): Promise<void> {
  const urls = sources(file);
  for (const [i, url] of urls.entries()) {
    try {
      return await fetchFile(file, url, path, download);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code !== 'ERR_DOWNLOAD' || i === urls.length - 1) throw error;
      download.report({ step: 'wait', file: file.name, url: url.href, reason: message, seconds: 0 });
    }
  }
}

/**
 * Whether the data set is at `path` already.
 *
 * @throws Error `ERR_NOT_WRITABLE` when something else is
 */
async function isThere({ title, files, archived }: PublishedDataset, path: string): Promise<boolean> {
  if (!(await stat(path).catch(() => undefined))) return false;
  for (const { name, bytes, text = false } of (archived ?? files) as readonly {
    name: string;
    bytes: number;
    text?: boolean;
  }[]) {
    const found = await stat(join(path, name)).catch(() => undefined);
    if (found?.isFile() && (text || found.size === bytes)) continue;
    const wrong = found ? `its ${name} is not the published one` : `it has no ${name}`;
    throw withCode(
      new Error(
        `Cannot write ${path}: it exists and is not the whole ${title} (${wrong}), and data sets are never ` +
          'overwritten; choose another folder, or move it away first',
      ),
      'ERR_NOT_WRITABLE',
    );
  }
  return true;
}

/** A signal of this realm that follows `signal`, until it is released. */
function following(signal: AbortSignal | undefined): {
  signal: AbortSignal;
  end(reason: unknown): void;
  release(): void;
} {
  const controller = new AbortController();
  const end = (reason: unknown) => controller.abort(reason);
  if (!signal) return { signal: controller.signal, end, release: () => {} };
  const follow = () => controller.abort(abortError('The download', signal));
  if (signal.aborted) follow();
  signal.addEventListener('abort', follow);
  return { signal: controller.signal, end, release: () => signal.removeEventListener('abort', follow) };
}

/** What `onProgress` returns: promises are awaited at the end, and the first that is rejected ends the download. */
class Callback {
  readonly #onProgress: DownloadOptions['onProgress'];
  readonly #fail: (reason: unknown) => void;
  readonly #awaited = new Set<Promise<void>>();
  #failed: { readonly error: unknown } | undefined;

  constructor(onProgress: DownloadOptions['onProgress'], fail: (reason: unknown) => void) {
    if (onProgress !== undefined && typeof onProgress !== 'function') {
      throw wrongType('a function for onProgress', onProgress);
    }
    this.#onProgress = onProgress;
    this.#fail = fail;
  }

  tell(progress: DownloadProgress): void {
    const returned = this.#onProgress?.(progress);
    if (!isPromise(returned)) return;
    const awaited: Promise<void> = Promise.resolve(returned)
      .then(
        () => {},
        (error: unknown) => {
          this.#failed ??= { error };
          this.#fail(error);
        },
      )
      .finally(() => this.#awaited.delete(awaited));
    this.#awaited.add(awaited);
  }

  /** @throws what the first promise was rejected with */
  async settled(): Promise<void> {
    await Promise.all(this.#awaited);
    if (this.#failed) throw this.#failed.error;
  }
}

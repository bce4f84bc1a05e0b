/** One file of a data set, from one server. */
import { setTimeout } from 'node:timers/promises';
import type { PublishedFile } from './catalogue.js';
import { downloadError, PassingError } from './download-error.js';
import type { DownloadProgress } from './download-progress.js';
import { PartialFile } from './partial-file.js';
import { type Connections, explained, RangeRefused } from './request.js';

/** What the files of a download share. */
export interface Download {
  readonly connections: Connections;
  readonly signal: AbortSignal;
  /** Milliseconds to wait after each failure in a row; after one more, the download is over. */
  readonly pauses: readonly number[];
  report(progress: DownloadProgress): void;
}

/** After so many bytes a failure counts as the first again. */
const PROGRESS_BYTES = 65_536;

/**
 * Downloads `file` from `url` to `path`, beginning with what is at `path` already, and checks its sum.
 *
 * @throws Error `ERR_DOWNLOAD` when the server does not have the file, or fails too often; what arrived stays for the
 * next time unless it is wrong. What `signal` was aborted with
 */
export async function fetchFile(file: PublishedFile, url: URL, path: string, download: Download): Promise<void> {
  const part = await PartialFile.open(path);
  try {
    // Pieces may be of different versions, or of different servers: those are fetched once more in one.
    let pieces = part.size > 0 ? 1 : 0;
    for (;;) {
      pieces += await fetchRest(file, url, part, download);
      download.report({ step: 'check', file: file.name });
      const sum = await part.sha256();
      if (sum === file.sha256) return await part.complete();
      await part.clear();
      if (pieces <= 1) throw wrongSum(file, url, sum);
      pieces = 0;
      const reason = 'its pieces do not fit together';
      download.report({ step: 'wait', file: file.name, url: url.href, reason, seconds: 0 });
    }
  } finally {
    await part.close();
  }
}

/** Fetches what is missing of a file, in as many requests as it takes, and returns how many brought bytes. */
async function fetchRest(file: PublishedFile, url: URL, part: PartialFile, download: Download): Promise<number> {
  if (part.size > file.bytes) await part.clear();
  let pieces = 0;
  for (let failures = 0; part.size < file.bytes; ) {
    const before = part.size;
    try {
      await fetchPiece(file, url, part, download);
      pieces++;
    } catch (error) {
      if (!(error instanceof PassingError)) throw error;
      if (error instanceof RangeRefused) await part.clear();
      if (part.size > before) pieces++;
      if (part.size - before >= PROGRESS_BYTES) failures = 0;
      if (failures === download.pauses.length) throw givenUp(failures, error);
      const pause = Math.max(download.pauses[failures++], error.pause);
      const seconds = pause / 1000;
      download.report({ step: 'wait', file: file.name, url: url.href, reason: error.message, seconds });
      await setTimeout(pause, undefined, { signal: download.signal }).catch(() => download.signal.throwIfAborted());
    }
  }
  return pieces;
}

async function fetchPiece(file: PublishedFile, url: URL, part: PartialFile, download: Download): Promise<void> {
  const { connections, signal, report } = download;
  signal.throwIfAborted();
  const validator = part.size > 0 ? await part.versionAt(url) : undefined;
  const answer = await connections.request({ url, file, from: part.size, validator }, signal);
  if (answer.from === 0) await part.clear();
  await part.setVersion(url, answer.validator);
  const { name, bytes: totalBytes } = file;
  const show = () => report({ step: 'download', file: name, url: url.href, bytes: part.size, totalBytes });
  show();
  for await (const chunk of chunksOf(answer.body, url, signal)) {
    if (part.size + chunk.length > totalBytes) {
      await part.clear();
      throw downloadError(`Expected ${name} of ${totalBytes} bytes at ${url} but found more`);
    }
    await part.append(chunk);
    show();
  }
  if (part.size < totalBytes) throw new PassingError(`${url} ended after ${part.size} of ${totalBytes} bytes`);
}

/** The bytes of a body. Errors of the connection are explained. */
async function* chunksOf(body: AsyncIterable<Uint8Array>, url: URL, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    signal.throwIfAborted();
    throw explained(error, url);
  }
}

function givenUp(failures: number, error: PassingError): Error {
  return downloadError(
    `Cannot download ${error.message} (tried ${failures + 1} times). What has arrived is kept for the next try`,
    error,
  );
}

function wrongSum({ name, sha256 }: PublishedFile, url: URL, found: string): Error {
  return downloadError(`Expected ${name} with the SHA-256 ${sha256} at ${url} but found ${found}: it is another file`);
}

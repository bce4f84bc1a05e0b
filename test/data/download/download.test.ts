/** Downloads from a server on this machine that does all that servers and networks do wrong. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { packTar } from 'modern-tar';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PublishedDataset, PublishedFile } from '../../../src/data/download/catalogue.js';
import {
  type DownloadOptions,
  downloadDataset,
  downloadPublished,
} from '../../../src/data/download/download-dataset.js';
import type { DownloadProgress } from '../../../src/data/download/download-progress.js';
import { RandomState } from '../../../src/random/random-state.js';
import { breaksAfter, type FileServer, serveFiles, status } from '../../support/file-server.js';
import { freshFolder } from '../../support/temporary-folder.js';

const place = freshFolder();

/** A megabyte, which arrives in pieces. */
const noise = Buffer.from(new RandomState(3).randn(125_000).buffer);
const labels = Buffer.from('labels');

function published(name: string, bytes: Buffer): PublishedFile {
  return { name, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

const FILES = { 'images.gz': noise, 'labels.gz': labels };

/** A data set of two files, which stay as they are. */
const PAIR: PublishedDataset = {
  title: 'Pair',
  sources: [],
  files: Object.entries(FILES).map(([name, bytes]) => published(name, bytes)),
  folder: 'pair',
};

let server: FileServer;
let seen: DownloadProgress[];
beforeEach(async () => {
  server = await serveFiles(FILES);
  seen = [];
});

/** Leaves what an earlier download would have left of the first file. */
function begin(bytes: Buffer, version?: string) {
  mkdirSync(place('pair.download'));
  writeFileSync(place('pair.download/images.gz'), bytes);
  if (version !== undefined) writeFileSync(place('pair.download/images.gz.version'), version);
}

/** The first byte that each request for the first file asked for. */
const starts = () =>
  server.requests.flatMap((line) => {
    const [, from] = /^\/images.gz(?: bytes=(\d+)-)?$/.exec(line) ?? [];
    return line.startsWith('/images') ? [Number(from ?? 0)] : [];
  });

const reasons = () => seen.flatMap((progress) => (progress.step === 'wait' ? [progress.reason] : []));

function download(dataset = PAIR, options: DownloadOptions = {}, stall = 10_000) {
  const onProgress = (progress: DownloadProgress) => void seen.push(progress);
  return downloadPublished(dataset, place(), { url: server.url, onProgress, ...options }, { pauses: [1, 2, 4], stall });
}

function expectWhole() {
  expect(readdirSync(place())).toEqual(['pair']);
  expect(readdirSync(place('pair')).sort()).toEqual(Object.keys(FILES));
  for (const [name, bytes] of Object.entries(FILES))
    expect(readFileSync(place(`pair/${name}`)).equals(bytes)).toBe(true);
}

test('files arrive whole in a folder of their own, with progress; a second download does nothing', async () => {
  expect(await download()).toEqual({ path: place('pair'), title: 'Pair', fresh: true });
  expectWhole();
  expect(server.requests).toEqual(['/images.gz', '/labels.gz']);
  const last = seen.findLast(({ step, file }) => step === 'download' && file === 'images.gz');
  expect(last).toMatchObject({ url: `${server.url}images.gz`, bytes: noise.length, totalBytes: noise.length });
  expect(seen.map(({ step }) => step)).toContain('check');
  expect(await download()).toMatchObject({ fresh: false });
  expect(server.requests).toHaveLength(2);
});

describe('a connection that breaks off', () => {
  test('goes on where it was, as long as bytes arrive', async () => {
    // Two bring enough to count as progress: there may be more failures than pauses.
    server.behaviours.push(breaksAfter(0), breaksAfter(300_000), breaksAfter(300_000), breaksAfter(0), breaksAfter(99));
    await download();
    expectWhole();
    const from = starts();
    expect(from).toHaveLength(6);
    expect(from).toEqual(from.toSorted((a, b) => a - b));
    expect(from[3]).toBeGreaterThan(from[2]);
  });

  test('ends the download after too many failures in a row; the next one goes on', async () => {
    server.behaviours.push(breaksAfter(300_000), ...Array.from({ length: 4 }, () => breaksAfter(0)));
    const error = await download().catch((e) => e);
    expect(error).toMatchObject({ code: 'ERR_DOWNLOAD', message: expect.stringContaining('tried 4 times') });
    expect(readdirSync(place())).toEqual(['pair.download']);
    await download();
    expectWhole();
    expect(starts().at(-1)).toBeGreaterThan(0);
  });

  test('a refused connection is one of them', async () => {
    const error = await download(PAIR, { url: 'http://127.0.0.1:1/' }).catch((e) => e);
    expect(error).toMatchObject({ code: 'ERR_DOWNLOAD', message: expect.stringContaining('ECONNREFUSED 127.0.0.1:1') });
  });

  test('a stalled connection is one of them', async () => {
    server.behaviours.push((answer, bytes) => answer.writeHead(200, { 'content-length': bytes.length }).flushHeaders());
    server.behaviours.push(() => {});
    await download(PAIR, {}, 300);
    expectWhole();
    expect(reasons()).toEqual([expect.stringContaining('Body Timeout'), expect.stringContaining('Headers Timeout')]);
  });
});

describe('what is there of a file', () => {
  test('is asked for no more, if the server has the same version', async () => {
    begin(noise.subarray(0, 1000), `${server.url}images.gz\n"1"`);
    await download();
    expectWhole();
    expect(server.requests[0]).toBe('/images.gz bytes=1000-');
    expect(seen[0]).toMatchObject({ step: 'download', bytes: 1000 });
  });

  test('is fetched again if the server has another version', async () => {
    begin(Buffer.alloc(1000), `${server.url}images.gz\n"0"`);
    await download();
    expectWhole();
    expect(seen[0]).toMatchObject({ step: 'download', bytes: 0 });
  });

  test('is fetched again if it turns out to be of something else', async () => {
    begin(Buffer.alloc(1000));
    await download();
    expectWhole();
    expect(server.requests.slice(0, 2)).toEqual(['/images.gz bytes=1000-', '/images.gz']);
    expect(reasons()).toEqual(['its pieces do not fit together']);
  });

  test('is fetched again if it is too long', async () => {
    begin(Buffer.alloc(noise.length + 1));
    await download();
    expectWhole();
  });

  test('is not asked for at all if it is whole', async () => {
    begin(noise);
    await download();
    expectWhole();
    expect(server.requests).toEqual(['/labels.gz']);
  });
});

describe('a server that', () => {
  test('ignores ranges sends all again', async () => {
    begin(noise.subarray(0, 1000));
    server.behaviours.push((answer, bytes) => answer.writeHead(200).end(bytes));
    await download();
    expectWhole();
  });

  test('refuses a range (416) is asked for all', async () => {
    begin(noise.subarray(0, 1000));
    server.behaviours.push(status(416));
    await download();
    expectWhole();
    expect(starts()).toEqual([1000, 0]);
  });

  test('sends another range than it was asked for is not believed', async () => {
    begin(noise.subarray(0, 1000));
    server.behaviours.push((answer, bytes) =>
      answer.writeHead(206, { 'content-range': `bytes 900-${bytes.length - 1}/${bytes.length}` }).end(bytes),
    );
    await expect(download()).rejects.toMatchObject({ code: 'ERR_DOWNLOAD', message: expect.stringMatching(/ 900-/) });
  });

  test('is busy (429, 503) is asked again, when it says', async () => {
    server.behaviours.push(status(503), status(429, { 'retry-after': '1' }));
    await download();
    expectWhole();
    expect(reasons()).toEqual([503, 429].map((code) => `${server.url}images.gz answers ${code}`));
    expect(seen.flatMap((p) => (p.step === 'wait' ? [p.seconds] : []))).toEqual([0.001, 1]);
  });

  test('does not have the file ends the download at once', async () => {
    server.behaviours.push(status(404));
    await expect(download()).rejects.toMatchObject({
      code: 'ERR_DOWNLOAD',
      message: `${server.url}images.gz answers 404`,
    });
    expect(server.requests).toHaveLength(1);
  });

  test('announces another length ends the download before a byte is kept', async () => {
    server.behaviours.push((answer) => answer.writeHead(200, { 'content-length': 2 ** 40 }).flushHeaders());
    await expect(download()).rejects.toMatchObject({
      message: expect.stringContaining('another length: 1099511627776'),
    });
    expect(readFileSync(place('pair.download/images.gz'))).toHaveLength(0);
  });

  test('sends more than the file has ends the download', async () => {
    server.behaviours.push((answer, bytes) => answer.writeHead(200).end(Buffer.concat([bytes, Buffer.alloc(1)])));
    await expect(download()).rejects.toMatchObject({ message: expect.stringContaining('but found more') });
    expect(readFileSync(place('pair.download/images.gz'))).toHaveLength(0);
  });

  test('sends less without saying so is asked for the rest', async () => {
    server.behaviours.push((answer, bytes) => answer.writeHead(200).end(bytes.subarray(0, 1000)));
    await download();
    expectWhole();
    expect(reasons()).toEqual([`${server.url}images.gz ended after 1000 of 1000000 bytes`]);
  });

  test('sends other bytes ends the download, and nothing of them is kept', async () => {
    server.behaviours.push((answer, bytes) => answer.writeHead(200).end(Buffer.alloc(bytes.length)));
    await expect(download()).rejects.toMatchObject({ code: 'ERR_DOWNLOAD', message: expect.stringMatching(/SHA-256/) });
    expect(readFileSync(place('pair.download/images.gz'))).toHaveLength(0);
    expect(existsSync(place('pair'))).toBe(false);
  });

  test('says that it compressed the file is not believed', async () => {
    server.behaviours.push((answer, bytes) => answer.writeHead(200, { 'content-encoding': 'gzip' }).end(bytes));
    await download();
    expectWhole();
  });

  test('redirects is followed, with the range', async () => {
    begin(noise.subarray(0, 1000));
    server.behaviours.push(status(302, { location: '/images.gz?elsewhere' }));
    await download();
    expectWhole();
    expect(starts()).toEqual([1000, 1000]);
  });

  test('redirects in a circle, or to nowhere, ends the download', async () => {
    server.behaviours.push(...Array.from({ length: 20 }, () => status(301, { location: '/images.gz' })));
    await expect(download()).rejects.toMatchObject({
      message: expect.stringContaining('redirects more than 10 times'),
    });
    expect(server.requests).toHaveLength(11);
    server.behaviours.length = 0;
    server.behaviours.push(status(302, { location: 'ftp://127.0.0.1/x' }));
    await expect(download()).rejects.toMatchObject({ code: 'ERR_DOWNLOAD', message: expect.stringContaining('"ftp:') });
    server.behaviours.push(status(302));
    await expect(download()).rejects.toMatchObject({ message: expect.stringContaining('answers 302') });
  });
});

test.each(['download', 'wait'] as const)(
  'a signal ends the download during a %s; the next one goes on',
  async (step) => {
    server.behaviours.push(breaksAfter(300_000), breaksAfter(0));
    const controller = new AbortController();
    const onProgress = (progress: DownloadProgress) => {
      if (progress.step === step && (progress.step === 'wait' || progress.bytes > 0)) controller.abort('enough');
    };
    const error = await download(PAIR, { signal: controller.signal, onProgress }).catch((e) => e);
    expect(error).toMatchObject({ name: 'AbortError', code: 'ABORT_ERR', cause: 'enough' });
    await download();
    expectWhole();
    expect(starts().at(-1)).toBeGreaterThan(0);
  },
);

test('what onProgress rejects with ends the download; a promise is awaited before it ends', async () => {
  const failing = download(PAIR, { onProgress: async () => Promise.reject(new Error('the log is full')) });
  await expect(failing).rejects.toThrow('the log is full');
  let waiting = 0;
  const onProgress = async () => {
    waiting++;
    await new Promise((resolve) => setTimeout(resolve, 20));
    waiting--;
  };
  await download(PAIR, { onProgress });
  expectWhole();
  expect(waiting).toBe(0);
});

test('the second source is tried when the first does not have the file', async () => {
  const other = await serveFiles({});
  await download({ ...PAIR, sources: [other.url, server.url] }, { url: undefined });
  expectWhole();
  expect(reasons()).toEqual(Object.keys(FILES).map((name) => `${other.url}${name} answers 404`));
});

test('a mirror may be a folder, or the URL of the one file; its query is kept', async () => {
  const single = { ...PAIR, files: [PAIR.files[1]] };
  for (const [i, url] of ['labels.gz?key=1', '', '?key=1'].entries()) {
    await download({ ...single, folder: `single${i}` }, { url: server.url + url });
  }
  expect(server.requests).toEqual(Array.from({ length: 3 }, () => '/labels.gz'));
  for (const url of ['data', 'ftp://127.0.0.1/', 7 as unknown as string]) {
    await expect(download(PAIR, { url })).rejects.toMatchObject({ code: 'ERR_INVALID_TYPE' });
  }
});

test('what is in the place of the data set already is never overwritten', async () => {
  mkdirSync(place('pair'));
  writeFileSync(place('pair/images.gz'), noise.subarray(1));
  const error = await download().catch((e) => e);
  expect(error).toMatchObject({ code: 'ERR_NOT_WRITABLE', message: expect.stringContaining('its images.gz is not') });
  expect(server.requests).toEqual([]);
});

test('names and options are checked', async () => {
  await expect(downloadDataset('cifar' as 'cifar10', place())).rejects.toThrow('"cifar10", "cifar100", "mnist"');
  await expect(downloadDataset('mnist', '')).rejects.toMatchObject({ code: 'ERR_INVALID_TYPE' });
  const options = { mirror: 'x' } as DownloadOptions;
  await expect(downloadDataset('mnist', place(), options)).rejects.toMatchObject({ code: 'ERR_UNKNOWN_OPTION' });
});

describe('a proxy', () => {
  const VARIABLES = ['http_proxy', 'https_proxy', 'no_proxy'].flatMap((name) => [name, name.toUpperCase()]);
  const before = { ...process.env };
  beforeEach(() => {
    for (const name of VARIABLES) delete process.env[name];
  });
  afterEach(() => {
    for (const name of VARIABLES) delete process.env[name];
    Object.assign(process.env, before);
  });

  test('of HTTP_PROXY is asked, unless NO_PROXY names the host', async () => {
    process.env.HTTP_PROXY = server.url;
    await download(PAIR, { url: 'http://data.invalid/' });
    expectWhole();
    process.env.NO_PROXY = 'data.invalid';
    const error = await download({ ...PAIR, folder: 'other' }, { url: 'http://data.invalid/' }).catch((e) => e);
    expect(error).toMatchObject({ code: 'ERR_DOWNLOAD', message: expect.stringContaining('data.invalid') });
    expect(server.requests).toHaveLength(2);
  });

  test('that is no URL is named', async () => {
    process.env.HTTP_PROXY = 'nonsense';
    await expect(download()).rejects.toThrow('Expected URLs in HTTP_PROXY and HTTPS_PROXY');
  });
});

describe('an archive', () => {
  const pixels = Buffer.alloc(5000, 7);
  const names = Buffer.from('cat\ndog\n');
  const header = (name: string, size: number, type: 'file' | 'symlink' = 'file') => ({ name, size, type });

  async function archive(entries: Record<string, Buffer>) {
    const packed = await packTar([
      ...Object.entries(entries).map(([name, body]) => ({ header: header(name, body.length), body })),
      { header: { ...header('set/test.bin', 0, 'symlink'), linkname: '/etc/passwd' } },
    ]);
    const bytes = gzipSync(packed);
    server = await serveFiles({ 'set.tar.gz': bytes });
    return {
      title: 'Set',
      sources: [],
      files: [published('set.tar.gz', bytes)],
      folder: 'set',
      archived: [
        { name: 'train.bin', bytes: 5000 },
        { name: 'names.txt', bytes: 100, text: true },
      ],
    };
  }

  test('gives what is expected, and nothing else', async () => {
    const others = {
      'set/readme.html': names,
      '../escape.bin': pixels,
      '/tmp/absolute.bin': pixels,
      'train.bin': names,
    };
    const dataset = await archive({ ...others, 'set/train.bin': pixels, 'set/names.txt': names });
    await download(dataset);
    expect(readdirSync(place())).toEqual(['set']);
    expect(readdirSync(place('set')).sort()).toEqual(['names.txt', 'train.bin']);
    expect(readFileSync(place('set/train.bin')).equals(pixels)).toBe(true);
    expect(await download(dataset)).toMatchObject({ fresh: false });
  });

  test.each([
    ['a file of another size', { 'set/train.bin': pixels.subarray(1), 'set/names.txt': names }, /5000 bytes .* 4999/],
    ['a long text', { 'set/train.bin': pixels, 'set/names.txt': pixels }, /at most 100 bytes .* 5000/],
    ['no such file', { 'set/names.txt': names }, /set\/train.bin in .* but found none/],
  ])('with %s is refused whole', async (_, entries, message) => {
    const dataset = await archive(entries);
    await expect(download(dataset)).rejects.toMatchObject({
      code: 'ERR_DOWNLOAD',
      message: expect.stringMatching(message),
    });
    expect(existsSync(place('set'))).toBe(false);
  });
});

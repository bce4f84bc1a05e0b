import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach } from 'vitest';

/** Answers a request for one of the files; `bytes` are all of it, `from` is the first that was asked for. */
export type Behaviour = (answer: ServerResponse, bytes: Buffer, from: number, request: IncomingMessage) => void;

/** A server of files on 127.0.0.1. */
export interface FileServer {
  /** The folder of its files. */
  readonly url: string;
  /** The requests, in order: path, and the range if one was asked for. */
  readonly requests: string[];
  /** How each of the next requests is answered; later ones are answered honestly. */
  readonly behaviours: Behaviour[];
}

/** What a server that knows ranges and versions does. */
export const honest: Behaviour = (answer, bytes, from, { headers }) => {
  const etag = '"1"';
  const same = headers['if-range'] === undefined || headers['if-range'] === etag;
  if (from === 0 || !same) answer.writeHead(200, { 'content-length': bytes.length, etag }).end(bytes);
  else if (from >= bytes.length) answer.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end();
  else {
    const range = `bytes ${from}-${bytes.length - 1}/${bytes.length}`;
    const length = bytes.length - from;
    answer.writeHead(206, { 'content-range': range, 'content-length': length, etag }).end(bytes.subarray(from));
  }
};

/** As {@link honest}, but the connection ends after `count` bytes, of which some may be lost on the way. */
export const breaksAfter =
  (count: number): Behaviour =>
  (answer, bytes, from) => {
    const range = `bytes ${from}-${bytes.length - 1}/${bytes.length}`;
    const head = { 'content-length': bytes.length - from, etag: '"1"' };
    answer.writeHead(from ? 206 : 200, from ? { ...head, 'content-range': range } : head);
    answer.write(bytes.subarray(from, from + count), () => setTimeout(() => answer.destroy(), 50));
  };

/** Answers with a status. */
export const status =
  (code: number, headers: Record<string, string> = {}): Behaviour =>
  (answer) =>
    answer.writeHead(code, headers).end('no');

const running: Server[] = [];
afterEach(async () => {
  for (const server of running.splice(0)) {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
});

/** Starts a server of `files`, which ends after the test. */
export async function serveFiles(files: Readonly<Record<string, Buffer>>): Promise<FileServer> {
  const requests: string[] = [];
  const behaviours: Behaviour[] = [];
  const server = createServer((request, answer) => {
    // A proxy is asked for whole URLs.
    const { pathname } = new URL(request.url ?? '', 'http://127.0.0.1');
    const { range } = request.headers;
    requests.push(range === undefined ? pathname : `${pathname} ${range}`);
    const bytes = files[pathname.slice(1)];
    const from = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
    // Browsers find out other types.
    if (pathname.endsWith('.svg')) answer.setHeader('content-type', 'image/svg+xml');
    if (bytes) (behaviours.shift() ?? honest)(answer, bytes, from, request);
    else status(404)(answer, Buffer.alloc(0), 0, request);
  });
  running.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, requests, behaviours };
}

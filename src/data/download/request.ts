/** One request for a file, or for the rest of one. */
import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { requireDependency } from '../../platform/require-dependency.js';
import { withCode } from '../../validation/errors.js';
import { messageOf } from '../../validation/kinds.js';
import type { PublishedFile } from './catalogue.js';
import { downloadError, PassingError } from './download-error.js';

/** What of a file is asked for. */
export interface Wanted {
  readonly url: URL;
  readonly file: PublishedFile;
  /** The first byte; those before are here already. */
  readonly from: number;
  /** What the server called the version of those bytes, for `If-Range`; undefined if it is not known. */
  readonly validator: string | undefined;
}

/** What a server sends. */
export interface Answer {
  /** The first byte that follows: `from` of the request, or 0 from a server that ignores ranges. */
  readonly from: number;
  /** What the server calls this version, for later requests. */
  readonly validator: string | undefined;
  readonly body: Readable;
}

/** Connections for the requests of a download. */
export interface Connections {
  /**
   * Asks for a file, through the proxy that the environment names, and follows redirects.
   *
   * @throws PassingError for what may be well later; Error `ERR_DOWNLOAD`; what `signal` was aborted with
   */
  request(wanted: Wanted, signal: AbortSignal): Promise<Answer>;
  close(): Promise<void>;
}

const MOST_REDIRECTS = 10;

/**
 * Opens connections. They end when nothing arrives for `stall` milliseconds.
 *
 * @throws Error `ERR_MISSING_PEER` when undici cannot be found; Error `ERR_DOWNLOAD` for a proxy that is no URL
 */
export function openConnections(stall: number): Connections {
  const undici = requireDependency<typeof import('undici')>('undici');
  if (!undici) {
    const message = 'Cannot download: downloads need the package undici. To fix this, run: npm install undici';
    throw withCode(new Error(message), 'ERR_MISSING_PEER');
  }
  const agent = agentOf(undici, stall);
  const send = (url: URL, wanted: Wanted, signal: AbortSignal) =>
    undici.request(url, { dispatcher: agent, signal, headers: headersFor(wanted) }).catch((error) => {
      signal.throwIfAborted();
      throw explained(error, url);
    });
  return {
    request: (wanted, signal) => followed(wanted, (url) => send(url, wanted, signal)),
    close: () => agent.destroy(),
  };
}

/** The answer for a file, at the end of all redirects. */
async function followed(wanted: Wanted, send: (url: URL) => Promise<Dispatcher.ResponseData>): Promise<Answer> {
  let { url } = wanted;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const answer = await send(url);
    try {
      const { statusCode, headers } = answer;
      const location = statusCode >= 300 && statusCode < 400 ? header(headers, 'location') : undefined;
      if (location === undefined) return judged({ ...wanted, url }, answer);
      url = redirectedTo(location, url);
    } catch (error) {
      discard(answer);
      throw error;
    }
    discard(answer);
  }
  throw downloadError(`${wanted.url} redirects more than ${MOST_REDIRECTS} times`);
}

/** Ends an answer that nobody reads. Ending it early is an error of its own. */
function discard({ body }: Dispatcher.ResponseData): void {
  body.on('error', () => {}).destroy();
}

function redirectedTo(location: string, from: URL): URL {
  const url = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  if (url && /^https?:$/.test(url.protocol)) return url;
  throw downloadError(`${from} redirects to ${JSON.stringify(location.slice(0, 200))}, which is no http or https URL`);
}

function agentOf({ EnvHttpProxyAgent }: typeof import('undici'), stall: number): Dispatcher {
  try {
    return new EnvHttpProxyAgent({
      headersTimeout: stall,
      bodyTimeout: stall,
      connect: { timeout: stall },
      // Proxies need not tunnel plain HTTP, and many refuse to.
      proxyTunnel: false,
    });
  } catch (cause) {
    const reason = messageOf(cause);
    throw downloadError(`Expected URLs in HTTP_PROXY and HTTPS_PROXY but found something else: ${reason}`, cause);
  }
}

function headersFor({ from, validator }: Wanted): Record<string, string> {
  // Sums and ranges are those of the file as it is stored.
  const headers: Record<string, string> = { 'accept-encoding': 'identity' };
  if (from === 0) return headers;
  return { ...headers, range: `bytes=${from}-`, ...(validator !== undefined && { 'if-range': validator }) };
}

function judged({ url, file, from }: Wanted, { statusCode, headers, body }: Dispatcher.ResponseData): Answer {
  const rest = from > 0 && statusCode === 206;
  if (!rest && statusCode !== 200) throw refused(url, statusCode, header(headers, 'retry-after'));
  const start = rest ? from : 0;
  const stated = rest ? header(headers, 'content-range') : header(headers, 'content-length');
  const expected = rest ? `bytes ${from}-${file.bytes - 1}/${file.bytes}` : String(file.bytes);
  // Servers that do not know the length leave it out, or say * for it.
  const known = Number.isFinite(file.bytes);
  if (known && stated !== undefined && stated.replace(/\/\*$/, `/${file.bytes}`) !== expected) {
    throw downloadError(`Expected ${file.name} of ${file.bytes} bytes at ${url} but found another length: ${stated}`);
  }
  return { from: start, validator: validatorOf(headers), body };
}

/** Statuses that may be others in a moment, besides those of 500 and more. */
const PASSING_STATUSES = [408, 425, 429];

function refused(url: URL, status: number, retryAfter: string | undefined): Error {
  if (status === 416) return new RangeRefused(`${url} does not have the rest of the file (416)`);
  const message = `${url} answers ${status}`;
  const passing = status >= 500 || PASSING_STATUSES.includes(status);
  return passing ? new PassingError(message, { pause: pauseOf(retryAfter) }) : downloadError(message);
}

/** The server has fewer bytes than were asked for: what is here is of something else. */
export class RangeRefused extends PassingError {}

/** The longest pause that a server may ask for: two minutes. */
const LONGEST_PAUSE = 120_000;

/** The milliseconds of a `Retry-After`: seconds, or a date. */
function pauseOf(text: string | undefined): number {
  if (text === undefined) return 0;
  const pause = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Math.min(Math.max(pause || 0, 0), LONGEST_PAUSE);
}

/** An entity tag that stands for the same bytes, else the time of the last change. */
function validatorOf(headers: Dispatcher.ResponseData['headers']): string | undefined {
  const tag = header(headers, 'etag');
  return tag?.startsWith('"') ? tag : header(headers, 'last-modified');
}

function header(headers: Dispatcher.ResponseData['headers'], name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** Codes of errors that another try would meet again. */
const BAD_URL = /^(UND_ERR_INVALID_ARG|ERR_INVALID_)/;
const BAD_CERTIFICATE = /^(ERR_TLS_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;

/** The error of this package for one of a connection. */
export function explained(error: unknown, url: URL): Error {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const text = `${url}: ${message || code}`;
  if (BAD_URL.test(code)) return downloadError(`Cannot download ${text}`, error);
  if (!BAD_CERTIFICATE.test(code)) return new PassingError(text, { cause: error });
  const remedy = 'if a proxy has a certificate of its own, name its file in NODE_EXTRA_CA_CERTS';
  return downloadError(`Cannot download ${text}; ${remedy}`, error);
}

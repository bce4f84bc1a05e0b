/** Serves a report on this machine while it grows, and keeps open pages up to date. */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isSystemError } from '../../platform/replace-file.js';
import { failureOf } from '../../validation/callback.js';
import { checkNumber, checkOptions } from '../../validation/check.js';
import { withCode, wrongType } from '../../validation/errors.js';
import type { ReportData, ReportPatch } from '../content/report-data.js';
import { checkReport } from '../document/check-report.js';
import { reportHtml } from '../document/report-html.js';
import { BoundedConnections } from './bounded-connections.js';
import { GrowingReport, type News } from './growing-report.js';

/** Other machines cannot reach this address. */
const ADDRESS = '127.0.0.1';

/** Milliseconds for pages to take the rest of the report when the server stops. */
const LAST_MOMENT = 1000;

/**
 * Serves a report on 127.0.0.1 at a secret address. The page shows the current report, and then each change as a
 * server-sent event: only what is new to it, also after it has lost the connection. The server refuses requests for
 * another host or from a page of another origin, since any page in the user's browser could send those. It holds few
 * connections, and drops those that are too slow.
 */
export class LiveReport {
  readonly #server: Server;
  readonly #token = randomBytes(16).toString('hex');
  /** The open pages, and how much of the report each has. */
  readonly #watchers = new Map<ServerResponse, string | undefined>();
  readonly #onStop: () => unknown;
  readonly #report: GrowingReport;
  readonly #connections: BoundedConnections;
  #closing = false;
  /** What `onStop` has thrown. */
  #failure: { readonly error: unknown } | undefined;

  private constructor(report: ReportData, onStop: () => unknown) {
    this.#report = new GrowingReport(report);
    this.#onStop = onStop;
    const often = { connectionsCheckingInterval: 1000 };
    this.#server = createServer(often, (request, response) => this.#answer(request, response));
    this.#connections = new BoundedConnections(this.#server);
  }

  /**
   * Starts a server.
   *
   * @param report - the report to begin with
   * @param options - `port`: 0 … 65535, default 0 for any free port; `onStop`: called when a reader presses Stop;
   * {@link close} throws what this throws, or rejects with
   * @throws (as a rejection) Error `ERR_SERVE` if the port is in use or not permitted; TypeError or RangeError for
   * arguments that do not fit
   */
  static async start(report: ReportData, options: { port?: number; onStop: () => unknown }): Promise<LiveReport> {
    checkReport(report);
    const { port = 0, onStop } = checkOptions(options, 'the options of LiveReport.start', ['port', 'onStop']);
    if (typeof onStop !== 'function') throw wrongType('a function for onStop', onStop);
    checkNumber(port, 'the port', { integer: true, min: 0, max: 65_535 });
    const live = new LiveReport(report, onStop);
    live.#server.listen(port, ADDRESS);
    try {
      await once(live.#server, 'listening');
    } catch (error) {
      if (!isSystemError(error)) throw error;
      const reason =
        error.code === 'EADDRINUSE' ? 'another program is using it; choose another port, or 0' : error.message;
      throw withCode(new Error(`Cannot serve on port ${port}: ${reason}`, { cause: error }), 'ERR_SERVE');
    }
    return live;
  }

  /** The address of the page. It contains a secret: show it only to the user. */
  get url(): string {
    return `http://${ADDRESS}:${this.#port}/${this.#token}/`;
  }

  /** A copy of the current report. */
  get report(): ReportData {
    return this.#report.report;
  }

  get #port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** Changes the report, here and on every open page. */
  change(patch: ReportPatch): void {
    checkOptions(patch, 'the change of a report', ['set', 'append', 'rank']);
    this.#report.change(patch);
    this.#tellAll();
  }

  /** Replaces the report, here and on every open page. */
  replace(report: ReportData): void {
    this.#report.replace(checkReport(report));
    this.#tellAll();
  }

  /**
   * Tells every page that there will be no more changes, and stops the server. Further calls do nothing.
   *
   * @throws (as a rejection) what `onStop` has thrown, or rejected with, so far
   */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#closing = true;
    this.#tellAll();
    const force = setTimeout(() => this.#server.closeAllConnections(), LAST_MOMENT);
    await closed;
    clearTimeout(force);
    if (this.#failure) throw this.#failure.error;
  }

  async #stop(): Promise<void> {
    const failure = await failureOf(this.#onStop);
    this.#failure ??= failure;
  }

  #tellAll(): void {
    // Most pages have the same, and what is new to them is written once.
    const texts = new Map<string | undefined, Buffer>();
    for (const response of [...this.#watchers.keys()]) this.#tell(response, texts);
  }

  /** Sends what is new, as long as the page reads: what waits for a page that does not read is a piece at most. */
  #tell(response: ServerResponse, texts = new Map<string | undefined, Buffer>()): void {
    while (this.#watchers.has(response) && !response.writableNeedDrain) {
      const place = this.#watchers.get(response);
      const news = this.#report.since(place);
      if (!news) break;
      const text = texts.get(place) ?? event(news.name, news.data, news.place);
      texts.set(place, text);
      this.#watchers.set(response, news.place);
      response.write(text);
    }
    if (!this.#closing || !this.#watchers.has(response) || this.#report.since(this.#watchers.get(response))) return;
    this.#watchers.delete(response);
    response.end(event('end', {}));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    response.setHeader('cache-control', 'no-store');
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('x-frame-options', 'DENY');
    response.setHeader('referrer-policy', 'no-referrer');
    response.setHeader('cross-origin-resource-policy', 'same-origin');
    const path = this.#isOurs(request) && this.#withoutToken(request.url ?? '');
    if (path === false) {
      answer(response, 403, 'Refused: open the address that two-layer-net printed');
      return;
    }
    switch (`${request.method} ${path}`) {
      case 'GET ':
      case 'HEAD ':
        response.setHeader('content-type', 'text/html; charset=utf-8');
        response.end(this.#page());
        break;
      case 'GET events':
        this.#watch(response, lastSeen(request));
        break;
      case 'POST stop':
        void this.#stop();
        answer(response, 202, 'Stopping');
        break;
      default:
        answer(response, 404, 'Not found');
    }
  }

  #page(): string {
    // The rest comes as events.
    const { data, place } = this.#report.since(undefined) as News;
    return reportHtml(data as ReportData, { live: place });
  }

  #watch(response: ServerResponse, place: string | undefined): void {
    this.#connections.keep(response);
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    response.flushHeaders();
    this.#watchers.set(response, place);
    response.on('drain', () => this.#tell(response));
    response.on('close', () => this.#watchers.delete(response));
    this.#tell(response);
  }

  /** Whether the request is meant for this server, and comes from its own page or from no page. */
  #isOurs({ headers: { host, origin } }: IncomingMessage): boolean {
    // URL leaves out port 80, as browsers do.
    const hosts = [ADDRESS, 'localhost'].map((name) => new URL(`http://${name}:${this.#port}`).host);
    return hosts.includes(host ?? '') && (origin === undefined || origin === `http://${host}`);
  }

  /** The part after `/TOKEN/`, without a query, or false if the token is wrong. */
  #withoutToken(url: string): string | false {
    const [, token = '', path] = /^\/([^/]*)\/([^?]*)/.exec(url) ?? [];
    const [given, own] = [Buffer.from(token), Buffer.from(this.#token)];
    return given.length === own.length && timingSafeEqual(given, own) && path;
  }
}

/** How much of the report a page has: as it says when it connects again, or as its address says. */
function lastSeen({ headers, url }: IncomingMessage): string | undefined {
  const { 'last-event-id': id } = headers;
  return typeof id === 'string' ? id : /\?after=([\d.]+)$/.exec(url ?? '')?.[1];
}

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}

/** A server-sent event; pages keep the last `id` and send it when they connect again. JSON text has no line breaks. */
function event(name: string, data: unknown, id?: string): Buffer {
  return Buffer.from(`event: ${name}\n${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`);
}

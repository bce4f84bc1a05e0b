/** Serves a report on this machine while it grows, and keeps open pages up to date. */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isSystemError } from '../../platform/replace-file.js';
import { checkNumber } from '../../validation/check.js';
import { withCode } from '../../validation/errors.js';
import { patched, type ReportData, type ReportPatch } from '../content/report-data.js';
import { reportHtml } from '../document/report-html.js';

/** Other machines cannot reach this address. */
const ADDRESS = '127.0.0.1';

/**
 * Serves a report on 127.0.0.1 at a secret address. The page shows the current report, and then each change as a
 * server-sent event. The server refuses requests for another host or from a page of another origin, since any page in
 * the user's browser could send those.
 */
export class LiveReport {
  readonly #server: Server;
  readonly #token = randomBytes(16).toString('hex');
  /** The open pages; `behind` is true while a page has missed a change. */
  readonly #watchers = new Map<ServerResponse, { behind: boolean }>();
  readonly #onStop: () => void;
  #report: ReportData;

  private constructor(report: ReportData, onStop: () => void) {
    this.#report = report;
    this.#onStop = onStop;
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  /**
   * Starts a server.
   *
   * @param report - the report to begin with
   * @param options - `port`: 0 … 65535, default 0 for any free port; `onStop`: called when a reader presses Stop
   * @throws (as a rejection) Error `ERR_SERVE` if the port is in use or not permitted
   */
  static async start(
    report: ReportData,
    { port = 0, onStop }: { port?: number; onStop: () => void },
  ): Promise<LiveReport> {
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

  /** The current report. */
  get report(): ReportData {
    return this.#report;
  }

  get #port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** Changes the report, here and on every open page. */
  change(patch: ReportPatch): void {
    this.#report = patched(this.#report, patch);
    const text = event('patch', patch);
    for (const [response, watcher] of this.#watchers) {
      // A page that does not read gets the whole report once it does. Queued changes would fill the memory.
      if (watcher.behind || response.writableNeedDrain) watcher.behind = true;
      else response.write(text);
    }
  }

  /** Replaces the report, here and on every open page. */
  replace(report: ReportData): void {
    this.#report = report;
    for (const watcher of this.#watchers.values()) watcher.behind = true;
    for (const response of this.#watchers.keys()) this.#catchUp(response);
  }

  /** Tells every page that there will be no more changes, and stops the server. Further calls do nothing. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const response of this.#watchers.keys()) response.end(event('end', {}));
    // Give open connections a moment to close.
    const force = setTimeout(() => this.#server.closeAllConnections(), 500);
    await closed;
    clearTimeout(force);
  }

  #catchUp(response: ServerResponse): void {
    const watcher = this.#watchers.get(response);
    if (!watcher?.behind || response.writableNeedDrain) return;
    watcher.behind = false;
    response.write(event('report', this.#report));
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
        response.end(reportHtml(this.#report, { live: true }));
        break;
      case 'GET events':
        this.#watch(response);
        break;
      case 'POST stop':
        this.#onStop();
        answer(response, 202, 'Stopping');
        break;
      default:
        answer(response, 404, 'Not found');
    }
  }

  #watch(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    this.#watchers.set(response, { behind: true });
    response.on('drain', () => this.#catchUp(response));
    response.on('close', () => this.#watchers.delete(response));
    this.#catchUp(response);
  }

  /** Whether the request is meant for this server, and comes from its own page or from no page. */
  #isOurs({ headers: { host, origin } }: IncomingMessage): boolean {
    // URL leaves out port 80, as browsers do.
    const hosts = [ADDRESS, 'localhost'].map((name) => new URL(`http://${name}:${this.#port}`).host);
    return hosts.includes(host ?? '') && (origin === undefined || origin === `http://${host}`);
  }

  /** The part after `/TOKEN/`, or false if the token is wrong. */
  #withoutToken(url: string): string | false {
    const [, token = '', path] = /^\/([^/]*)\/(.*)$/.exec(url) ?? [];
    const [given, own] = [Buffer.from(token), Buffer.from(this.#token)];
    return given.length === own.length && timingSafeEqual(given, own) && path;
  }
}

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}

/** A server-sent event. JSON text has no line breaks. */
function event(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

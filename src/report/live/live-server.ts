/** A report that is watched while it grows: a page on this machine, and what keeps it up to date. */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isSystemError } from '../../platform/replace-file.js';
import { checkNumber } from '../../validation/check.js';
import { withCode } from '../../validation/errors.js';
import { patched, type ReportData, type ReportPatch } from '../content/report-data.js';
import { reportHtml } from '../document/report-html.js';

/** Nobody else's machine can reach it. */
const ADDRESS = '127.0.0.1';

/**
 * Serves a report on 127.0.0.1, at an address with a token that only who started it knows. Whoever opens it sees the
 * report as it is, and then each change as a server-sent event. Requests for another host, or from another origin's page,
 * are refused: any page that the reader's browser shows could send them.
 */
export class LiveReport {
  readonly #server: Server;
  readonly #token = randomBytes(16).toString('hex');
  /** Those who watch; true while one has missed a change. */
  readonly #watchers = new Map<ServerResponse, { behind: boolean }>();
  readonly #onStop: () => void;
  #report: ReportData;

  private constructor(report: ReportData, onStop: () => void) {
    this.#report = report;
    this.#onStop = onStop;
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  /**
   * @param report - as it is at the start
   * @param options - `port`: 0 … 65535, 0 for any that is free; `onStop`: called when a reader asks for the end
   * @throws (as a rejection) Error `ERR_SERVE` when the port is taken or may not be used
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
      const why =
        error.code === 'EADDRINUSE' ? 'another program listens there; choose another port, or 0' : error.message;
      throw withCode(new Error(`Cannot serve on port ${port}: ${why}`, { cause: error }), 'ERR_SERVE');
    }
    return live;
  }

  /** Where the page is; to be shown to nobody but the user. */
  get url(): string {
    return `http://${ADDRESS}:${this.#port}/${this.#token}/`;
  }

  /** The report as its readers see it. */
  get report(): ReportData {
    return this.#report;
  }

  get #port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** Changes the report, here and on every page. */
  change(patch: ReportPatch): void {
    this.#report = patched(this.#report, patch);
    const text = event('patch', patch);
    for (const [response, watcher] of this.#watchers) {
      // One that does not read gets the whole report when it does: changes that wait for it would fill the memory.
      if (watcher.behind || response.writableNeedDrain) watcher.behind = true;
      else response.write(text);
    }
  }

  /** Replaces the report. */
  replace(report: ReportData): void {
    this.#report = report;
    for (const watcher of this.#watchers.values()) watcher.behind = true;
    for (const response of this.#watchers.keys()) this.#catchUp(response);
  }

  /** Tells every page that nothing more will come, and ends. May be called again. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const response of this.#watchers.keys()) response.end(event('end', {}));
    // Who still holds a connection has a moment to let go of it.
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
      answer(response, 403, 'Refused: open the address that two-layer-net has printed');
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

  /** Whether the request was meant for this server, and comes from its own page or from none. */
  #isOurs({ headers: { host, origin } }: IncomingMessage): boolean {
    // As browsers write it: the port of HTTP itself is left out.
    const hosts = [ADDRESS, 'localhost'].map((name) => new URL(`http://${name}:${this.#port}`).host);
    return hosts.includes(host ?? '') && (origin === undefined || origin === `http://${host}`);
  }

  /** What follows `/TOKEN/`, or false for another token. */
  #withoutToken(url: string): string | false {
    const [, token = '', path] = /^\/([^/]*)\/(.*)$/.exec(url) ?? [];
    const [given, own] = [Buffer.from(token), Buffer.from(this.#token)];
    return given.length === own.length && timingSafeEqual(given, own) && path;
  }
}

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}

/** A server-sent event; JSON has no line breaks. */
function event(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { patched, type ReportData, type ReportPatch } from '../../../src/report/content/report-data.js';
import { LiveReport } from '../../../src/report/live/live-server.js';
import { type RankedSettings, rank } from '../../../src/tune/ranking.js';
import type { Search } from '../../../src/tune/search.js';
import type { TrialResult } from '../../../src/tune/trial.js';

const REPORT: ReportData = {
  format: 'two-layer-net report',
  version: 1,
  title: 'A training',
  status: 'running',
  created: '2026-11-24T03:15:02.123Z',
  machine: { cpu: 'a processor', processors: 2, platform: 'linux x64', node: '20.19.0', version: '0', backend: 'js' },
};

const onStop = vi.fn();
let live: LiveReport;
let port: number;
/** `/TOKEN/` */
let path: string;
let requests: ClientRequest[];

beforeEach(async () => {
  requests = [];
  onStop.mockClear();
  live = await LiveReport.start(REPORT, { onStop });
  port = Number(new URL(live.url).port);
  path = new URL(live.url).pathname;
});
afterEach(async () => {
  for (const one of requests) one.destroy();
  await live.close();
});

/** Sends a request as any program on this machine can. */
async function open(at: string, { method = 'GET', headers = {} }: { method?: string; headers?: OutgoingHttpHeaders }) {
  const asked = request({ host: '127.0.0.1', port, path: at, method, headers, agent: false });
  requests.push(asked.end());
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  return response;
}

async function ask(at: string, how: Parameters<typeof open>[1] = {}) {
  const response = await open(at, how);
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

/** Writes a text to the port and reads the whole response. */
async function say(words: string | Buffer): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.end(words);
  return text(socket);
}

interface Event {
  readonly name: string;
  readonly data: unknown;
}

/** The events that a page receives. Reads from the network only when the next event is requested. */
class Watcher {
  static async open(after = '', headers: OutgoingHttpHeaders = {}): Promise<Watcher> {
    const response = await open(`${path}events${after}`, { headers: { accept: 'text/event-stream', ...headers } });
    expect(response.statusCode).toBe(200);
    expect(response.headers['content-type']).toMatch(/^text\/event-stream/);
    return new Watcher(response);
  }

  /** Number of characters received. */
  read = 0;
  /** That of the last event. */
  id = '';
  readonly #events: AsyncGenerator<Event>;

  private constructor(response: IncomingMessage) {
    this.#events = this.#parse(response.setEncoding('utf8'));
  }

  async *#parse(response: AsyncIterable<string>): AsyncGenerator<Event> {
    let rest = '';
    for await (const chunk of response) {
      this.read += chunk.length;
      rest += chunk;
      if (!chunk.includes('\n')) continue;
      const blocks = rest.split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        const [, name, id = '', data] =
          /^event: (\w+)\n(?:id: ([\d.]+)\n)?data: ([^\r\n]*)$/.exec(block) ?? expect.fail(`no event: ${block}`);
        this.id = id;
        yield { name, data: JSON.parse(data) };
      }
    }
  }

  /** The next event; undefined at the end of the stream. */
  async next(): Promise<Event | undefined> {
    return (await this.#events.next()).value;
  }
}

const progress = (done: number) => ({ done, total: 10_000, unit: 'iterations' as const, seconds: 1 });
const step = (done: number, loss = 2): ReportPatch => ({
  set: { progress: progress(done) },
  append: { lossHistory: [loss], trainAccHistory: [], valAccHistory: [] },
});

describe('the live page', () => {
  it('is at the printed address, on 127.0.0.1, with a token of 32 digits', async () => {
    expect(live.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32}\/$/);
    const { status, body } = await ask(path);
    expect(status).toBe(200);
    expect(body).toMatch(/^<!doctype html>/);
    expect(body).toMatch(/<body data-live="0\.0\.0\.0\.0">/);
    expect(body).toContain('<title>A training</title>');
  });

  it('has a new token each time', async () => {
    const other = await LiveReport.start(REPORT, { onStop });
    expect(new URL(other.url).pathname).not.toBe(path);
    await other.close();
  });

  it('shows the current report', async () => {
    live.change({ set: { title: 'Another title' } });
    expect((await ask(path)).body).toContain('<title>Another title</title>');
  });

  it('cannot be stored, framed, guessed or reached from other sites, and only fetches from its server', async () => {
    const { headers, body } = await ask(path);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
    });
    expect(headers).not.toHaveProperty('access-control-allow-origin');
    const [, policy] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(body) ?? expect.fail('no policy');
    expect(policy).toContain("default-src 'none'; script-src 'sha256-");
    expect(policy).toContain("connect-src 'self'");
    expect(policy).not.toMatch(/script-src[^;]*unsafe/);
  });

  it('answers HEAD without the page', async () => {
    expect(await ask(path, { method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
  });
});

describe('the live report refuses', () => {
  it.each([
    ['another token', () => `/${'0'.repeat(32)}/`],
    ['no token', () => '/'],
    ['an empty token', () => '//'],
    ['a longer token', () => `${path.slice(0, -1)}0/`],
    ['a shorter token', () => `${path.slice(0, -2)}/`],
    ['the token without its folder', () => path.slice(0, -1)],
  ])('%s', async (_, at) => {
    expect(await ask(at())).toMatchObject({ status: 403, body: expect.stringContaining('Refused') });
    expect((await ask(`${at()}events`)).status).toBe(403);
    expect((await ask(`${at()}stop`, { method: 'POST' })).status).toBe(403);
    expect(onStop).not.toHaveBeenCalled();
  });

  it.each([
    ['another name, as one that was made to lead here', () => `evil.example:${port}`],
    ['another name without a port', () => 'evil.example'],
    ['another port', () => `127.0.0.1:${port === 65_535 ? 1 : port + 1}`],
    ['no port', () => '127.0.0.1'],
    ['a name that begins as ours', () => `localhost:${port}.evil.example`],
  ])('a request for %s', async (_, host) => {
    for (const at of ['', 'events']) expect((await ask(path + at, { headers: { host: host() } })).status).toBe(403);
    expect((await ask(`${path}stop`, { method: 'POST', headers: { host: host() } })).status).toBe(403);
    expect(onStop).not.toHaveBeenCalled();
  });

  it('a request without a host', async () => {
    expect(await say(`GET ${path} HTTP/1.1\r\nConnection: close\r\n\r\n`)).toMatch(/^HTTP\/1\.1 400 /);
    expect(await say(`GET ${path} HTTP/1.0\r\n\r\n`)).toMatch(/^HTTP\/1\.1 403 /);
    expect(await say(`POST ${path}stop HTTP/1.0\r\n\r\n`)).toMatch(/^HTTP\/1\.1 403 /);
    expect(onStop).not.toHaveBeenCalled();
  });

  it('a token with as many characters but more bytes', async () => {
    const head = `GET /${'\u00e9'.repeat(32)}/ HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`;
    expect(await say(Buffer.from(head, 'latin1'))).toMatch(/^HTTP\/1\.1 40[03] /);
    expect((await ask(path)).status).toBe(200);
  });

  it.each([
    ['another site', () => 'https://evil.example'],
    ['a program on another port', () => `http://127.0.0.1:${port === 65_535 ? 1 : port + 1}`],
    ['another name of this machine', () => `http://localhost:${port}`],
    ['a file or a sandbox', () => 'null'],
  ])('a page of %s', async (_, origin) => {
    const headers = { origin: origin() };
    for (const at of ['', 'events']) expect((await ask(path + at, { headers })).status).toBe(403);
    expect((await ask(`${path}stop`, { method: 'POST', headers })).status).toBe(403);
    expect(onStop).not.toHaveBeenCalled();
  });

  it('unknown paths, and stopping by opening an address', async () => {
    expect((await ask(`${path}stop`)).status).toBe(404);
    expect((await ask(`${path}other`)).status).toBe(404);
    expect((await ask(`${path}../`)).status).toBe(404);
    expect((await ask(path, { method: 'POST' })).status).toBe(404);
    expect((await ask(`${path}events`, { method: 'POST' })).status).toBe(404);
    expect(onStop).not.toHaveBeenCalled();
  });
});

describe('the live report accepts', () => {
  it.each(['127.0.0.1', 'localhost'])('its own page, opened at %s', async (name) => {
    const host = `${name}:${port}`;
    expect((await ask(path, { headers: { host } })).status).toBe(200);
    const headers = { host, origin: `http://${host}` };
    expect((await ask(path, { headers })).status).toBe(200);
    expect((await ask(`${path}stop`, { method: 'POST', headers })).status).toBe(202);
    expect(onStop).toHaveBeenCalledTimes(1);
  });

  it('a stop request from a program that sends no origin', async () => {
    expect(await ask(`${path}stop`, { method: 'POST' })).toMatchObject({ status: 202, body: 'Stopping\n' });
    expect(onStop).toHaveBeenCalledTimes(1);
  });
});

const elsewhere = Object.values(networkInterfaces())
  .flat()
  .find((one) => one && !one.internal && one.family === 'IPv4')?.address;

it.skipIf(elsewhere === undefined)(
  'the live report is not at the other addresses of this machine (skipped without one)',
  async () => {
    const socket = connect(port, elsewhere);
    const reached = once(socket, 'connect').finally(() => socket.destroy());
    await expect(reached).rejects.toThrow(expect.objectContaining({ code: 'ECONNREFUSED' }));
  },
);

describe('open pages', () => {
  it('receive the whole report, then each change, and the whole report again if a part of it has gone', async () => {
    const watcher = await Watcher.open();
    expect(await watcher.next()).toStrictEqual({ name: 'report', data: REPORT });
    for (const done of [1, 2, 3]) {
      live.change(step(done));
      expect(await watcher.next()).toStrictEqual({ name: 'patch', data: step(done) });
    }
    expect(live.report).toStrictEqual({
      ...REPORT,
      progress: progress(3),
      history: { lossHistory: [2, 2, 2], trainAccHistory: [], valAccHistory: [] },
    });
    const end: ReportData = { ...REPORT, status: 'done', title: 'The end' };
    live.replace(end);
    expect(await watcher.next()).toStrictEqual({ name: 'report', data: end });
    expect(live.report).toStrictEqual(end);
  });

  it('receive names with line breaks and protocol keywords unchanged', async () => {
    const watcher = await Watcher.open();
    await watcher.next();
    const title = 'one\n\nevent: end\ndata: {}\r\u2028two';
    live.change({ set: { title } });
    expect(await watcher.next()).toStrictEqual({ name: 'patch', data: { set: { title } } });
  });

  it('each receive everything, whenever they connected', async () => {
    const first = await Watcher.open();
    expect(await first.next()).toStrictEqual({ name: 'report', data: REPORT });
    live.change(step(1));
    const second = await Watcher.open();
    expect(await second.next()).toStrictEqual({ name: 'report', data: live.report });
    live.change(step(2));
    expect(await first.next()).toStrictEqual({ name: 'patch', data: step(1) });
    for (const watcher of [first, second]) expect(await watcher.next()).toStrictEqual({ name: 'patch', data: step(2) });
  });

  it('receive of a search only the combinations that are new or changed', async () => {
    const results = (learningRate: number, valAccuracy: number): RankedSettings[] =>
      rank([{ settings: { learningRate }, numIters: 1, trainAccuracy: null, valAccuracy } as unknown as TrialResult]);
    const ranking = Array.from({ length: 2000 }, (_, i) => results(i + 1, 1 / (i + 2)));
    const search = { search: {} as Search, ranking: ranking.flat() };
    const watcher = await Watcher.open();
    live.change({ set: { search } });
    let seen = follow(follow(REPORT, await watcher.next()), await watcher.next());
    const [before, rest] = [watcher.read, await Watcher.open()];
    await rest.next();
    for (const changed of [results(5000, 0.25), results(7, 0.75)]) {
      live.change({ rank: changed, set: { progress: progress(1) } });
      const event = await watcher.next();
      expect(event).toStrictEqual({ name: 'patch', data: { rank: changed, set: { progress: progress(1) } } });
      seen = follow(seen, event);
    }
    expect(watcher.read - before).toBeLessThan(2000);
    expect(seen).toStrictEqual(live.report);
    expect(seen.search?.ranking.map(({ settings }) => settings.learningRate).slice(0, 4)).toEqual([7, 1, 2, 3]);
    expect(seen.search?.ranking).toHaveLength(2001);

    // A page that connects again receives both, and nothing is new in an equal report.
    const again = await Watcher.open(`?after=${rest.id}`);
    expect((await again.next())?.data).toMatchObject({ rank: [...results(7, 0.75), ...results(5000, 0.25)] });
    live.replace({ ...live.report, status: 'done' });
    expect(await watcher.next()).toStrictEqual({ name: 'patch', data: { set: { status: 'done' } } });
  });

  it('that do not read cost no memory, delay no others, and receive the last state when they read', async () => {
    const CHANGES = 600;
    const SIZE = 100_000;
    const [slow, quick] = [await Watcher.open(), await Watcher.open()];
    for (const watcher of [slow, quick]) await watcher.next();
    let seen: ReportData = REPORT;
    for (let done = 1; done <= CHANGES; done++) {
      live.change({ ...step(done, done), set: { progress: progress(done), title: String(done).repeat(SIZE / 3) } });
      // The quick page reads everything; the slow one reads nothing.
      while (seen.progress?.done !== done) seen = follow(seen, await quick.next());
    }
    expect(seen).toStrictEqual(live.report);

    // Only what fits into the system's buffers waits for the slow page.
    let last: ReportData = REPORT;
    while (last.progress?.done !== CHANGES) last = follow(last, await slow.next());
    expect(last).toStrictEqual(live.report);
    expect(slow.read).toBeLessThan((CHANGES * SIZE) / 2);

    // From then on it receives changes like all others.
    live.change(step(CHANGES + 1));
    expect(await slow.next()).toStrictEqual({ name: 'patch', data: step(CHANGES + 1) });
  });

  it('that connect again receive what is new since their last event, and no more', async () => {
    const first = await Watcher.open();
    live.change({ set: { title: 'seen' }, append: { lossHistory: [3], trainAccHistory: [1], valAccHistory: [] } });
    const seen = follow(follow(REPORT, await first.next()), await first.next());
    live.change({ set: { title: 'new' } });
    live.change(step(2));
    for (const watcher of [
      await Watcher.open('', { 'last-event-id': first.id }),
      await Watcher.open(`?after=${first.id}`),
      // A page's own address says what it had when it was loaded.
      await Watcher.open('?after=0.0.0.0.0', { 'last-event-id': first.id }),
    ]) {
      const event = await watcher.next();
      expect(event).toStrictEqual({
        name: 'patch',
        data: { set: { title: 'new', ...step(2).set }, append: step(2).append },
      });
      expect(follow(seen, event)).toStrictEqual(live.report);
    }
    live.replace({ ...live.report, status: 'done' });
    const last = await Watcher.open(`?after=${first.id}`);
    expect(follow(seen, await last.next())).toStrictEqual(live.report);
  });

  it.each(['9.0.0.0.0', '0.9.0.0.0', '0.0.9.0.0', '0.0.0.0', '-1.0.0.0.0', 'x'.repeat(1000), '1e3.0.0.0.0'])(
    'that claim to have seen %s receive the whole report',
    async (id) => {
      live.change(step(1));
      const watcher = await Watcher.open('', { 'last-event-id': id });
      expect(await watcher.next()).toStrictEqual({ name: 'report', data: live.report });
    },
  );

  it('receive long curves in pieces, beginning with those in the page', async () => {
    const losses = Array.from({ length: 25_000 }, (_, i) => i);
    live.change({ append: { lossHistory: losses, trainAccHistory: [], valAccHistory: [] } });
    const { body } = await ask(path);
    const [, json] = /id="report-data">(.*)<\/script>/.exec(body) ?? expect.fail('no data');
    const [, place] = /data-live="([\d.]+)"/.exec(body) ?? expect.fail('no place');
    let seen = JSON.parse(json) as ReportData;
    expect(seen.history?.lossHistory).toHaveLength(10_000);
    const watcher = await Watcher.open(`?after=${place}`);
    for (const length of [20_000, 25_000]) {
      seen = follow(seen, await watcher.next());
      expect(seen.history?.lossHistory).toHaveLength(length);
    }
    expect(seen).toStrictEqual(live.report);
  });

  it('that disconnect are forgotten', async () => {
    const gone = await Watcher.open();
    await gone.next();
    requests[0].destroy();
    const stays = await Watcher.open();
    await stays.next();
    for (let done = 1; done <= 100; done++) {
      live.change(step(done));
      expect(await stays.next()).toMatchObject({ name: 'patch', data: { set: { progress: { done } } } });
    }
  });
});

/** The report after an event, as the page computes it. */
function follow(report: ReportData, event: Event | undefined): ReportData {
  if (event?.name === 'report') return event.data as ReportData;
  expect(event?.name).toBe('patch');
  return patched(report, event?.data as ReportPatch);
}

describe('connections', () => {
  it('are few: the oldest without a stream makes room for a new one, then the oldest', async () => {
    const stream = await Watcher.open();
    await stream.next();
    const closed: number[] = [];
    const sockets = Array.from({ length: 60 }, (_, i) =>
      connect(port, '127.0.0.1')
        .on('close', () => closed.push(i))
        .on('error', () => {}),
    );
    await expect.poll(() => closed.length).toBe(60 - 23);
    expect([...closed].sort((a, b) => a - b)).toStrictEqual(Array.from({ length: 60 - 23 }, (_, i) => i));
    expect((await ask(path)).status).toBe(200);
    live.change(step(1));
    expect(await stream.next()).toStrictEqual({ name: 'patch', data: step(1) });
    for (let i = 0; i < 24; i++) {
      expect(await (await Watcher.open()).next()).toStrictEqual({ name: 'report', data: live.report });
    }
    // An end without the event of an end: the page connects again.
    await expect(stream.next()).rejects.toThrow('aborted');
    for (const socket of sockets) socket.destroy();
  });
});

describe('the end of a live report', () => {
  it('is announced to open pages and frees the port', async () => {
    const watchers = [await Watcher.open(), await Watcher.open()];
    for (const watcher of watchers) await watcher.next();
    await live.close();
    for (const watcher of watchers) {
      expect(await watcher.next()).toStrictEqual({ name: 'end', data: {} });
      expect(await watcher.next()).toBeUndefined();
    }
    await expect(ask(path)).rejects.toThrow(expect.objectContaining({ code: 'ECONNREFUSED' }));
    const next = await LiveReport.start(REPORT, { port, onStop });
    expect(new URL(next.url).port).toBe(String(port));
    await next.close();
  });

  it('comes after the last report', async () => {
    const watcher = await Watcher.open();
    await watcher.next();
    live.replace({ ...REPORT, status: 'done' });
    await live.close();
    expect(await watcher.next()).toStrictEqual({ name: 'patch', data: { set: { status: 'done' } } });
    expect(await watcher.next()).toMatchObject({ name: 'end' });
  });

  it('does not wait for pages that do not read', async () => {
    const slow = await Watcher.open();
    await slow.next();
    live.change({ set: { title: 'x'.repeat(30_000_000) } });
    await live.close();
    await expect(ask(path)).rejects.toThrow(expect.objectContaining({ code: 'ECONNREFUSED' }));
  });

  it('may be requested twice, and later changes are kept', async () => {
    await live.close();
    await live.close();
    live.change(step(1));
    expect(live.report.progress?.done).toBe(1);
  });
});

describe('the port of a live report', () => {
  it('is refused with advice if it is in use', async () => {
    await expect(LiveReport.start(REPORT, { port, onStop })).rejects.toThrow(
      expect.objectContaining({
        code: 'ERR_SERVE',
        message: expect.stringMatching(new RegExp(`Cannot serve on port ${port}: .*choose another port, or 0`)),
        cause: expect.objectContaining({ code: 'EADDRINUSE' }),
      }),
    );
    expect((await ask(path)).status).toBe(200);
  });

  it.each([-1, 65_536, 0.5])('cannot be %d', async (bad) => {
    const refused = LiveReport.start(REPORT, { port: bad, onStop });
    await expect(refused).rejects.toThrow(RangeError);
    await expect(refused).rejects.toThrow(expect.objectContaining({ code: 'ERR_OUT_OF_RANGE' }));
  });

  it('cannot be a string', async () => {
    const refused = LiveReport.start(REPORT, { port: '80' as unknown as number, onStop });
    await expect(refused).rejects.toThrow(expect.objectContaining({ code: 'ERR_INVALID_TYPE' }));
  });
});

/** The command under attack, in a process of its own: it answers meanwhile and afterwards, and does not grow. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { saveModel } from '../../src/model/model.js';
import { RandomState } from '../../src/random/random-state.js';
import { type Running, startCli } from '../support/run-cli.js';
import { sharedFolder } from '../support/temporary-folder.js';
import { answerTo, ask, begin, JSON_BODY, pictures } from './support.js';

const folder = sharedFolder();
const BODY = JSON.stringify({ rows: [[1, 2, 3, 4, 5, 6]] });
const MIB = 2 ** 20;

let running: Running;
let url: string;
let port: number;
const path = () => `${url}v1/models/net:predict`;

beforeAll(async () => {
  await saveModel(`${folder}/net.safetensors`, pictures());
  const limits = ['--max-body', String(MIB), '--max-memory', String(16 * MIB), '--max-connections', '600'];
  running = startCli(['serve', `${folder}/net.safetensors`, '--port', '0', ...limits]);
  await running.shows('Serving net at');
  url = /at (http:\S+)/.exec(running.stderr())?.[1] as string;
  port = Number(new URL(url).port);
  for (let i = 0; i < 300; i++) await predicts();
});
afterAll(async () => {
  running.child.kill('SIGTERM');
  expect((await running.done).code).toBe(0);
});

async function predicts(): Promise<void> {
  const { status, body } = await ask(path(), JSON_BODY, BODY);
  expect({ status, body }).toMatchObject({ status: 200, body: expect.stringContaining('"class":') });
}

/** Resident memory of the server in MiB. */
function memory(): number {
  const status = readFileSync(`/proc/${running.child.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}

/** A connection whose errors are part of the attack. */
function attack(words?: string | Uint8Array): Socket {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  if (words !== undefined) socket.write(words);
  return socket;
}

/** Runs an attack and expects the server to answer after it, with no more memory than `most` MiB besides. */
async function survived(most: number, work: () => Promise<void>): Promise<void> {
  const before = memory();
  await work();
  await predicts();
  await wait(300);
  expect(memory() - before).toBeLessThan(most);
}

const head = (length: number, more = '') =>
  `POST /v1/models/net:predict HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n${more}` +
  `content-length: ${length}\r\n\r\n`;

test('other hosts and origins are refused', async () => {
  for (const headers of [{ host: 'evil.example' }, { origin: 'http://evil.example' }, { origin: 'null' }]) {
    expect((await ask(path(), { ...JSON_BODY, ...headers }, BODY)).status).toBe(403);
  }
  for (const words of [
    'GET / HTTP/1.1\r\n\r\n',
    'GET / HTTP/1.0\r\n\r\n',
    'GET / HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n',
  ]) {
    const socket = attack();
    socket.end(words);
    expect(await text(socket)).toMatch(/^HTTP\/1.1 4\d\d /);
  }
});

test('1000 idle connections, and 300 with slow headers: others are served meanwhile', async () => {
  await survived(60, async () => {
    const idle = Array.from({ length: 1000 }, () => attack());
    const slow = Array.from({ length: 300 }, () => attack('POST /v1/models/net:predict HTTP/1.1\r\nx-a: '));
    await Promise.all(slow.map((socket) => socket.destroyed || once(socket, 'connect').catch(() => {})));
    for (let i = 0; i < 20; i++) {
      for (const socket of slow) if (!socket.destroyed) socket.write('a');
      await predicts();
    }
    // Slow headers end after the ten seconds of their limit.
    const held = () =>
      slow.filter(({ destroyed, readableEnded, bytesRead }) => !destroyed && !readableEnded && !bytesRead);
    await expect.poll(() => held().length, { timeout: 30_000 }).toBe(0);
    for (const socket of [...idle, ...slow]) socket.destroy();
  });
});

test('bodies: huge, announced only, slow, broken off, chunked without an end', async () => {
  await survived(60, async () => {
    const huge = Buffer.alloc(4 * MIB, ' ');
    const chunk = `${MIB.toString(16)}\r\n${' '.repeat(MIB)}\r\n`;
    const chunked = head(0).replace('content-length: 0', 'transfer-encoding: chunked');
    const sockets = Array.from({ length: 40 }, (_, i) => {
      if (i % 4 === 0) return attack(Buffer.concat([Buffer.from(head(huge.length)), huge]));
      if (i % 4 === 1) return attack(chunked + chunk + chunk);
      if (i % 4 === 2) return attack(head(1e15));
      const socket = attack(head(MIB) + ' '.repeat(MIB / 2));
      socket.once('connect', () => setTimeout(() => socket.destroy(), 200));
      return socket;
    });
    await wait(1000);
    await predicts();
    for (const socket of sockets) socket.destroy();
  });
});

test('bytes that are held count: 16 MiB of half bodies, then 429 with Retry-After, then as before', async () => {
  await survived(60, async () => {
    const sockets = Array.from({ length: 40 }, () => attack(head(MIB) + ' '.repeat(MIB - 1)));
    await expect
      .poll(async () => Number(/held_bytes (\d+)/.exec((await ask(`${url}metrics`)).body)?.[1]))
      .toBeGreaterThan(14 * MIB);
    const big = begin(path(), { ...JSON_BODY, 'content-length': MIB });
    const answered = answerTo(big);
    big.end(' '.repeat(MIB));
    expect(await answered).toMatchObject({ status: 429, headers: { 'retry-after': '1' } });
    for (const socket of sockets) socket.destroy();
    await expect.poll(async () => (await ask(`${url}metrics`)).body).toMatch(/held_bytes 0\n/);
  });
});

/** Bodies that are wrong in many ways, drawn from a seed. */
function* malformed(count: number): Generator<{ type: string; body: string | Uint8Array; query: string }> {
  const random = new RandomState(5);
  const draw = (n: number) => Math.floor(random.randomSample() * n);
  const types = ['application/json', 'text/csv', 'application/octet-stream', 'image/png', 'image/gif', 'a/b', ''];
  const texts = [
    '[',
    '{}',
    'null',
    '{"rows":1}',
    '{"rows":[[]]}',
    '{"rows":[null]}',
    '{"rows":[[1,2,3,4,5,{}]]}',
    '"',
    '\0',
    '﻿',
    '['.repeat(5000),
    `{"rows":${'['.repeat(3000)}${']'.repeat(3000)}}`,
    '{"rows":[[1,2,3,4,5,1e400]]}',
    'a,b\n"',
    '1,2\n1',
    `{"rows":[{"__proto__":{"a":1},"constructor":{"prototype":1}}],"top":-1}`,
    '"\n'.repeat(500),
    'GIF89a',
    '\x89PNG\r\n\x1a\n',
  ];
  for (let i = 0; i < count; i++) {
    const whole = i % 3 === 0 ? Buffer.from(BODY) : Buffer.from(texts[draw(texts.length)]);
    const body = Uint8Array.from(whole);
    if (body.length > 0 && i % 2 === 0) body[draw(body.length)] = draw(256);
    yield { type: types[draw(types.length)], body, query: ['', '?top=x', '?type=int', '?a=1', '?top=1e9'][draw(5)] };
  }
}

test('10 000 malformed requests: each is answered, none with 500, and memory does not grow', async () => {
  for (const one of malformed(1000)) await ask(path() + one.query, { 'content-type': one.type }, one.body);
  await survived(40, async () => {
    const counts = new Map<number, number>();
    const all = malformed(10_000);
    const work = async () => {
      for (const { type, body, query } of all) {
        const { status } = await ask(path() + query, { 'content-type': type }, body);
        counts.set(status, (counts.get(status) ?? 0) + 1);
      }
    };
    await Promise.all(Array.from({ length: 8 }, work));
    expect([...counts.values()].reduce((sum, count) => sum + count)).toBe(10_000);
    expect([...counts.keys()].filter((status) => status >= 500)).toEqual([]);
    expect(counts.get(400)).toBeGreaterThan(3000);
  });
});

test('1000 requests that are no HTTP are refused or cut off', async () => {
  const random = new RandomState(6);
  await survived(40, async () => {
    for (let i = 0; i < 1000; i++) {
      const noise = Uint8Array.from({ length: 200 }, () => Math.floor(random.randomSample() * 256));
      const socket = attack();
      socket.end(i % 2 ? noise : head(5).slice(0, i % 120) + Buffer.from(noise).toString('latin1'));
      expect(await text(socket).catch(() => '')).not.toMatch(/^HTTP\/1.1 [25]/);
    }
  });
});

/**
 * A live page under attack, in a process with few descriptors: streams that nobody reads, requests of a byte a second.
 * The connections and the memory stay bounded, a page is still answered, and the trained model is saved.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { loadModel } from '../../src/model/model.js';
import { startCli } from '../support/run-cli.js';
import { freshFolder } from '../support/temporary-folder.js';
import { cases } from './size.js';

const DESCRIPTORS = 256;
const STREAMS = 500;
const SLOW = 800;
const ITERATIONS = cases(30_000, 1500);
const MIB = 1024;

const canLimit = process.platform === 'linux' && spawnSync('prlimit', ['--version']).status === 0;
const inFolder = freshFolder();
let sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  sockets = [];
});

/** A connection that a server may end. */
function attacker(port: number): Socket {
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  sockets.push(socket);
  return socket;
}

/** Asks for the stream of events and never reads it. */
function unread(url: URL): void {
  attacker(Number(url.port)).pause().write(`GET ${url.pathname}events HTTP/1.1\r\nHost: ${url.host}\r\n\r\n`);
}

/** Sends a request, a byte a second. */
function slow(url: URL): void {
  const socket = attacker(Number(url.port)).resume();
  const bytes = `GET ${url.pathname} HTTP/1.1\r\nHost: ${url.host}\r\n`;
  let sent = 0;
  const timer = setInterval(() => socket.write(bytes[sent++ % bytes.length]), 1000);
  socket.on('close', () => clearInterval(timer));
}

const statusOf = (pid: number, name: string) =>
  Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);

describe.skipIf(!canLimit)('a live page that is attacked (skipped without prlimit)', () => {
  test('is bounded, and its model is saved', { timeout: 170_000 }, async () => {
    const model = inFolder('model.safetensors');
    const args = [
      'train',
      '--iterations',
      String(ITERATIONS),
      '--hidden',
      '10',
      '--batch-size',
      '20',
      '--save',
      model,
      '--serve',
    ];
    const running = startCli(args, { cwd: inFolder() });
    const pid = running.child.pid as number;
    await running.shows('Live report: http');
    const [, address] = /Live report: (\S+)\n/.exec(running.stderr()) ?? expect.fail('no address');
    const url = new URL(address);
    spawnSync('prlimit', [`--pid=${pid}`, `--nofile=${DESCRIPTORS}:${DESCRIPTORS}`]);
    await running.shows('iteration 100 /');
    const before = statusOf(pid, 'VmRSS');

    for (let i = 0; i < STREAMS; i++) unread(url);
    for (let i = 0; i < SLOW; i++) slow(url);
    let descriptors = 0;
    const watch = setInterval(() => {
      descriptors = Math.max(descriptors, readdirSync(`/proc/${pid}/fd`).length);
    }, 50);
    try {
      await running.shows('Saved the model to');
    } finally {
      clearInterval(watch);
    }
    const peak = statusOf(pid, 'VmHWM');
    // While new connections come, one of its own may be the oldest that has to go.
    const page = () => fetch(url).then((answer) => answer.text(), String);
    await expect.poll(page, { timeout: 20_000, interval: 250 }).toContain('<body data-live=');
    expect(descriptors).toBeGreaterThan(0);
    expect(descriptors).toBeLessThan(100);
    expect(peak - before).toBeLessThan(128 * MIB);
    console.info(`${STREAMS} streams, ${SLOW} slow requests: ${descriptors} descriptors, ${peak - before} KiB more`);
    expect((await loadModel(model)).hiddenSize).toBe(10);

    await running.shows('until you press Ctrl-C');
    running.child.kill('SIGINT');
    expect((await running.done).code).toBe(0);
  });
});

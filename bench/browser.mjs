// Measures a training step in Chromium: node bench/browser.mjs
// The article's shape: 3072 inputs, 50 hidden units, 10 classes, minibatches of 200 rows of bytes; float32, plain SGD.
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const ROOT = join(fileURLToPath(import.meta.url), '..', '..');
const TYPES = { '.js': 'text/javascript', '.wasm': 'application/wasm' };
const ISOLATION = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };

/** What runs in the page: milliseconds of each round of each contender, whose rounds are interleaved. */
const MEASURE = `async (rounds) => {
  const T = await import('/dist/browser/index.js');
  const { backend, simdTarget } = await T.loadBackend();
  const rows = 10000;
  const X = new Uint8Array(rows * 3072);
  for (let i = 0; i < X.length; i++) X[i] = Math.imul(i, 2654435761) >>> 24;
  const y = Int32Array.from({ length: rows }, (_, i) => i % 10);
  const contenders = { 'js, 1 thread': { backend: 'js', threads: 1 } };
  const most = backend !== 'wasm' ? 0 : crossOriginIsolated ? navigator.hardwareConcurrency : 1;
  for (let threads = 1; threads <= most; threads++)
    contenders['wasm, ' + threads + (threads > 1 ? ' threads' : ' thread')] = { backend, threads };
  const nets = Object.entries(contenders).map(([name, options]) =>
    [name, new T.TwoLayerNet({ inputSize: 3072, hiddenSize: 50, numClasses: 10, inputScale: 1 / 255, ...options })]);
  const times = {};
  for (let round = 0; round <= rounds; round++) {
    for (const [name, net] of nets) {
      const numIters = name.startsWith('js') ? 20 : 100;
      const { seconds } = await net.train(X, y, null, null, { numIters });
      if (round > 0) (times[name] ??= []).push((1000 * seconds) / numIters);
    }
  }
  const data = new T.Dataset({ train: { X: new T.Matrix(X, 3072), y } });
  const { history } = await T.fitInWorker(data, { hiddenSize: 50, epochs: 6, validation: 0 });
  times['fitInWorker (Adam), ' + backend] = [(1000 * history.seconds) / history.lossHistory.length];
  return { simdTarget, times };
}`;

async function measure(isolated) {
  const server = createServer(({ url = '' }, answer) => {
    const file = join(ROOT, new URL(url, 'http://x').pathname);
    const headers = { 'content-type': TYPES[extname(file)] ?? 'text/html', ...(isolated && ISOLATION) };
    if (url === '/') answer.writeHead(200, headers).end('<!doctype html><title>Bench</title>');
    else answer.writeHead(existsSync(file) ? 200 : 404, headers).end(existsSync(file) ? readFileSync(file) : '');
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    const { simdTarget, times } = await page.evaluate(`(${MEASURE})(5)`);
    console.log(`${isolated ? 'isolated' : 'plain'} page, Chromium ${browser.version()}, ${simdTarget}`);
    for (const [name, all] of Object.entries(times)) {
      const sorted = all.toSorted((a, b) => a - b);
      const [median, low, high] = [sorted[sorted.length >> 1], sorted[0], sorted.at(-1)].map((ms) => ms.toFixed(2));
      console.log(`  ${name}: ${median} ms a step (${low}–${high})`);
    }
  } finally {
    await browser.close();
    server.closeAllConnections();
    server.close();
  }
}

for (const isolated of [false, true]) await measure(isolated);

// Loads the package's server and a Fastify program over onnxruntime-node with single rows as JSON, in turns.
//
//   npm install --prefix bench/serving --no-save --ignore-scripts autocannon onnxruntime-node
//   node bench/serving/run.mjs [--seconds 5] [--rounds 1] [--connections 1,16,256] [--shapes 768x64,3072x512]
//
// Each server is a process of its own, as is autocannon; they share the machine.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { SHAPES, writeModels } from './models.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const CLI = join(HERE, '..', '..', 'dist', 'cli', 'main.js');
const THREADS = '2';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '1' },
    connections: { type: 'string', default: '1,16,256' },
    'batch-wait': { type: 'string', default: '1' },
    shapes: { type: 'string', default: SHAPES.map(({ D, H }) => `${D}x${H}`).join(',') },
  },
});

/** Starts a server and waits for its address. */
async function start(name, args, path) {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  for await (const line of createInterface({ input: child.stderr })) {
    const found = / at (http:\S+\/)$/.exec(line);
    if (found) return { name, child, url: found[1] + path };
    process.stderr.write(`${name}: ${line}\n`);
  }
  throw new Error(`${name} ended`);
}

/** The memory of a process in MB, now and at most. */
function memoryOf({ pid }) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const of = (field) => Math.round(Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1]) / 1024);
  return { rss: of('VmRSS'), most: of('VmHWM') };
}

function load(url, connections, row, seconds) {
  const cannon = join(HERE, 'node_modules', 'autocannon', 'autocannon.js');
  const args = ['--json', '--no-progress', '-m', 'POST', '-c', connections, '-d', seconds, '-i', row];
  const child = spawn(process.execPath, [cannon, ...args, '-H', 'content-type=application/json', url], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
  });
  return new Promise((resolve) => child.on('close', () => resolve(JSON.parse(text))));
}

/** The latency of requests one after the other on one connection: autocannon tells whole milliseconds only. */
async function latencies(url, row, seconds) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const headers = { 'content-type': 'application/json' };
  const body = readFileSync(row);
  const times = [];
  for (const end = performance.now() + 1000 * seconds; performance.now() < end; ) {
    const begun = performance.now();
    await new Promise((resolve, reject) => {
      const asked = request(url, { agent, method: 'POST', headers }, (response) =>
        response.resume().on('end', resolve),
      );
      asked.on('error', reject).end(body);
    });
    times.push(performance.now() - begun);
  }
  agent.destroy();
  times.sort((a, b) => a - b);
  const at = (share) => Number(times[Math.floor(share * times.length)].toFixed(3));
  return { p50: at(0.5), p99: at(0.99) };
}

const folder = mkdtempSync(join(tmpdir(), 'two-layer-net-serving-'));
try {
  console.log('shape\tconnections\tserver\trequests/s\tmean ms\tp50 ms\tp99 ms\tnot 2xx\tMB\tMB at most');
  for (const shape of values.shapes.split(',')) {
    const [D, H] = shape.split('x').map(Number);
    const { own, onnx, row } = await writeModels(join(folder, shape), { D, H });
    const cli = [CLI, 'serve', `net=${own}`, '--port', '0', '--threads', THREADS, '--batch-wait', values['batch-wait']];
    const servers = [
      await start('two-layer-net', cli, 'v1/models/net:predict'),
      await start('onnxruntime', [join(HERE, 'onnx-server.mjs'), onnx, THREADS], 'v1/models/net/predict'),
    ];
    try {
      for (const { url } of servers) await load(url, '4', row, '2');
      for (const connections of values.connections.split(',')) {
        for (let round = 0; round < Number(values.rounds); round++) {
          for (const { name, child, url } of servers) {
            const { requests, latency, non2xx, errors } = await load(url, connections, row, values.seconds);
            if (connections === '1') Object.assign(latency, await latencies(url, row, 2));
            const { rss, most } = memoryOf(child);
            const figures = [requests.average, latency.average, latency.p50, latency.p99, non2xx + errors, rss, most];
            console.log([shape, connections, name, ...figures].join('\t'));
          }
        }
      }
    } finally {
      for (const { child } of servers) child.kill();
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}

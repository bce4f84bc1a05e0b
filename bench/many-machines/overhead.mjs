// What a queue costs: per trial, beside sweep in one process; and for many trials that wait, in time and memory.
//
//   node bench/many-machines/overhead.mjs [--trials 2000] [--waiting 100000]
//
// Needs redis-server or valkey-server. Everything happens on 127.0.0.1 and in a temporary folder.
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { backendInfo, Dataset, Matrix, RandomState, sweep } from '../../dist/index.js';
import { runAgent } from '../../dist/study/agent.js';
import { planOf } from '../../dist/study/plan.js';
import { planning } from '../../dist/study/planner.js';
import { openQueues } from '../../dist/study/queues.js';
import { dataRecord, QUEUES } from '../../dist/study/record.js';
import { createStudy, removeStudy } from '../../dist/study/studies.js';
import { fingerprint } from '../../dist/tune/results-file.js';
import { resolveSearch } from '../../dist/tune/search.js';
import { startRedis } from './redis.mjs';

const { values } = parseArgs({
  options: { trials: { type: 'string', default: '2000' }, waiting: { type: 'string', default: '100000' } },
});
const [trials, waiting] = [Number(values.trials), Number(values.waiting)];

const folder = mkdtempSync(join(tmpdir(), 'two-layer-net-overhead-'));
const redis = await startRedis(folder);
const queues = await openQueues(redis.url);
const random = new RandomState(1);
const part = (rows) => ({
  X: new Matrix(Float32Array.from(random.randn(rows * 4)), 4),
  y: Array.from(random.choice(3, rows)),
});
const data = new Dataset({ train: part(64), validation: part(32) });

const search = (count) => ({
  search: 'random',
  trials: count,
  numIters: 1,
  space: { learningRate: { low: 1e-4, high: 1, scale: 'log' }, reg: { low: 0, high: 1 }, hiddenSize: 4, batchSize: 16 },
});
const studyOf = (name, options) => ({
  name,
  created: new Date().toISOString(),
  search: resolveSearch(options),
  ...dataRecord(data, fingerprint(data)),
  backend: backendInfo().backend,
  mixed: true,
  source: null,
  stateBytes: 0,
  done: false,
});
const seconds = async (action) => {
  const begin = performance.now();
  await action();
  return (performance.now() - begin) / 1000;
};
const megabytes = (bytes) => Math.round(bytes / 2 ** 20);

try {
  await sweep(data, search(50));
  const onOneThread = { ...search(trials), threads: 1 };
  const alone = await seconds(() => sweep(data, onOneThread));
  await createStudy(queues, studyOf('overhead', search(trials)));
  const agent = {
    study: 'overhead',
    exitWhenDone: true,
    backend: 'auto',
    places: 1,
    threads: 1,
    lock: 30_000,
    look: 1000,
    load: async () => data,
    signal: new AbortController().signal,
  };
  let first;
  let last;
  await runAgent(queues, {
    ...agent,
    onEvent: ({ kind }) => {
      if (kind !== 'result') return;
      first ??= performance.now();
      last = performance.now();
    },
  });
  const queued = (last - first) / 1000;
  await removeStudy(queues, 'overhead');
  report('milliseconds of a trial in one process', (1000 * alone) / trials);
  report('milliseconds of a trial by one agent, one at a time', (1000 * queued) / (trials - 1));
  report('overhead of the queue, milliseconds a trial', (1000 * queued) / (trials - 1) - (1000 * alone) / trials);

  const before = process.memoryUsage().rss;
  const study = studyOf('waiting', search(waiting));
  await createStudy(queues, study);
  report(`seconds to draw up ${waiting} trials`, await seconds(() => planOf(study.search)));
  const planner = planning(queues, study, 30_000);
  let peak = 0;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, 50);
  const added = await seconds(async () => {
    while ((await queues.queue(QUEUES.rounds(study)).getJobCounts('waiting-children'))['waiting-children'] === 0)
      await wait(100);
  });
  clearInterval(watch);
  report('trials that wait', await queues.queue(QUEUES.trials(study)).getWaitingCount());
  report('seconds to draw them up and to add them', added);
  report('megabytes that the head took for it', megabytes(peak - before));
  report('megabytes of the server', megabytes(Number(/used_memory:(\d+)/.exec(await info('memory'))?.[1])));
  const [commands, used] = [await commandsOf(), await cpuOf()];
  first = undefined;
  await runAgent(queues, {
    ...agent,
    study: 'waiting',
    count: 500,
    onEvent: ({ kind }) => {
      if (kind !== 'result') return;
      first ??= performance.now();
      last = performance.now();
    },
  });
  report('milliseconds of a trial by one agent, with these waiting', (last - first) / 499);
  report("the server's commands a trial, with those in scripts", ((await commandsOf()) - commands) / 500);
  report("the server's milliseconds of processor a trial", (1000 * ((await cpuOf()) - used)) / 500);
  const [idle, idleUsed] = [await commandsOf(), await cpuOf()];
  await wait(10_000);
  report("the server's commands a second, with a head alone", ((await commandsOf()) - idle) / 10);
  report("the server's milliseconds of processor a second, with a head alone", 100 * ((await cpuOf()) - idleUsed));
  await planner.close();
  await removeStudy(queues, 'waiting');
} finally {
  await queues.close();
  await redis.kill();
  rmSync(folder, { recursive: true, force: true });
}

function report(what, value) {
  console.log(`${what}: ${Number(value.toPrecision(3))}`);
}

async function commandsOf() {
  return Number(/total_commands_processed:(\d+)/.exec(await info('stats'))?.[1]);
}

/** Seconds of processor that the server has used. */
async function cpuOf() {
  const text = await info('cpu');
  return ['sys', 'user'].reduce(
    (sum, kind) => sum + Number(new RegExp(`used_cpu_${kind}:([\\d.]+)`).exec(text)?.[1]),
    0,
  );
}

/** What the server says of itself. */
function info(section) {
  const { port } = new URL(redis.url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(`INFO ${section}\r\n`));
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
      if (!/\r\n\r\n$/.test(text)) return;
      socket.destroy();
      resolve(text);
    });
    setTimeout(() => {
      socket.destroy();
      resolve(text);
    }, 500);
  });
}

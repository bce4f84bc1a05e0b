// What a study on a queue survives: trials by agents that are processes, an agent killed every few seconds, the queue's
// server killed and started again, an agent frozen past its lock. The results must be those of sweep in one process.
//
//   node bench/many-machines/kill.mjs [--trials 1000] [--agents 8] [--iterations 20000] [--kill-every 5]
//     [--restarts 2] [--lock 5] [--halving]
//
// Needs redis-server or valkey-server. Everything happens on 127.0.0.1 and in a temporary folder.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startRedis } from './redis.mjs';

const CLI = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const DATA = fileURLToPath(new URL('../../examples/fruit.csv', import.meta.url));

const { values } = parseArgs({
  options: {
    trials: { type: 'string', default: '1000' },
    agents: { type: 'string', default: '8' },
    iterations: { type: 'string', default: '20000' },
    'kill-every': { type: 'string', default: '5' },
    restarts: { type: 'string', default: '2' },
    lock: { type: 'string', default: '5' },
    halving: { type: 'boolean', default: false },
  },
});
const [trials, agents, killEvery, restarts, lock] = ['trials', 'agents', 'kill-every', 'restarts', 'lock'].map((name) =>
  Number(values[name]),
);

const folder = mkdtempSync(join(tmpdir(), 'two-layer-net-kill-'));
const redis = await startRedis(folder);
const env = { ...process.env, TWO_LAYER_NET_QUEUE: redis.url, TWO_LAYER_NET_CACHE: join(folder, 'cache') };
const search = [
  ...['--data', DATA, '--label', 'kind', '--iterations', values.iterations, '--trials', values.trials],
  ...['--search', values.halving ? 'halving' : 'random', '--learning-rate', 'log:1e-4..1e-1', '--reg', '0..1'],
  ...['--patience', '0', '--hidden', '8,16'],
];

const run = (...args) => spawnSync(process.execPath, [CLI, ...args], { env, encoding: 'utf8', maxBuffer: 2 ** 28 });
const say = (text) => console.log(`${((performance.now() - start) / 1000).toFixed(1).padStart(6)} s  ${text}`);
let start = performance.now();

const running = new Set();
let deaths = 0;
let closing = false;

/** Starts an agent, and another one when it was killed. */
function startAgent() {
  const args = [CLI, 'study', 'agent', '--exit-when-done', '--threads', '1', '--lock', values.lock];
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const agent = { child, ran: 0, frozen: false };
  child.stderr.setEncoding('utf8').on('data', (text) => {
    agent.ran += text.match(/ iterations: /g)?.length ?? 0;
  });
  running.add(agent);
  child.on('exit', (code, signal) => {
    running.delete(agent);
    if (signal === 'SIGKILL' && !closing) startAgent();
    else if (code !== 0 && !closing) say(`an agent ended with ${code ?? signal}`);
  });
}

const kind = values.halving ? 'halving' : 'random';
try {
  const created = run('study', 'create', 'kill', ...search);
  if (created.status !== 0) throw new Error(created.stderr);
  start = performance.now();
  say(`${kind} search of ${trials} trials on ${redis.version}; ${agents} agents; lock ${lock} s`);
  for (let i = 0; i < agents; i++) startAgent();
  const killer = setInterval(() => {
    const awake = [...running].filter(({ frozen, ran }) => !frozen && ran > 0);
    const agent = awake[Math.floor(Math.random() * awake.length)];
    if (!agent) return;
    agent.child.kill('SIGKILL');
    deaths++;
  }, killEvery * 1000);
  const count = () => JSON.parse(run('study', 'results', 'kill', '--json').stdout).results.length;
  // At even distances: the server's deaths, and the frozen agent between the first two.
  const total = values.halving ? undefined : trials;
  let done = 0;
  let frozen;
  for (let restarted = 0; running.size > 0; ) {
    await wait(1000);
    if (restarted < restarts || !frozen) done = count();
    const share = done / (total ?? trials);
    if (!frozen && share > 0.1) {
      frozen = [...running].find(({ ran }) => ran > 0);
      if (frozen) {
        frozen.frozen = true;
        frozen.child.kill('SIGSTOP');
        say(`froze an agent (SIGSTOP) at ${done} results`);
        const { child } = frozen;
        setTimeout(() => child.kill('SIGCONT') && say('it goes on'), 3 * lock * 1000);
      }
    }
    if (restarted < restarts && share > (restarted + 1) / (restarts + 2)) {
      await redis.kill();
      say(`killed the server (kill -9) at ${done} results`);
      await wait(500);
      await redis.start();
      say('started it again');
      restarted++;
    }
  }
  clearInterval(killer);
  const seconds = (performance.now() - start) / 1000;
  say(`done; ${deaths} agents killed`);
  const found = JSON.parse(run('study', 'results', 'kill', '--json').stdout);
  const study = join(folder, 'study.jsonl');
  const alone = join(folder, 'alone.jsonl');
  run('study', 'results', 'kill', '--results', study);
  const before = performance.now();
  const swept = run('sweep', ...search, '--results', alone);
  if (swept.status !== 0) throw new Error(swept.stderr);
  const sweepSeconds = (performance.now() - before) / 1000;
  const [one, other] = [study, alone].map(sortedLines);
  const ids = found.results.map(({ id, numIters }) => `${id} ${numIters}`);
  const outcome = {
    results: found.results.length,
    twice: ids.length - new Set(ids).size,
    lost: found.lost.length,
    equal: JSON.stringify(one) === JSON.stringify(other),
    deaths,
    seconds: Number(seconds.toFixed(1)),
    sweepSeconds: Number(sweepSeconds.toFixed(1)),
  };
  console.log(JSON.stringify(outcome));
  if (!outcome.equal || outcome.lost > 0 || outcome.twice > 0) {
    console.log(found.lost, one.filter((line) => !other.includes(line)).slice(0, 3));
    process.exitCode = 1;
  }
} finally {
  closing = true;
  for (const { child } of running) child.kill('SIGKILL');
  await redis.kill();
  rmSync(folder, { recursive: true, force: true });
}

/** The lines of a results file in their order, without the seconds, which differ between any two runs. */
function sortedLines(file) {
  return readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.replace(/"seconds":[\d.e-]+/, '"seconds":…'))
    .sort();
}

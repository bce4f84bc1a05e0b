// Measures a training that several processes of this machine share, one thread each, beside that of one process.
//
//   npm run build:mpi && npm run build:ts
//   node bench/processes/run.mjs [--shapes 1024x1024,8192x4096] [--processes 1,2] [--rounds 3] [--steps 4]
//
// A shape is N x H, a minibatch of N rows of 3072 bytes and H hidden units, for 10 classes. The least time of all
// rounds counts; the programs take turns.
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const STEP = join(dirname(fileURLToPath(import.meta.url)), 'step.mjs');
const { values } = parseArgs({
  options: {
    shapes: { type: 'string', default: '1024x1024,8192x4096' },
    processes: { type: 'string', default: '1,2' },
    rounds: { type: 'string', default: '3' },
    steps: { type: 'string', default: '4' },
    optimizer: { type: 'string', default: 'sgd' },
  },
});
const ENV = {
  ...process.env,
  // As root in a container, with as many processes as are asked for.
  OMPI_ALLOW_RUN_AS_ROOT: '1',
  OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1',
  OMPI_MCA_rmaps_base_oversubscribe: '1',
};

/** What `step.mjs` measures with these options: milliseconds. */
function measure(processes, options) {
  const words = ['-n', String(processes), process.execPath, STEP, JSON.stringify(options)];
  const { stdout, stderr, status } = spawnSync('mpirun', words, { env: ENV, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

const least = (list) => Math.min(...list).toPrecision(3);

console.log(`${cpus()[0].model}, Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}`);
console.log('N x H         processes  shards  step, ms  sum of gradients, ms  MB of gradients');
for (const shape of values.shapes.split(',')) {
  const [N, H] = shape.split('x').map(Number);
  const all = [{ processes: 1, shards: 1 }, ...values.processes.split(',').map((n) => ({ processes: +n, shards: 8 }))];
  const found = all.map(() => []);
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const [i, { processes, shards }] of all.entries()) {
      found[i].push(measure(processes, { N, H, shards, steps: Number(values.steps), optimizer: values.optimizer }));
    }
  }
  for (const [i, { processes, shards }] of all.entries()) {
    const [step, sum] = ['step', 'sum'].map((name) => least(found[i].map((times) => times[name])));
    const [{ megabytes }] = found[i];
    console.log(
      `${shape.padEnd(14)}${String(processes).padEnd(11)}${String(shards).padEnd(8)}${step.padEnd(10)}` +
        `${(processes > 1 ? sum : '–').padEnd(22)}${megabytes.toFixed(0)}`,
    );
  }
}

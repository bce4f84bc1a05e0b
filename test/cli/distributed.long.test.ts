/** `train --distributed`: real processes, which mpirun starts on this machine. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { RandomState } from '../../src/random/random-state.js';
import { MAIN, ROOT, runCli, startCommand } from '../support/run-cli.js';
import { DIST } from '../support/run-program.js';
import { sharedFolder } from '../support/temporary-folder.js';

/** Why nothing can be tested here; undefined if it can. */
function missing(): string | undefined {
  if (!existsSync(join(ROOT, 'build', 'mpi', 'two-layer-net-mpi.node'))) return 'npm run build:mpi has not been run';
  return spawnSync('mpirun', ['--version']).status === 0 ? undefined : 'there is no mpirun';
}

const cwd = sharedFolder();
const at = (name: string) => join(cwd, name);

/** As root, with more processes than cores, each wherever there is room. */
const env = {
  OMPI_ALLOW_RUN_AS_ROOT: '1',
  OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1',
  OMPI_MCA_rmaps_base_oversubscribe: '1',
  OMPI_MCA_hwloc_base_binding_policy: 'none',
};
const startMpi = (words: readonly string[]) => startCommand('mpirun', words, { cwd, env });
const command = (args: readonly string[]) => [process.execPath, MAIN, ...args, '--distributed'];
const start = (processes: number, args: readonly string[]) => startMpi(['-n', String(processes), ...command(args)]);

/** A table of three classes, and one with another number. */
const noise = new RandomState(1).randn(6000);
const lines = Array.from({ length: 2000 }, (_, i) => `${noise[3 * i] + (i % 3)},${noise[3 * i + 1]},k${i % 3}`);
writeFileSync(at('t.csv'), `a,b,kind\n${lines.join('\n')}\n`);
writeFileSync(at('other.csv'), `a,b,kind\n${lines.join('\n').replace(/^[^,]*/, '1.5')}\n`);

const TABLE = ['train', '--label', 'kind', '--data'];
const ADAM = [...TABLE, 't.csv', '--dtype', 'float64', '--dropout', '0.2', '--epochs', '8', '--patience', '2'];
const SGD = [...TABLE, 't.csv', '--optimizer', 'sgd', '--clip-norm', '1', '--patience', '0', '--epochs'];

/** Without the times. */
const lastingLines = (text: string) => text.replace(/^seconds.*$/gm, '');

/** The number of the second process that mpirun started. */
function secondProcess(parent: number | undefined): number {
  const { stdout } = spawnSync('pgrep', ['-P', String(parent), '-f', 'cli/main.js'], { encoding: 'utf8' });
  return Number(stdout.trim().split('\n')[1]);
}

const NAME = 'two-layer-net';
const why = missing();

describe.skipIf(why !== undefined)(why === undefined ? 'processes' : `processes (skipped: ${why})`, () => {
  test.each([
    ['float32', [...SGD, '5']],
    ['float64', ADAM],
  ])('train in %s as one with as many shards does, whatever their number', async (name, args) => {
    const file = `${name}.safetensors`;
    const alone = await runCli([...args, '--shards', '8', '--save', file], { cwd });
    expect(alone.code, alone.stderr).toBe(0);
    for (const processes of [2, 4]) {
      const together = await start(processes, [...args, '--save', `${processes}-${file}`]).done;
      expect(together.code, together.stderr).toBe(0);
      // Once, and not by each.
      expect(lastingLines(together.stdout)).toBe(lastingLines(alone.stdout));
      expect(readFileSync(at(`${processes}-${file}`)).equals(readFileSync(at(file)))).toBe(true);
    }
  });

  test('end when one of them is killed, and another number goes on to the same model', async () => {
    const args = [...SGD, '300'];
    const running = start(2, [...args, '--checkpoint', 'killed.checkpoint', '--every', '0.05']);
    while (!existsSync(at('killed.checkpoint'))) await new Promise((resolve) => setTimeout(resolve, 20));
    process.kill(secondProcess(running.child.pid), 'SIGKILL');
    const killed = await running.done;
    expect(killed.code).not.toBe(0);
    const rest = await start(1, [...args.slice(0, 5), '--resume', 'killed.checkpoint', '--save', 'rest.safetensors'])
      .done;
    expect(rest.code, rest.stderr).toBe(0);
    expect(rest.stderr).toMatch(/^Going on with the training in killed.checkpoint, after [1-9]\d* iterations$/m);
    const whole = await runCli([...args, '--shards', '8', '--save', 'whole.safetensors'], { cwd });
    expect(whole.code, whole.stderr).toBe(0);
    expect(readFileSync(at('rest.safetensors')).equals(readFileSync(at('whole.safetensors')))).toBe(true);
    expect(readdirSync(cwd).filter((file) => /\.(lock|tmp)/.test(file))).toEqual([]);
  });

  test('run what docs/data-parallel.md shows', async () => {
    copyFileSync(join(ROOT, 'examples', 'fruit.csv'), at('fruit.csv'));
    const document = readFileSync(join(ROOT, 'docs', 'data-parallel.md'), 'utf8');
    const commands = [...document.matchAll(/^mpirun (.*)$/gm)].map(([, words]) => words.split(' '));
    expect(commands).toHaveLength(2);
    for (const words of commands) {
      const { code, stderr } = await startMpi(
        words.flatMap((word) => (word === `node_modules/.bin/${NAME}` ? [process.execPath, MAIN] : word)),
      ).done;
      expect(code, stderr).toBe(0);
    }
    const [, program] = /```js\n([\s\S]*?)```/.exec(document) ?? [];
    writeFileSync(at('program.mjs'), program.replace("'two-layer-net'", JSON.stringify(DIST)));
    const { code, stdout, stderr } = await startMpi(['-n', '2', process.execPath, 'program.mjs']).done;
    expect(code, stderr).toBe(0);
    expect(stdout).toBe('trained by 2 processes\n');
  });

  test('all end when one of them gets a signal, and the code says so', async () => {
    const running = start(2, [...SGD, '1000000', '--checkpoint', 'told.checkpoint', '--every', '0.05']);
    while (!existsSync(at('told.checkpoint'))) await new Promise((resolve) => setTimeout(resolve, 20));
    process.kill(secondProcess(running.child.pid), 'SIGTERM');
    const { code, stderr } = await running.done;
    expect(stderr).toContain('The training is in told.checkpoint');
    expect(code).toBe(143);
  });

  test('all end when one of them is aborted before its training has begun', async () => {
    writeFileSync(
      at('aborted.mjs'),
      `import { processGroup, RandomState, TwoLayerNet } from ${JSON.stringify(DIST)};
      const group = processGroup();
      const signal = group.isFirst ? undefined : AbortSignal.abort();
      const X = Float32Array.of(1, 2, 3, 4);
      for (const checkpoint of [undefined, { file: 'aborted.checkpoint' }]) {
        const net = new TwoLayerNet({ inputSize: 1, hiddenSize: 2, numClasses: 2, random: new RandomState(1) });
        const options = { numIters: 3, batchSize: 2, shards: 2, group, signal, checkpoint };
        const { code } = await net.train(X, [0, 1, 0, 1], null, null, options).catch((error) => error);
        console.log([group.rank, code].join(' '));
      }`,
    );
    const { code, stdout, stderr } = await startMpi(['-n', '2', process.execPath, 'aborted.mjs']).done;
    expect(code, stderr).toBe(0);
    expect(stdout.trim().split('\n').sort()).toEqual([0, 0, 1, 1].map((rank) => `${rank} ABORT_ERR`));
  });

  test('refuse to train on different rows, and with other settings', async () => {
    const data = (file: string) => command([...TABLE, file, '--epochs', '2']);
    const rows = await startMpi(['-n', '1', ...data('t.csv'), ':', '-n', '1', ...data('other.csv')]).done;
    expect(rows.code).toBe(1);
    expect(rows.stderr).toContain(
      'Expected the same training rows, labels or weights in all 2 processes of a training, but process 1 (on ',
    );
    const rate = (value: string) => command([...TABLE, 't.csv', '--epochs', '2', '--learning-rate', value]);
    const settings = await startMpi(['-n', '1', ...rate('0.01'), ':', '-n', '1', ...rate('0.02')]).done;
    expect(settings.code).toBe(1);
    expect(settings.stderr).toContain('Expected the same settings in all 2 processes of a training');
    const three = await start(3, [...TABLE, 't.csv']).done;
    expect(three.stderr).toContain('Expected a power of two of processes, at most as many as the 8 --shards');
  });
});

test('without --distributed, each of several processes warns that it trains by itself', async () => {
  const warning = /^warning: this is one of 4 processes that were started together, .* pass --distributed/;
  const epoch = [...SGD, '1'];
  for (const name of ['OMPI_COMM_WORLD_SIZE', 'PMI_SIZE']) {
    const { code, stderr } = await runCli(epoch, { cwd, env: { [name]: '4' } });
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(warning);
  }
  expect((await runCli(epoch, { cwd, env: { OMPI_COMM_WORLD_SIZE: '1' } })).stderr).not.toContain('warning');
});

test('without the addon for MPI, the error says how to build it', async () => {
  const { code, stderr } = await runCli([...ADAM, '--distributed'], { cwd, env: { TWO_LAYER_NET_PREBUILD: cwd } });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^error: The addon for MPI, which joins processes, is not available: it has not been built/);
  expect(stderr).toContain('apt-get install libopenmpi-dev openmpi-bin');
  expect(stderr).toMatch(/run `.*build[:-]mpi/);
});

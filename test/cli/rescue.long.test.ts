/** Results that cannot be written where they should be, when the work is done: they are written elsewhere. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadModel, saveModel } from '../../src/model/model.js';
import { TwoLayerNet } from '../../src/net/two-layer-net.js';
import { ResultsFile } from '../../src/tune/results-file.js';
import { MAIN, type Running, runCli, startCli } from '../support/run-cli.js';
import { freshFolder } from '../support/temporary-folder.js';

const inFolder = freshFolder();

/** Starts a command whose outputs are in a folder that is gone when they are written; Ctrl-C ends its work. */
async function withoutFolder(args: string[], begun: string): Promise<Awaited<Running['done']>> {
  for (const name of ['out', 'here']) mkdirSync(inFolder(name));
  const running = startCli(args, { cwd: inFolder('here') });
  await running.shows(begun);
  rmSync(inFolder('out'), { recursive: true });
  running.child.kill('SIGINT');
  return running.done;
}

/** The file in the current folder whose name begins so. */
function rescued(begin: string): string {
  const name = readdirSync(inFolder('here')).find((each) => each.startsWith(begin)) ?? expect.fail(`no ${begin}`);
  return inFolder(`here/${name}`);
}

test('a trained model and the numbers of its training', async () => {
  const out = inFolder('out/model.safetensors');
  const outputs = ['--save', out, '--json', inFolder('out/r.json'), '--log', inFolder('log.csv')];
  const args = ['train', '--iterations', '1000000', '--hidden', '8', '--serve', ...outputs];
  const { code, stdout, stderr } = await withoutFolder(args, 'iteration 0 /');
  expect(code).toBe(1);
  expect(stdout).toMatch(/test accuracy/);
  expect(stderr).toContain(`warning: Cannot write ${out}: the folder ${inFolder('out')} does not exist`);
  expect(stderr).toMatch(/Written instead, the model: \S+\/model\.rescued-[0-9a-f]{8}\.safetensors\n/);
  expect(stderr).toMatch(/error: Cannot write .*model\.safetensors/);
  expect((await loadModel(rescued('model.rescued'))).hiddenSize).toBe(8);
  expect(rescued('r.rescued')).toMatch(/\.json$/);
  expect((await runCli(['evaluate', rescued('model.rescued')])).code).toBe(0);
});

const canMount = spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0;

test.skipIf(!canMount)('the results of a search on a disk that becomes full (skipped without mount)', async () => {
  for (const name of ['out', 'here']) mkdirSync(inFolder(name));
  const outputs = [
    '--csv',
    inFolder('out/t.csv'),
    '--results',
    inFolder('out/r.jsonl'),
    '--save',
    inFolder('out/m.npz'),
  ];
  const search = ['--iterations', '2', '--hidden', '4', '--reg', 'log:1e-3..1', '--search', 'random', '--trials', '60'];
  const script = `mount -t tmpfs -o size=8k none '${inFolder('out')}' && exec "$0" "$@"`;
  const command = ['-m', 'sh', '-c', script, process.execPath, MAIN, 'sweep', ...search, ...outputs];
  const { status, stderr } = spawnSync('unshare', command, { cwd: inFolder('here'), encoding: 'utf8' });
  expect(status, stderr).toBe(1);
  expect(stderr).toContain(`warning: Cannot write the results to ${inFolder('out/r.jsonl')}: ENOSPC`);
  expect(stderr).toMatch(/Written instead, the results: \S+\/r\.rescued/);
  const { file, saved } = await ResultsFile.resume(rescued('r.rescued'));
  await file.close();
  expect(saved.results).toHaveLength(60);
  expect(readFileSync(rescued('t.rescued'), 'utf8').trim().split('\n')).toHaveLength(61);
  expect((await loadModel(rescued('m.rescued'))).hiddenSize).toBe(4);
});

test.skipIf(!canMount)('predictions on a disk that becomes full (skipped without mount)', async () => {
  for (const name of ['out', 'here']) mkdirSync(inFolder(name));
  const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 3, numClasses: 2, classNames: ['a', 'b'] });
  await saveModel(inFolder('m.json'), net);
  writeFileSync(inFolder('rows.csv'), Array.from({ length: 50_000 }, (_, i) => `${i % 7},${i % 5}\n`).join(''));
  const json = inFolder('out/p.json');
  const script = `mount -t tmpfs -o size=64k none '${inFolder('out')}' && exec "$0" "$@"`;
  const predict = ['predict', inFolder('m.json'), inFolder('rows.csv'), '--no-header', '--json', json];
  const command = ['-m', 'sh', '-c', script, process.execPath, MAIN, ...predict];
  const { status, stdout, stderr } = spawnSync('unshare', command, {
    cwd: inFolder('here'),
    encoding: 'utf8',
    maxBuffer: 2 ** 27,
  });
  expect(status, stderr).toBe(1);
  expect(stdout.trim().split('\n')).toHaveLength(50_001);
  expect(stderr).toContain(`warning: Cannot write ${json}: no space is left on the device`);
  expect(stderr).toMatch(/Written instead, the predictions: \S+\/p\.rescued-[0-9a-f]{8}\.json\n/);
  const { predictions } = JSON.parse(readFileSync(rescued('p.rescued'), 'utf8'));
  expect(predictions).toHaveLength(50_000);
  expect(predictions.map(({ record }: { record: number }) => record)).toEqual(
    Array.from({ length: 50_000 }, (_, i) => i),
  );
});

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadModel } from '../../src/model/model.js';
import { MAIN, runCli, startCli } from '../support/run-cli.js';
import { sharedFolder } from '../support/temporary-folder.js';

/** A working folder whose data/ contains the synthetic stand-in in CIFAR-10's layout. */
const folder = sharedFolder();
const FEW = ['--iterations', '12', '--hidden', '8', '--batch-size', '40'];

beforeAll(async () => {
  expect(await runCli(['data', 'synthetic', 'data'], { cwd: folder })).toMatchObject({ code: 0 });
});

async function trainToJson(...args: string[]) {
  const { code, stdout } = await runCli(['train', ...args, '--json', '-'], { cwd: folder });
  expect(code).toBe(0);
  return JSON.parse(stdout);
}

describe('train', () => {
  test('two runs give the same bits, for any number of threads', async () => {
    const [one, two, three] = [
      await trainToJson(...FEW),
      await trainToJson(...FEW),
      await trainToJson(...FEW, '--threads', '3'),
    ];
    expect(two.lossHistory).toEqual(one.lossHistory);
    expect(three.lossHistory).toEqual(one.lossHistory);
    expect((await trainToJson(...FEW, '--seed', '1')).lossHistory).not.toEqual(one.lossHistory);
  });

  test('--data also accepts the parent of cifar-10-batches-bin', async () => {
    const parent = join(folder, 'parent');
    await mkdir(parent);
    await cp(join(folder, 'data'), join(parent, 'cifar-10-batches-bin'), { recursive: true });
    const { lossHistory } = await trainToJson('--data', parent, ...FEW);
    await rm(parent, { recursive: true });
    expect(lossHistory).toEqual((await trainToJson(...FEW)).lossHistory);
  });

  test('without data it trains on the same stand-in, and says how to use CIFAR-10', async () => {
    const empty = join(folder, 'empty');
    await mkdir(empty);
    const { code, stdout, stderr } = await runCli(['train', ...FEW, '--json', '-'], { cwd: empty });
    expect(code).toBe(0);
    expect(stderr).toMatch(/synthetic stand-in[\s\S]*npm run train -- --data DIR/);
    expect(JSON.parse(stdout)).toMatchObject({ data: 'synthetic' });
    expect(JSON.parse(stdout).lossHistory).toEqual((await trainToJson(...FEW)).lossHistory);
  });

  test('on the stand-in, as in the article, a larger learning rate beats the default settings', async () => {
    const poor = await trainToJson();
    const better = await trainToJson('--learning-rate', '1e-3', '--iterations', '2000');
    expect(poor.valAccuracy).toBeGreaterThan(0.15);
    expect(poor.valAccuracy).toBeLessThan(0.36);
    expect(better.valAccuracy).toBeGreaterThan(poor.valAccuracy + 0.1);
    expect(better.valAccuracy).toBeLessThan(0.8);
  });
});

describe('a reader that closes its end early', () => {
  const shell = (command: string) => execFileSync('bash', ['-c', command], { cwd: folder, encoding: 'utf8' });
  const TRAIN = `"${process.execPath}" "${MAIN}" train ${FEW.join(' ')}`;

  test('of standard output does not prevent files from being written', () => {
    expect(shell(`${TRAIN} --json closed.json 2>/dev/null | true; echo "\${PIPESTATUS[0]}"`)).toBe('0\n');
    expect(existsSync(join(folder, 'closed.json'))).toBe(true);
  });

  test('of standard error does not end the training', () => {
    shell(`${TRAIN} --iterations 2000 --save closed.safetensors 2> >(head -1 >/dev/null) >/dev/null`);
    expect(existsSync(join(folder, 'closed.safetensors'))).toBe(true);
  });
});

describe.each([
  { signal: 'SIGINT', exit: 130, again: 'Ctrl-C' },
  { signal: 'SIGTERM', exit: 143, again: 'SIGTERM' },
] as const)('$signal', ({ signal: name, exit, again }) => {
  const LONG = ['train', '--iterations', '100000000', '--hidden', '4'];

  test('once stops after the current iteration, and saves and evaluates the net', async () => {
    const { child, done, shows } = startCli([...LONG, '--save', 'stopped.safetensors', '--json', 'stopped.json'], {
      cwd: folder,
    });
    await shows('iteration 100 /');
    child.kill(name);
    const { code, stdout, stderr } = await done;
    // Lines of iterations that had already run may come in between.
    expect(stderr).toMatch(
      new RegExp(
        `${again} again stops at once\n(iteration .*\n)*Training was aborted after \\d+ of 100000000 iterations`,
      ),
    );
    expect(stdout).toMatch(/test accuracy/);
    expect(code).toBe(exit);
    const result = JSON.parse(await readFile(join(folder, 'stopped.json'), 'utf8'));
    const model = await loadModel(join(folder, 'stopped.safetensors'));
    expect(result.interrupted).toBe(true);
    expect(result.lossHistory.length).toBeGreaterThan(100);
    expect(model.history?.lossHistory).toEqual(result.lossHistory);
  });

  test('twice stops at once', async () => {
    const { child, done, shows } = startCli([...LONG, '--hidden', '300', '--backend', 'js'], { cwd: folder });
    await shows('iteration 0 /');
    child.kill(name);
    await shows('Stopping after this iteration');
    child.kill(name);
    // The system's default action, which a shell reports as 130. It works even while an iteration blocks the thread.
    const { signal, stdout } = await done;
    expect(signal).toBe(name);
    expect(stdout).toBe('');
  });
});

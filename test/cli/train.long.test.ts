import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { runCli } from '../support/run-cli.js';
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

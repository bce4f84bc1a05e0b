import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCli } from '../support/run-cli.js';
import { sharedFolder } from '../support/temporary-folder.js';

const folder = sharedFolder();

describe('a usage error exits with 2 and says what was expected', () => {
  test.each([
    [['train', '--hiden', '5'], /unknown option '--hiden'[\s\S]*Did you mean --hidden\?/],
    [['train', '--lr', '3'], /unknown option '--lr'\n\(Did you mean --learning-rate\?\)/],
    [
      ['train', '--learning-rate-init=3'],
      /unknown option '--learning-rate-init=3'\n\(Did you mean --learning-rate\?\)/,
    ],
    [['train', '--hidden-layer-sizes', '3'], /Did you mean --hidden\?/],
    [['train', '--max_iter', '3'], /Did you mean --epochs\?/],
    [['sweep', '--max-iter', '3'], /Did you mean --iterations\?/],
    [['train', '--random-state', '3'], /Did you mean --seed\?/],
    [['train', '--dropout-rate', '0.5'], /unknown option '--dropout-rate'\n\(Did you mean --dropout\?\)\n/],
    [['bench', '--lr', '3'], /'--lr': it is called --learning-rate in this package, and does not belong here\n/],
    [['trian'], /unknown command 'trian'[\s\S]*Did you mean train\?/],
    [['train', '--hidden', '0'], /--hidden.*Expected an integer from 1 to \d+ .*received "0"/],
    [['train', '--hidden', '2.5'], /Expected an integer/],
    [['train', '--hidden', ''], /Expected an integer.*received ""/],
    [['train', '--learning-rate', '-1'], /Expected a finite number above 0 .*received "-1"/],
    [['train', '--reg', 'NaN'], /Expected a finite number of at least 0 .*received "NaN"/],
    [['train', '--seed', '4294967296'], /from 0 to 4294967295/],
    [['train', '--threads', '0'], /Expected an integer from 1/],
    [['train', '--dtype', 'float16'], /Allowed choices are float32, float64/],
    [['train', '--backend', 'gpu'], /Allowed choices are auto, native, wasm, js/],
    [['train', 'surplus'], /too many arguments/],
    [['study', 'agent'], /required option '--queue <url>' not specified: pass it, or set TWO_LAYER_NET_QUEUE\n/],
    [['evaluate'], /missing required argument 'model'/],
    [['predict', 'model'], /missing required argument 'files'/],
    [[], /Usage: two-layer-net/],
  ])('%j', async (args, message) => {
    const { code, stdout, stderr } = await runCli(args);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
    expect(stdout).toBe('');
  });
});

test.each([
  [['--help']],
  [['train', '--help']],
  [['evaluate', '--help']],
  [['bench', '--help']],
  [['data', 'synthetic', '--help']],
])('%j prints to standard output and exits with 0', async (args) => {
  const { code, stdout } = await runCli(args);
  expect(stdout).toMatch(/^Usage: two-layer-net/);
  expect(code).toBe(0);
});

test("train's help shows the article's defaults", async () => {
  const { stdout } = await runCli(['train', '--help']);
  const text = stdout.replace(/\s+/g, ' ');
  for (const shown of [
    /--hidden <units>[^-]*\(default: 50\)/,
    /--iterations <n>[^-]*\(default: 1000\)/,
    /--batch-size <rows>[^-]*\(default: 200\)/,
    /--learning-rate <number>[^-]*\(default: 0\.0001\)/,
    /--learning-rate-decay <factor>[^-]*\(default: 0\.95\)/,
    /--reg <number>[^-]*\(default: 0\.5\)/,
    /--std <number>[^-]*\(default: 0\.0001\)/,
  ]) {
    expect(text).toMatch(shown);
  }
});

describe('an error outside the command line exits with 1, before any training', () => {
  test.each([
    ['a missing data folder', () => ['train', '--data', join(folder, 'nowhere')], /nowhere/],
    [
      'a folder without the files',
      () => ['train', '--data', folder],
      /is a folder without supported data.*data download cifar10/,
    ],
    ['a --save path in a missing folder', () => ['train', '--save', join(folder, 'no', 'model')], /no/],
    ['a --save path that is a folder', () => ['train', '--save', folder], /folder|directory/],
    ['a --json path in a missing folder', () => ['train', '--json', join(folder, 'no', 'result')], /no/],
    ['standard output for --save', () => ['train', '--save', '-'], /--save cannot write to standard output/],
    [
      'one file for two results',
      () => ['train', '--save', join(folder, 'same'), '--json', `${folder}/./same`],
      /--json and --save are the same file/,
    ],
    [
      'a result that would replace the model',
      () => ['evaluate', join(folder, 'text'), '--json', join(folder, 'text')],
      /--json and the model are the same file/,
    ],
    ['a missing model', () => ['evaluate', join(folder, 'no.safetensors')], /no\.safetensors/],
    ['a file that is not a model', () => ['predict', join(folder, 'text'), join(folder, 'text')], /text/],
  ])('%s', async (_name, args, message) => {
    await writeFile(join(folder, 'text'), 'This is not a model.');
    const { code, stdout, stderr } = await runCli(args());
    expect(stderr).toMatch(/^error: /m);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/iteration|\n\s+at /);
    expect(stdout).toBe('');
    expect(code).toBe(1);
  });

  test('DEBUG=1 shows the stack', async () => {
    const { stderr } = await runCli(['train', '--data', join(folder, 'nowhere')], { env: { DEBUG: '1' } });
    expect(stderr).toMatch(/\n\s+at /);
  });
});

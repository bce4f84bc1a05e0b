import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { RandomState } from '../../src/random/random-state.js';
import { type Finished, runCli, startCli } from '../support/run-cli.js';
import { sharedFolder } from '../support/temporary-folder.js';

const cwd = sharedFolder();
const at = (name: string) => join(cwd, name);
const run = (...args: string[]) => runCli(args, { cwd });

/** A table of three classes; its training takes seconds. */
const noise = new RandomState(1).randn(6000);
const lines = Array.from({ length: 2000 }, (_, i) => `${noise[3 * i] + (i % 3)},${noise[3 * i + 1]},k${i % 3}`);
writeFileSync(at('t.csv'), `a,b,kind\n${lines.join('\n')}\n`);

const TABLE = ['train', '--data', 't.csv', '--label', 'kind'];
const WAYS = {
  net: { data: ['train'], settings: ['--iterations', '1500', '--hidden', '10'] },
  classifier: { data: TABLE, settings: ['--epochs', '300', '--patience', '0', '--seed', '5'] },
};

/** What is printed for people, without the times. */
const withoutTimes = (text: string) => text.replace(/^seconds.*$/m, '');
/** The last of the lines of iterations. */
const lastLines = (text: string) => text.match(/^iteration .*$/gm)?.slice(-3);

describe.each(Object.entries(WAYS))('a training of a %s', (name, { data, settings }) => {
  const wholeModel = `${name}-whole.safetensors`;
  let whole: Finished;

  beforeAll(async () => {
    whole = await run(...data, ...settings, '--save', wholeModel);
    expect(whole.code, whole.stderr).toBe(0);
  });

  test.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)('that %s ends goes on to the same model', async (signal) => {
    const [file, saved] = [`${name}-${signal}.checkpoint`, `${name}-${signal}.safetensors`];
    const begun = startCli([...data, ...settings, '--checkpoint', file, '--every', '0.05'], { cwd });
    while (!existsSync(at(file))) await new Promise((resolve) => setTimeout(resolve, 5));
    begun.child.kill(signal);
    const ended = await begun.done;
    if (signal !== 'SIGKILL') {
      expect(ended.code, ended.stderr).toBe(signal === 'SIGINT' ? 130 : 143);
      expect(ended.stderr).toContain(
        `The training is in ${file}: --resume ${file}, with the same data, goes on with it`,
      );
    }
    const rest = await run(...data, '--resume', file, '--save', saved);
    expect(rest.code, rest.stderr).toBe(0);
    expect(rest.stderr).toMatch(new RegExp(`^Going on with the training in ${file}, after [1-9]\\d* iterations$`, 'm'));
    // Only what was not there before.
    expect(rest.stderr).not.toContain('iteration 0 /');
    expect(readFileSync(at(saved))).toStrictEqual(readFileSync(at(wholeModel)));
    expect(withoutTimes(rest.stdout)).toBe(withoutTimes(whole.stdout));
    expect(lastLines(rest.stderr)).toStrictEqual(lastLines(whole.stderr));
    expect(readdirSync(cwd).filter((file) => /\.(lock|tmp)/.test(file))).toEqual([]);
  });
});

describe('--resume', () => {
  test('refuses other settings and other data by name, and takes the same', async () => {
    const { code, stderr } = await run(...TABLE, '--epochs', '3', '--seed', '5', '--checkpoint', 'ended.checkpoint');
    expect(code, stderr).toBe(0);
    const seed = await run(...TABLE, '--resume', 'ended.checkpoint', '--seed', '6');
    expect(seed.code).toBe(2);
    expect(seed.stderr).toContain(
      '--seed 6 cannot be used with --resume ended.checkpoint, whose training was begun with 5: leave it out',
    );
    writeFileSync(at('other.csv'), readFileSync(at('t.csv'), 'utf8').replace(/k1\n/, 'k2\n'));
    const other = await run('train', '--data', 'other.csv', '--label', 'kind', '--resume', 'ended.checkpoint');
    expect(other.code).toBe(1);
    expect(other.stderr).toMatch(/it was begun with other training rows or labels/);
    expect((await run(...TABLE, '--resume', 'ended.checkpoint', '--seed', '5')).code).toBe(0);
  });

  test('refuses a file of a program, none, and flags that need it', async () => {
    const none = await run(...TABLE, '--resume', 'none');
    expect(none.stderr).toContain('Cannot resume the training in none: expected a checkpoint, found no such file');
    expect((await run(...TABLE, '--every', '3')).stderr).toContain('--every needs --checkpoint or --resume');
    const ensemble = await run(...TABLE, '--ensemble', '2', '--checkpoint', 'e.checkpoint');
    expect(ensemble.stderr).toContain('--ensemble cannot be used with --checkpoint and --resume, which keep one net');
  });
});

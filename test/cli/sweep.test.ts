import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { runCli } from '../support/run-cli.js';
import { freshFolder } from '../support/temporary-folder.js';

const at = freshFolder();
const run = (...args: string[]) => runCli(['sweep', ...args], { cwd: at() });

/** Options for a search of about a second. */
const SHORT = ['--iterations', '40', '--hidden', '10', '--batch-size', '50'];

describe('sweep', () => {
  test("prints each trial once, in the article's lines, and evaluates the best", async () => {
    const { code, stdout, stderr } = await run(...SHORT, '--learning-rate', '1e-3,1e-4,1e30', '--no-results');
    expect(code, stderr).toBe(0);
    const lines = stdout.split('\n');
    // In the order and format of the article's Python program.
    const number = '0\\.\\d{6}';
    const rates = ['1.000000e-04', '1.000000e-03', '1.000000e+30'];
    for (const [i, rate] of rates.entries()) {
      for (const [j, reg] of ['4', '5', '6'].entries()) {
        const accuracies = rate.endsWith('30')
          ? 'train accuracy: nan val accuracy: nan \\(diverged\\)'
          : `train accuracy: ${number} val accuracy: ${number}`;
        expect(lines[3 * i + j]).toMatch(
          new RegExp(`^lr ${rate.replace(/[.+]/g, '\\$&')} reg ${reg}\\.000000e-01 ${accuracies}$`),
        );
      }
    }
    const best = /^best validation accuracy: (0\.\d{6})$/.exec(lines[9]);
    const accuracies = lines.slice(0, 6).map((line) => Number(line.slice(line.lastIndexOf(' '))));
    expect(Number(best?.[1])).toBe(Math.max(...accuracies));
    expect(stdout).not.toMatch(/^rank|cross-validation/m);
    expect(stdout).toMatch(/^test accuracy {2}0\.\d{4}$/m);
    expect(stderr).toMatch(/^trial 9 of 9 \([0-9a-f]{12}\): lr \S+, reg \S+, 40 iterations: /m);
    expect(readdirSync(at())).toStrictEqual([]);
  });

  test('shows the settings that vary, whichever they are, and the seed if there are several', async () => {
    const search = ['--learning-rate', '1e-3', '--reg', '0.5', '--seeds', '2', '--no-results'];
    const { stderr, stdout } = await run('--iterations', '5', '--hidden', '10', ...search, '--batch-size', '20,30');
    // Each combination once, best first: the article's lines have no place for these.
    const [head, ...lines] = stdout.split('\n');
    expect(head).toMatch(/^rank {2}batch {2}seeds {2}validation +training$/);
    expect(lines.slice(0, 3)).toEqual([
      expect.stringMatching(/^1 +[23]0 +2 +0\.\d{4} ± /),
      expect.stringMatching(/^2 +[23]0 +2 +0\.\d{4} ± /),
      expect.stringMatching(/^best validation accuracy: 0\.\d{6}$/),
    ]);
    expect(stdout).not.toMatch(/^lr /m);
    expect(stderr).toMatch(/^trial 4 of 4 \([0-9a-f]{12}\): batch [23]0, seed [01], 5 iterations: /m);
  });

  test.each<[string, string[], RegExp]>([
    ['a range in a grid', ['--reg', '0..1'], /a list of values for reg in a grid .* use the search 'random' or/],
    ['trials of a grid', ['--trials', '4'], /no trials with search 'grid', .* but received 4/],
    ['a value that is not a number', ['--learning-rate', '1e-3,x'], /--learning-rate.*received "x"/],
    ['a range upside down', ['--search', 'random', '--reg', '1..0'], /a low end below the high end 0 of reg/],
    ['an unknown kind', ['--search', 'bayes'], /Allowed choices are grid, random, halving/],
    ['a factor without halving', ['--eta', '4'], /--eta can only be used with --search halving/],
    ['--resume without results', ['--resume', 'x', '--no-results'], /--no-results cannot be used with --resume/],
    ['--resume with other settings', ['--resume', 'x.jsonl', '--seeds', '2'], /--seeds cannot be used with --resume/],
  ])('reports %s as a usage error', async (_, args, message) => {
    const { code, stderr } = await run(...args);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
    expect(readdirSync(at())).toStrictEqual([]);
  });

  test('says so at once if a space has fewer combinations than requested', async () => {
    const few = ['--search', 'random', '--trials', '9', '--learning-rate', '1e-3,1e-4', '--reg', '0.5', '--no-results'];
    const { code, stderr } = await run(...SHORT, ...few);
    expect(code).toBe(0);
    expect(stderr).toContain('only 2 combinations, fewer than the 9 requested');
    expect(stderr).toMatch(/^trial 2 of 2 .*; best 0\.\d{4}, \d\.\d s left$/m);
  });

  test('leaves no file behind when it cannot begin', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { code, stderr } = await run(...SHORT, '--results', 'r.jsonl', '--serve', String(port));
    other.close();
    expect(code).toBe(1);
    expect(stderr).toMatch(/another program is using it/);
    expect(existsSync(at('r.jsonl'))).toBe(false);
  });
});

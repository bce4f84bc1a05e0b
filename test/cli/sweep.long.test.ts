import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { TrialResult } from '../../src/tune/trial.js';
import { runCli, startCli } from '../support/run-cli.js';
import { freshFolder } from '../support/temporary-folder.js';

const at = freshFolder();
const run = (...args: string[]) => runCli(['sweep', ...args], { cwd: at() });

/** Options for a search of about a second. */
const SHORT = ['--iterations', '40', '--hidden', '10', '--batch-size', '50'];

const numbersOf = (results: readonly TrialResult[]) => results.map(({ seconds: _, ...numbers }) => numbers);

describe('sweep', () => {
  test('has the numbers of `train` with the same settings and seed', async () => {
    const search = ['--learning-rate', '1e-3', '--reg', '0.25,0.5', '--seed', '3', '--seeds', '2', '--no-results'];
    const { stdout } = await run(...SHORT, ...search, '--json', '-', '--save', 'best.safetensors');
    const { results, best, ranking, testAccuracy } = JSON.parse(stdout);
    expect(results).toHaveLength(4);
    for (const { settings, seed, valAccuracy, trainAccuracy, loss } of results) {
      const settingsOf = ['--reg', String(settings.reg), '--learning-rate', '1e-3', '--seed', String(seed)];
      const own = await runCli(['train', ...SHORT, ...settingsOf, '--json', '-']);
      const trained = JSON.parse(own.stdout);
      expect({ valAccuracy, trainAccuracy, loss }).toStrictEqual({
        valAccuracy: trained.valAccuracy,
        trainAccuracy: trained.trainAccuracy,
        loss: trained.lossHistory.at(-1),
      });
      if (best.id === results.find((one: TrialResult) => one.seed === seed && one.settings.reg === settings.reg).id) {
        expect(testAccuracy).toBe(trained.testAccuracy);
      }
    }
    expect(ranking[0].trials).toContain(best.id);
    expect(ranking[0].valAccuracy.deviation).toBeGreaterThanOrEqual(0);
    const evaluated = await runCli(['evaluate', 'best.safetensors', '--json', '-'], { cwd: at() });
    expect(JSON.parse(evaluated.stdout).accuracy).toBe(testAccuracy);
  });

  test('is the same search after Ctrl-C and --resume', async () => {
    const search = [
      '--learning-rate',
      '1e-3',
      '--reg',
      '0.1,0.2,0.3,0.4,0.5,0.6',
      '--iterations',
      '900',
      '--hidden',
      '10',
    ];
    const whole = await run(...search, '--results', 'whole.jsonl', '--json', 'whole.json');
    expect(whole.code, whole.stderr).toBe(0);
    const begun = startCli(['sweep', ...search, '--results', 'part.jsonl', '--json', 'part.json'], { cwd: at() });
    await begun.shows('trial 1 of 6');
    begun.child.kill('SIGINT');
    const { code, stdout, stderr } = await begun.done;
    expect(code, stderr).toBe(130);
    expect(stderr).toMatch(/The search was aborted after \d of 6 trials/);
    expect(stderr).toMatch(/^Writing each result to part.jsonl: --resume part.jsonl continues a search/m);
    expect(stderr).toContain(
      'The finished trials are in part.jsonl. To continue the search, run: two-layer-net sweep --resume part.jsonl',
    );
    const part = JSON.parse(readFileSync(at('part.json'), 'utf8'));
    expect(part.interrupted).toBe(true);
    expect(part.results.length).toBeGreaterThan(0);
    expect(part.results.length).toBeLessThan(6);
    expect(stdout.match(/^lr 1\.0/gm)).toHaveLength(part.results.length);
    // As if the power had failed while a result was written.
    writeFileSync(at('part.jsonl'), `${readFileSync(at('part.jsonl'), 'utf8')}{"id":"half`);
    const rest = await run('--resume', 'part.jsonl', '--json', 'rest.json');
    expect(rest.code, rest.stderr).toBe(0);
    expect(rest.stderr).toContain(
      'The last line of part.jsonl was not written completely, so its trial runs again: "{\\"id\\":\\"half"',
    );
    expect(rest.stderr).toContain(`${part.results.length} of 6 trials are already finished`);
    const [all, resumed] = ['whole.json', 'rest.json'].map((name) => JSON.parse(readFileSync(at(name), 'utf8')));
    expect(numbersOf(resumed.results)).toStrictEqual(numbersOf(all.results));
    expect(resumed.best.id).toBe(all.best.id);
    expect(resumed.testAccuracy).toBe(all.testAccuracy);
    const lines = readFileSync(at('part.jsonl'), 'utf8').trim().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toHaveLength(7);
    expect(part.testAccuracy).toBeUndefined();
    // All trials are finished, so another run trains only the best net.
    const again = await run('--resume', 'part.jsonl', '--json', 'again.json');
    expect(again.code, again.stderr).toBe(0);
    const repeated = JSON.parse(readFileSync(at('again.json'), 'utf8'));
    expect(repeated.results).toStrictEqual(resumed.results);
    expect(repeated.testAccuracy).toBe(all.testAccuracy);
  });

  test('refuses to resume a search on other data', async () => {
    await runCli(['data', 'synthetic', 'other', '--seed', '1'], { cwd: at() });
    const begun = await run(...SHORT, '--learning-rate', '1e-3', '--reg', '0.5', '--results', 'r.jsonl');
    expect(begun.code, begun.stderr).toBe(0);
    const { code, stderr } = await run('--resume', 'r.jsonl', '--data', 'other');
    expect(code).toBe(1);
    expect(stderr).toMatch(/it was run on other data; name the same data with --data/);
  });

  test('runs successive halving, and writes a table of all trials', async () => {
    const search = ['--search', 'halving', '--trials', '9', '--iterations', '90', '--min-iterations', '10'];
    const space = ['--learning-rate', 'log:1e-5..1e-2', '--reg', '0..1', '--hidden', '10'];
    const { code, stdout, stderr } = await run(...search, ...space, '--csv', 'trials.csv');
    expect(code, stderr).toBe(0);
    const [heads, ...rows] = readFileSync(at('trials.csv'), 'utf8').trimEnd().split('\r\n');
    expect(heads).toMatch(
      /^id,learning_rate,reg,hidden,batch_size,learning_rate_decay,std,([a-z_]+,)*dtype,([a-z_]+,)*seed,/,
    );
    expect(heads).toMatch(/,num_iters,iterations,status,validation_accuracy,train_accuracy,loss,seconds$/);
    const column = heads.split(',').indexOf('num_iters');
    const iterations = rows.map((row) => row.split(',')[column]);
    expect(iterations).toStrictEqual([...Array(9).fill('10'), ...Array(3).fill('30'), '90']);
    expect(stdout).toMatch(/^rank {2}lr +reg +iterations {2}validation {2}training$/m);
    // The default name.
    const [results] = readdirSync(at()).filter((name) => name.endsWith('.jsonl'));
    expect(results).toMatch(/^sweep-\d{8}-\d{6}-\d{3}\.jsonl$/);
    expect(stderr).toContain(`Wrote the results to ${results}`);
  });

  test('refuses, before any work, what it cannot do, and keeps existing files', async () => {
    writeFileSync(at('old.jsonl'), 'mine');
    const taken = await run(...SHORT, '--results', 'old.jsonl');
    expect(taken).toMatchObject({ code: 1, stdout: '' });
    expect(taken.stderr).toMatch(
      /Cannot write the results to old.jsonl: the file exists; continue its search with --resume old.jsonl/,
    );
    const other = await run('--resume', 'old.jsonl');
    expect(other).toMatchObject({ code: 1, stdout: '' });
    expect(other.stderr).toMatch(/Cannot continue the search in old.jsonl: .*/);
    expect(readFileSync(at('old.jsonl'), 'utf8')).toBe('mine');
    const missing = await run('--resume', 'none.jsonl');
    expect(missing.stderr).toMatch(/the file does not exist/);
    const nowhere = await run(...SHORT, '--csv', 'no/such/folder.csv');
    expect(nowhere.stderr).toMatch(/--csv|Cannot write no\/such\/folder.csv/);
    expect(nowhere.code).toBe(1);
    expect(existsSync(at('no'))).toBe(false);
  });
});

/** `two-layer-net study` over processes: what they print, and what survives when they are killed. */
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { redisProgram, startRedis } from '../../bench/many-machines/redis.mjs';
import { openQueues } from '../../src/study/queues.js';
import { QUEUES } from '../../src/study/record.js';
import { getStudy } from '../../src/study/studies.js';
import { serveFiles } from '../support/file-server.js';
import { ROOT, type RunOptions, runCli, startCli, startScript } from '../support/run-cli.js';
import { sharedFolder } from '../support/temporary-folder.js';
import { describeWithRedis } from './support.js';

const folder = sharedFolder();
const fruit = join(folder, 'fruit.csv');
copyFileSync(join(ROOT, 'examples', 'fruit.csv'), fruit);

/** The lines of a results file in order, without what differs between any two runs. */
const lines = (file: string) =>
  readFileSync(join(folder, file), 'utf8')
    .split('\n')
    .map((line) => line.replace(/"seconds":[\d.e-]+/, ''))
    .sort();

const SEARCH = ['--label', 'kind', '--search', 'halving', '--hidden', '4,8', '--iterations', '200', '--seeds', '2'];

describeWithRedis('studies', (server) => {
  const env = () => ({ TWO_LAYER_NET_QUEUE: server().url, TWO_LAYER_NET_CACHE: join(folder, 'cache') });
  const study = (args: string[], options: RunOptions = {}) =>
    runCli(['study', ...args], { cwd: folder, env: env(), ...options });

  test('agents one after the other give what sweep gives; watch plans the last round when none is left', async () => {
    const created = await study(['create', 'fruit', '--data', fruit, ...SEARCH]);
    expect(created).toMatchObject({ code: 0, stdout: '', stderr: expect.stringMatching(/begins with 36 trials/) });
    expect((await study(['create', 'fruit', '--data', fruit, ...SEARCH])).stderr).toMatch(/is there already/);
    const other = await study(['create', 'fruit', '--data', fruit, '--label', 'kind']);
    expect(other).toMatchObject({ code: 1, stderr: expect.stringMatching(/another study has this name/) });
    expect((await study(['agent', '--count', '1'])).stderr).toMatch(/Ran 1 trial\n$/);
    const both = await study(['results', 'fruit', '--json', '--csv']);
    expect(both).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/standard output takes one of them/),
    });
    const some = await study(['results', 'fruit', '--json']);
    expect(some.stderr).toMatch(/The study is running: 1 of \d+ results are there/);
    expect(JSON.parse(some.stdout)).toMatchObject({ study: 'fruit', status: 'running', lost: [] });
    const watched = startCli(['study', 'watch', 'fruit', '--serve'], { cwd: folder, env: env() });
    await watched.shows('Live report: ');
    const page = /Live report: (\S+)/.exec(watched.stderr())?.[1] as string;
    expect(await (await fetch(page)).text()).toContain('<html');
    await study(['agent', '--exit-when-done', '--study', 'fruit']);
    await watched.shows('The report remains at');
    expect(watched.stderr()).toMatch(/1 of (\d+) trials are already finished/);
    expect(watched.stderr()).toMatch(/trial (\d+) of \1 .*val accuracy.*; best/);
    watched.child.kill('SIGTERM');
    const done = await watched.done;
    expect(done.stdout).toMatch(/best validation accuracy .*\n.*\nresults +(\d+) of \1\nstudy +done/);
    await study(['results', 'fruit', '--results', 'study.jsonl', '--csv', 'study.csv']);
    const alone = ['sweep', '--data', fruit, ...SEARCH, '--results', 'alone.jsonl', '--csv', 'alone.csv'];
    expect((await runCli(alone, { cwd: folder })).code).toBe(0);
    expect(lines('study.jsonl')).toEqual(lines('alone.jsonl'));
    const table = (file: string) => readFileSync(join(folder, file), 'utf8').replace(/,[^,]+$/gm, '');
    expect(table('study.csv')).toBe(table('alone.csv'));
    const resume = [
      'sweep',
      '--resume',
      'study.jsonl',
      '--data',
      fruit,
      '--label',
      'kind',
      '--save',
      'best.safetensors',
    ];
    expect((await runCli(resume, { cwd: folder })).stderr).toMatch(/Saved the best model/);
    expect(await study(['stop', 'fruit'])).toMatchObject({ code: 0, stderr: expect.stringMatching(/^Stopped fruit/) });
    expect((await study(['resume', 'fruit'])).code).toBe(0);
    expect((await study(['remove', 'fruit'])).code).toBe(0);
    const gone = await study(['results', 'fruit']);
    expect(gone).toMatchObject({ code: 1, stderr: expect.stringMatching(/found no fruit: there is none/) });
  });

  test('a cross-validation is a study for each fold; their results are the means over folds', async () => {
    const search = [
      '--label',
      'kind',
      '--iterations',
      '40',
      '--hidden',
      '4,8',
      '--learning-rate',
      '0.01',
      '--reg',
      '0',
    ];
    const created = await study(['create', 'cv', '--data', fruit, '--folds', '3', ...search]);
    expect(created.stderr.match(/Created the study cv\.[123] /g)).toHaveLength(3);
    expect((await study(['agent', '--exit-when-done'])).stderr).toMatch(/Ran 6 trials\n$/);
    const names = ['cv.1', 'cv.2', 'cv.3'];
    const found = JSON.parse((await study(['results', ...names, '--json'])).stdout);
    expect(found).toMatchObject({ status: 'done', lost: [] });
    expect(new Set(found.results.map(({ data }: { data: string }) => data)).size).toBe(3);
    expect(found.ranking).toHaveLength(2);
    for (const { settings, valAccuracy } of found.ranking) {
      type One = { settings: { hiddenSize: number }; valAccuracy: number };
      const folds = found.results.filter((one: One) => one.settings.hiddenSize === settings.hiddenSize);
      expect(valAccuracy.mean).toBeCloseTo(folds.reduce((sum: number, one: One) => sum + one.valAccuracy, 0) / 3, 12);
    }
    for (const name of names) await study(['remove', name]);
  });

  test('data behind a URL come once to a machine, checked; a signed URL is not shown', async () => {
    const { url, requests } = await serveFiles({ 'fruit.csv': readFileSync(fruit) });
    const data = `${url}fruit.csv?signature=s3cret`;
    const created = await study(['create', 'remote', '--data', data, '--label', 'kind', '--iterations', '20']);
    expect(created.stderr).toMatch(/begins with 9 trials/);
    const away = { ...env(), TWO_LAYER_NET_CACHE: join(folder, 'another machine') };
    const before = requests.length;
    const agents = ['1', '2'].map(() => study(['agent', '--exit-when-done', '--study', 'remote'], { env: away }));
    const [one, two] = await Promise.all(agents);
    expect(Number(/Ran (\d+)/.exec(one.stderr)?.[1]) + Number(/Ran (\d+)/.exec(two.stderr)?.[1])).toBe(9);
    expect(requests.length).toBe(before + 1);
    expect(created.stderr + one.stderr + two.stderr).not.toContain('s3cret');
    const moved = await study(['agent', '--exit-when-done', '--study', 'remote', '--data', join(folder, 'none.csv')]);
    expect(moved.stderr).toMatch(/Ran 0 trials/);
    await study(['remove', 'remote']);
  });

  test('a trial that has ended three agents is marked, and no fourth one gets it', async () => {
    const search = [
      '--label',
      'kind',
      '--iterations',
      '200000000',
      '--learning-rate',
      '0.01',
      '--reg',
      '0',
      '--patience',
      '0',
    ];
    await study(['create', 'poison', '--data', fruit, ...search]);
    const queues = await openQueues(server().url);
    const trials = queues.queue(QUEUES.trials(await getStudy(queues, 'poison')));
    const args = ['study', 'agent', '--study', 'poison', '--exit-when-done', '--lock', '1', '--threads', '1'];
    try {
      for (let killed = 0; killed < 3; killed++) {
        const agent = startCli(args, { env: env() });
        await expect.poll(() => trials.getActiveCount()).toBe(1);
        // The last agent's trial counts as given up when its lock has run out.
        await expect.poll(async () => (await trials.getActive())[0]?.attemptsStarted).toBe(killed + 1);
        agent.child.kill('SIGKILL');
        await agent.done;
      }
      const last = await study(args.slice(1));
      expect(last).toMatchObject({ code: 0, stderr: expect.stringMatching(/Ran 0 trials\n$/) });
      const { stdout, stderr } = await study(['results', 'poison', '--csv']);
      expect(stderr).toMatch(/^The trial \w+ has no result after 200000000 iterations: it ended three agents/);
      expect(stdout.split('\n')[1]).toMatch(/,lost,,,,\r$/);
    } finally {
      await queues.close();
      await study(['remove', 'poison']);
    }
  });
});

const missing = redisProgram() === undefined;
const why = missing ? ' (skipped: there is no redis-server or valkey-server)' : '';

test.skipIf(missing)(`agents and the server are killed, an agent is frozen: nothing is lost${why}`, async () => {
  const script = join(ROOT, 'bench', 'many-machines', 'kill.mjs');
  const args = ['--trials', '150', '--agents', '3', '--restarts', '1', '--lock', '2', '--kill-every', '3', '--halving'];
  const { code, stdout, stderr } = await startScript(script, args).done;
  expect(code, stdout + stderr).toBe(0);
  // In any order: how far the agents are at that moment is a matter of chance.
  for (const event of ['froze an agent', 'killed the server', 'it goes on']) expect(stdout).toContain(event);
  const outcome = JSON.parse(stdout.trim().split('\n').at(-1) as string);
  expect(outcome).toMatchObject({ twice: 0, lost: 0, equal: true });
  expect(outcome.deaths).toBeGreaterThan(0);
});

test.skipIf(missing)(`a server with a password: it is used, and never printed${why}`, async () => {
  const place = join(folder, 'locked');
  mkdirSync(place);
  const locked = await startRedis(place, { password: 's3cret' });
  const study = (url: string, ...args: string[]) => runCli(['study', ...args], { env: { TWO_LAYER_NET_QUEUE: url } });
  try {
    const created = await study(locked.url, 'create', 'fruit', '--data', fruit, '--label', 'kind', '--iterations', '5');
    expect(created).toMatchObject({ code: 0, stderr: expect.stringContaining('agent --queue redis://127.0.0.1:') });
    const { code, stderr } = await study(locked.url.replace('s3cret', 's3cret-but-wrong'), 'results', 'fruit');
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/^error: Cannot reach the queue at redis/),
    });
    const help = await study(locked.url, 'agent', '--help');
    expect(created.stderr + stderr + help.stdout).not.toContain('s3cret');
  } finally {
    await locked.kill();
  }
});

/** Agents in this process, on real servers: what they run, refuse, give back and lose. */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { Dataset, RandomState, TwoLayerNet, trainingState } from '../../src/index.js';
import { type AgentSummary, runAgent } from '../../src/study/agent.js';
import type { AgentEvent, AgentSettings } from '../../src/study/agent-settings.js';
import { queue } from '../../src/study/index.js';
import { readOutcomes } from '../../src/study/outcomes.js';
import { ordered, planOf } from '../../src/study/plan.js';
import { openQueues, type Queues } from '../../src/study/queues.js';
import { QUEUES, type Study } from '../../src/study/record.js';
import { StudyStates } from '../../src/study/states.js';
import { createStudy, getStudy, removeStudy, resumeStudy, stopStudy } from '../../src/study/studies.js';
import { fingerprint } from '../../src/tune/results-file.js';
import { sweep } from '../../src/tune/sweep.js';
import { describeWithPostgres } from './postgres.js';
import { describeWithRedis, HALVING, points, studyOn, withoutSeconds } from './support.js';

const data = points();

async function withQueues<T>(url: string, action: (queues: Queues) => Promise<T>): Promise<T> {
  const queues = await openQueues(url);
  try {
    return await action(queues);
  } finally {
    await queues.close();
  }
}

function agent(url: string, given: Partial<AgentSettings> = {}): Promise<AgentSummary> {
  return withQueues(url, (queues) =>
    runAgent(queues, {
      exitWhenDone: true,
      backend: 'auto',
      places: 2,
      threads: 1,
      lock: 2000,
      load: async () => data,
      onEvent: () => {},
      signal: new AbortController().signal,
      ...given,
    }),
  );
}

const resultsOf = (queues: Queues, name: string) =>
  getStudy(queues, name).then(async (study) =>
    withoutSeconds(ordered(await planOf(study.search), (await readOutcomes(queues, study)).results)),
  );

/** What holds on each server. */
function onAnyServer(url: () => string): void {
  test('two agents give a halving the results of one process, from states that the other one kept', async () => {
    const here = await sweep(data, HALVING);
    await withQueues(url(), async (queues) => {
      const study = studyOn(data, HALVING, { name: 'halving' });
      expect(await createStudy(queues, study)).toBe('created');
      expect(await createStudy(queues, study)).toBe('joined');
      // The first agent ends after the first round; its states are in the queue.
      const { trials } = await agent(url(), { count: 36 });
      expect(trials).toBe(36);
      expect(await queues.queue(QUEUES.states('halving', 0)).getWaitingCount()).toBeGreaterThan(5);
      const summaries = await Promise.all([agent(url()), agent(url())]);
      expect(await resultsOf(queues, 'halving')).toEqual(withoutSeconds(here.results));
      expect(summaries.reduce((sum, one) => sum + one.trials, 36)).toBe(here.results.length);
      expect(await queues.queue(QUEUES.states('halving', 0)).getWaitingCount()).toBe(0);
      const other = studyOn(data, { ...HALVING, seeds: 1 }, { name: 'halving' });
      await expect(createStudy(queues, other)).rejects.toMatchObject({ code: 'ERR_STUDY' });
      await removeStudy(queues, 'halving');
      await expect(getStudy(queues, 'halving')).rejects.toMatchObject({ code: 'ERR_STUDY' });
    });
  });

  test('sweep takes its results from agents, and joins what is there already', async () => {
    const search = {
      space: { learningRate: [0.1, 0.3], hiddenSize: 5, batchSize: 16 },
      numIters: 50,
      seeds: 2,
    } as const;
    const here = await sweep(data, search);
    const executor = queue(url(), { name: 'by-sweep' });
    const told: string[] = [];
    const onResult = ({ id }: { id: string }) => void told.push(id);
    const [there] = await Promise.all([
      sweep(data, { ...search, executor, onResult }),
      new Promise((resolve) => setTimeout(resolve, 500)).then(() => agent(url(), { study: 'by-sweep' })),
    ]);
    expect(withoutSeconds(there.results)).toEqual(withoutSeconds(here.results));
    expect(there.best?.net.params).toEqual(here.best?.net.params);
    expect(told.sort()).toEqual(here.results.map(({ id }) => id).sort());
    const again = await sweep(data, { ...search, executor });
    expect(again.results).toEqual(there.results);
  });

  test('a study that is removed while agents run it leaves nothing, and none of it counts for another of its name', async () => {
    const long = { ...HALVING, numIters: 30_000, minIters: 10_000, seeds: 1 } as const;
    const others = points(4);
    const search = { space: { learningRate: [0.1, 0.3], hiddenSize: 5, batchSize: 16 }, numIters: 50 } as const;
    const load = async (study: Study) => (study.data === fingerprint(data) ? data : others);
    await withQueues(url(), async (queues) => {
      await createStudy(queues, studyOn(data, long, { name: 'name' }));
      const end = new AbortController();
      const told: string[] = [];
      const given = { load, exitWhenDone: false, signal: end.signal };
      const agents = [1, 2].map(() => agent(url(), { ...given, onEvent: ({ kind }) => void told.push(kind) }));
      const states = queues.queue(QUEUES.states('name', 0));
      await expect.poll(() => states.getWaitingCount(), { timeout: 20_000 }).toBeGreaterThan(2);
      await removeStudy(queues, 'name');
      const created = new Date(1).toISOString();
      await createStudy(queues, studyOn(others, search, { name: 'name', created }));
      await expect.poll(async () => (await getStudy(queues, 'name')).done, { timeout: 20_000 }).toBe(true);
      expect((await readOutcomes(queues, await getStudy(queues, 'name'))).lost).toEqual(new Map());
      expect(await resultsOf(queues, 'name')).toEqual(withoutSeconds((await sweep(others, search)).results));
      const both = await Promise.allSettled([removeStudy(queues, 'name'), removeStudy(queues, 'name')]);
      expect(both.some(({ status }) => status === 'fulfilled')).toBe(true);
      end.abort();
      await Promise.all(agents);
      expect(told.filter((kind) => kind === 'removed').length).toBeGreaterThan(0);
      expect(told).not.toContain('trouble');
      const names = [QUEUES.trials('name'), QUEUES.rounds('name'), QUEUES.states('name', 0)];
      const counts = await Promise.all(names.map((name) => queues.queue(name).getJobCounts()));
      expect(counts.flatMap(Object.values<number>).filter((count) => count > 0)).toEqual([]);
    });
  });
}

describeWithPostgres('on PostgreSQL', (url, restart) => {
  onAnyServer(url);

  test('a server that is started again in the middle loses nothing, and nothing counts twice', async () => {
    const learningRate = Array.from({ length: 24 }, (_, i) => (i + 1) / 100);
    const search = { space: { learningRate, hiddenSize: 5, batchSize: 16 }, numIters: 10_000 } as const;
    const here = await sweep(data, search);
    const told: string[] = [];
    const troubles: string[] = [];
    const agents = new AbortController();
    const restarts: Promise<unknown>[] = [];
    let results = 0;
    const onEvent = (event: AgentEvent) => {
      if (event.kind === 'trouble') troubles.push(event.message);
      if (event.kind !== 'result') return;
      results++;
      if (results === 5) restarts.push(restart('fast'));
      if (results === 12) restarts.push(Promise.all(restarts).then(() => restart('immediate')));
    };
    const onResult = ({ id }: { id: string }) => void told.push(id);
    const there = sweep(data, { ...search, executor: queue(url(), { name: 'restarted' }), onResult });
    const given = { exitWhenDone: false, signal: agents.signal, onEvent };
    const working = [1, 2].map(() => agent(url(), given));
    expect(withoutSeconds((await there).results)).toEqual(withoutSeconds(here.results));
    expect(told.sort()).toEqual(here.results.map(({ id }) => id).sort());
    await Promise.all(restarts);
    expect(troubles.join('\n')).toMatch(/terminat/);
    expect(troubles.join('\n')).not.toContain('s3cret');
    agents.abort();
    await Promise.all(working);
  });
});

describeWithRedis('on Redis', (server) => {
  const url = () => server().url;
  onAnyServer(url);

  test('what is left of a removal that was broken off is removed, by another one or for a new study', async () => {
    await withQueues(url(), async (queues) => {
      const study = studyOn(data, { numIters: 5 }, { name: 'left' });
      await createStudy(queues, study);
      await queues.queue(QUEUES.studies).remove('left');
      await removeStudy(queues, 'left');
      await expect(removeStudy(queues, 'left')).rejects.toMatchObject({ code: 'ERR_STUDY' });
      await createStudy(queues, study);
      await agent(url(), { study: 'left', count: 3 });
      await queues.queue(QUEUES.studies).remove('left');
      const created = new Date(1).toISOString();
      await createStudy(queues, studyOn(points(4), { numIters: 5 }, { name: 'left', created }));
      await agent(url(), { study: 'left', load: async () => points(4) });
      const { results, lost } = await readOutcomes(queues, await getStudy(queues, 'left'));
      expect([results.size, lost.size]).toEqual([6, 0]);
      await removeStudy(queues, 'left');
    });
  });

  test('a database that is not there is told, and not that of number 0 taken', async () => {
    await expect(openQueues(`${url()}/99`)).rejects.toMatchObject({
      code: 'ERR_QUEUE',
      message: expect.stringMatching(/DB index is out of range/),
    });
  });

  test('agents refuse other data, other classes and another arithmetic, and leave the trials to others', async () => {
    await withQueues(url(), async (queues) => {
      await createStudy(queues, studyOn(data, { numIters: 5 }, { name: 'refused', mixed: false }));
      const refused = (given: Partial<AgentSettings>) => agent(url(), { study: 'refused', ...given });
      expect([...(await refused({})).refused.values()]).toEqual([expect.stringMatching(/other last digits/)]);
      await removeStudy(queues, 'refused');
      await createStudy(queues, studyOn(data, { numIters: 5 }, { name: 'refused' }));
      const more = new Dataset({ train: data.train, validation: data.part('validation'), numClasses: 4 });
      for (const load of [async () => points(4), async () => more]) {
        const { trials, refused: why } = await refused({ load });
        expect(trials).toBe(0);
        expect([...why.values()]).toEqual([expect.stringMatching(/are not those that it was created on/)]);
      }
      expect(await queues.queue(QUEUES.trials('refused')).getFailedCount()).toBe(0);
      expect((await refused({})).trials).toBe(6);
      await removeStudy(queues, 'refused');
    });
  });

  test('a study that is stopped begins no trial; an agent that is ended gives its trials back', async () => {
    const long = { space: { learningRate: [0.01, 0.02], hiddenSize: 64, batchSize: 64 }, numIters: 2_000_000 } as const;
    await withQueues(url(), async (queues) => {
      await createStudy(queues, studyOn(data, long, { name: 'long' }));
      const trials = queues.queue(QUEUES.trials('long'));
      const end = new AbortController();
      const ended = agent(url(), { signal: end.signal, study: 'long' });
      await expect.poll(() => trials.getActiveCount()).toBe(2);
      end.abort();
      expect((await ended).trials).toBe(0);
      expect(await trials.getJobCounts('active', 'waiting')).toEqual({ active: 0, waiting: 2 });
      await stopStudy(queues, 'long');
      expect((await agent(url(), { study: 'long' })).trials).toBe(0);
      await resumeStudy(queues, 'long');
      const again = new AbortController();
      const working = agent(url(), { signal: again.signal, study: 'long' });
      await expect.poll(() => trials.getActiveCount()).toBe(2);
      // A study that is removed ends the agents' work on it.
      await removeStudy(queues, 'long');
      again.abort();
      expect((await working).trials).toBe(0);
    });
  });

  test('a state comes back bit for bit, but not for another trial, nor damaged, nor without room', async () => {
    const net = await TwoLayerNet.create({ inputSize: 4, hiddenSize: 5, numClasses: 3, random: new RandomState(1) });
    const state = trainingState(net, await net.train(data, { numIters: 7, batchSize: 8, optimizer: 'adam' }));
    await withQueues(url(), async (queues) => {
      const study = studyOn(data, {}, { name: 'states' });
      await createStudy(queues, study);
      const states = new StudyStates(queues, study);
      expect(await states.keep(0, 'abcabcabcabc', state)).toBe(true);
      const found = await states.find(0, 'abcabcabcabc', 7);
      expect(found).toEqual(state);
      expect(await states.find(0, 'abcabcabcabc', 8)).toBeUndefined();
      const queue = queues.queue<string>(QUEUES.states('states', 0));
      const kept = await queue.getJob('abcabcabcabc-7');
      const data64 = kept?.data as string;
      await queue.add('state', data64, { jobId: 'defdefdefdef-7' });
      expect(await states.find(0, 'defdefdefdef', 7)).toBeUndefined();
      const bytes = Buffer.from(data64, 'base64');
      bytes[bytes.length - 9] ^= 1;
      await kept?.updateData(bytes.toString('base64'));
      expect(await states.find(0, 'abcabcabcabc', 7)).toBeUndefined();
      const small = new StudyStates(queues, { ...study, stateBytes: data64.length * 2 });
      expect(await small.keep(0, '012012012012', state)).toBe(false);
      await states.dropAll(0);
      expect(await small.keep(0, '012012012012', state)).toBe(true);
      await removeStudy(queues, 'states');
    });
  });

  test('what was put into the queue by somebody else is marked, and the others go on', async () => {
    await withQueues(url(), async (queues) => {
      const study = studyOn(data, { numIters: 5 }, { name: 'hostile' });
      await createStudy(queues, study);
      const job = { settings: { learningRate: 0.5, shell: 'rm' }, seed: 0, round: 0, numIters: 5, from: 0, last: true };
      await queues.queue(QUEUES.trials('hostile')).add('trial', job, { jobId: '0123456789ab-5' });
      await agent(url(), { study: 'hostile' });
      const { results, lost } = await readOutcomes(queues, study);
      expect(results.size).toBe(6);
      expect([...lost.values()]).toMatchObject([{ id: '0123456789ab', reason: expect.stringMatching(/^not a trial/) }]);
      await removeStudy(queues, 'hostile');
    });
  });
});

describe('a server that does not answer', () => {
  test('that speaks for PostgreSQL is given up, too', async () => {
    // It accepts connections, and says nothing.
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    try {
      await expect(openQueues(`postgres://127.0.0.1:${port}/db`, 300)).rejects.toMatchObject({ code: 'ERR_QUEUE' });
    } finally {
      silent.close();
    }
  });

  test('is told without its password', async () => {
    const message = expect.stringMatching(/^Cannot reach the queue at redis:\/\/127\.0\.0\.1:1: (?!.*s3cret)/);
    await expect(openQueues('redis://:s3cret@127.0.0.1:1', 300)).rejects.toMatchObject({ code: 'ERR_QUEUE', message });
  });
});

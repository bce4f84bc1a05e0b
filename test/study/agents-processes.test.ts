/** Agents in this process, on real servers: what they run, refuse, give back and lose. */
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Dataset, RandomState, saveDataset, TwoLayerNet, trainingState } from '../../src/index.js';
import { type AgentSummary, runAgent } from '../../src/study/agent.js';
import type { AgentEvent, AgentSettings } from '../../src/study/agent-settings.js';
import { queue } from '../../src/study/index.js';
import { fetchSource, loadStudyData } from '../../src/study/load.js';
import { readOutcomes } from '../../src/study/outcomes.js';
import { ordered, planOf } from '../../src/study/plan.js';
import { openQueues, type Queues } from '../../src/study/queues.js';
import { QUEUES } from '../../src/study/record.js';
import { StudyStates } from '../../src/study/states.js';
import { createStudy, findStudy, getStudy, removeStudy, resumeStudy, stopStudy } from '../../src/study/studies.js';
import { fingerprint } from '../../src/tune/results-file.js';
import { sweep } from '../../src/tune/sweep.js';
import { serveFiles } from '../support/file-server.js';
import { freshFolder } from '../support/temporary-folder.js';
import { describeWithPostgres } from './postgres.js';
import { describeWithRedis, HALVING, points, studyOn, withoutSeconds } from './support.js';

const data = points();
const inFolder = freshFolder();

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
      lock: 10_000,
      look: 50,
      load: async () => data,
      onEvent: () => {},
      signal: new AbortController().signal,
      ...given,
    }),
  );
}

/** The study may not be there yet. */
async function agentOnceThereIs(study: string, url: string): Promise<void> {
  await withQueues(url, (queues) => expect.poll(() => findStudy(queues, study)).toBeDefined());
  await agent(url, { study });
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
      expect(await queues.queue(QUEUES.states(study, 0)).getWaitingCount()).toBeGreaterThan(5);
      const summaries = await Promise.all([agent(url()), agent(url())]);
      expect(await resultsOf(queues, 'halving')).toEqual(withoutSeconds(here.results));
      expect(summaries.reduce((sum, one) => sum + one.trials, 36)).toBe(here.results.length);
      expect(await queues.queue(QUEUES.states(study, 0)).getWaitingCount()).toBe(0);
      const other = studyOn(data, { ...HALVING, seeds: 1 }, { name: 'halving' });
      await expect(createStudy(queues, other)).rejects.toMatchObject({ code: 'ERR_STUDY' });
      await removeStudy(queues, 'halving');
      await expect(getStudy(queues, 'halving')).rejects.toMatchObject({ code: 'ERR_STUDY' });
    });
  });

  test('sweep takes its results from agents, and joins what is there already', async () => {
    const search = {
      space: { learningRate: [0.1, 0.3, 0.03, 0.01, 0.5, 0.2], hiddenSize: 5, batchSize: 16 },
      numIters: 50,
      seeds: 2,
    } as const;
    // Such as one of too many listeners.
    const warned: Error[] = [];
    process.on('warning', (warning) => warned.push(warning));
    const here = await sweep(data, search);
    const executor = queue(url(), { name: 'by-sweep', data: 'points.npz' });
    const told: string[] = [];
    const onResult = ({ id }: { id: string }) => void told.push(id);
    const [there] = await Promise.all([
      sweep(data, { ...search, executor, onResult }),
      agentOnceThereIs('by-sweep', url()),
    ]);
    expect(withoutSeconds(there.results)).toEqual(withoutSeconds(here.results));
    expect(there.best?.net.params).toEqual(here.best?.net.params);
    expect(told.sort()).toEqual(here.results.map(({ id }) => id).sort());
    const again = await sweep(data, { ...search, executor });
    expect(again.results).toEqual(there.results);
    expect(warned).toEqual([]);
    const { source } = await withQueues(url(), (queues) => getStudy(queues, 'by-sweep'));
    expect(source?.data).toBe(resolve('points.npz'));
  });

  test('a study that is removed while agents plan and run it leaves nothing', async () => {
    const long = { ...HALVING, numIters: 30_000, minIters: 10_000, seeds: 1 } as const;
    await withQueues(url(), async (queues) => {
      const study = studyOn(data, long, { name: 'removed' });
      await createStudy(queues, study);
      const end = new AbortController();
      const told: string[] = [];
      const onEvent = (event: AgentEvent) => void told.push(event.kind === 'trouble' ? event.message : event.kind);
      const given = { study: 'removed', exitWhenDone: false, signal: end.signal, onEvent };
      const agents = [1, 2].map(() => agent(url(), given));
      const states = queues.queue(QUEUES.states(study, 0));
      await expect.poll(() => states.getWaitingCount(), { timeout: 20_000 }).toBeGreaterThan(2);
      const both = await Promise.allSettled([removeStudy(queues, 'removed'), removeStudy(queues, 'removed')]);
      expect(both.some(({ status }) => status === 'fulfilled')).toBe(true);
      await expect.poll(() => told.filter((kind) => kind === 'waiting').length).toBe(2);
      end.abort();
      await Promise.all(agents);
      expect(new Set(told)).toEqual(new Set(['study', 'result', 'removed', 'waiting']));
      const names = [QUEUES.trials(study), QUEUES.rounds(study), QUEUES.states(study, 0)];
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
    const given = { exitWhenDone: false, signal: agents.signal, onEvent, lock: 3000 };
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

  test('a database that is not there is told, and that of number 0 not taken instead', async () => {
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
      const study = studyOn(data, { numIters: 5 }, { name: 'refused' });
      await createStudy(queues, study);
      const more = new Dataset({ train: data.train, validation: data.part('validation'), numClasses: 4 });
      for (const load of [async () => points(4), async () => more]) {
        const { trials, refused: why } = await refused({ load });
        expect(trials).toBe(0);
        expect([...why.values()]).toEqual([expect.stringMatching(/are not those that it was created on/)]);
      }
      expect(await queues.queue(QUEUES.trials(study)).getFailedCount()).toBe(0);
      expect((await refused({})).trials).toBe(6);
      await removeStudy(queues, 'refused');
    });
  });

  test('data that could not be loaded are tried again; an agent that is ended does not wait for them', async () => {
    await withQueues(url(), async (queues) => {
      await createStudy(queues, studyOn(data, { numIters: 5 }, { name: 'loaded' }));
      const told: string[] = [];
      const onEvent = (event: AgentEvent) => void (event.kind === 'refused' && told.push(event.message));
      let tries = 0;
      const load = async () => {
        tries++;
        if (tries > 1) return data;
        throw new Error('the disk is away');
      };
      const given = { study: 'loaded', count: 1, exitWhenDone: false, look: 3, load, onEvent };
      expect(await agent(url(), given)).toEqual({ trials: 1, refused: new Map() });
      expect(told).toEqual(['the disk is away']);
      const end = new AbortController();
      const never = (): Promise<Dataset> => {
        end.abort();
        return new Promise(() => {});
      };
      expect((await agent(url(), { study: 'loaded', load: never, signal: end.signal })).trials).toBe(0);
      await removeStudy(queues, 'loaded');
    });
  });

  test('a study that is stopped begins no trial; an agent that is ended gives its trials back', async () => {
    const long = { space: { learningRate: [0.01, 0.02], hiddenSize: 64, batchSize: 64 }, numIters: 2_000_000 } as const;
    await withQueues(url(), async (queues) => {
      const study = studyOn(data, long, { name: 'long' });
      await createStudy(queues, study);
      const trials = queues.queue(QUEUES.trials(study));
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
      again.abort();
      expect((await working).trials).toBe(0);
      await removeStudy(queues, 'long');
    });
  });

  test('an agent of a study that was removed leaves the next one of its name alone', async () => {
    const before = { space: { learningRate: 0.01, hiddenSize: 64, batchSize: 64 }, numIters: 2_000_000 } as const;
    await withQueues(url(), async (queues) => {
      const [removed, next] = [before, { numIters: 5 }].map((search, i) =>
        studyOn(data, search, { name: 'again', created: new Date(i).toISOString() }),
      );
      await createStudy(queues, removed);
      const working = agent(url());
      await expect.poll(() => queues.queue(QUEUES.trials(removed)).getActiveCount()).toBe(1);
      await removeStudy(queues, 'again');
      await createStudy(queues, next);
      expect((await working).trials).toBe(6);
      expect((await readOutcomes(queues, next)).results.size).toBe(6);
      await removeStudy(queues, 'again');
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
      const queue = queues.queue<string>(QUEUES.states(study, 0));
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

  test('what somebody else put into the queue is marked; who took it takes another one instead', async () => {
    await withQueues(url(), async (queues) => {
      const study = studyOn(data, { numIters: 5 }, { name: 'hostile' });
      const job = { settings: { learningRate: 0.5, shell: 'rm' }, seed: 0, round: 0, numIters: 5, from: 0, last: true };
      await queues.queue(QUEUES.trials(study)).add('trial', job, { jobId: '0123456789ab-5' });
      await createStudy(queues, study);
      expect((await agent(url(), { count: 1, exitWhenDone: false })).trials).toBe(1);
      expect((await agent(url(), { study: 'hostile' })).trials).toBe(5);
      const { results, lost } = await readOutcomes(queues, study);
      expect(results.size).toBe(6);
      expect([...lost.values()]).toMatchObject([{ id: '0123456789ab', reason: expect.stringMatching(/^not a trial/) }]);
      await removeStudy(queues, 'hostile');
    });
  });
});

describeWithRedis('a server that goes away', (server) => {
  test('keeps neither an agent nor a search from ending', async () => {
    const long = { space: { learningRate: 0.01, hiddenSize: 64, batchSize: 64 }, numIters: 2_000_000 } as const;
    const end = new AbortController();
    const { signal } = end;
    const executor = queue(server().url, { name: 'cut-off', mixed: true });
    const search = sweep(data, { ...long, executor, signal }).catch((error) => error);
    let working: Promise<AgentSummary> | undefined;
    await new Promise<void>((resolve) => {
      const onEvent = ({ kind }: AgentEvent) => kind === 'study' && resolve();
      working = agent(server().url, { signal, exitWhenDone: false, onEvent });
    });
    await server().kill();
    end.abort();
    expect(await search).toMatchObject({ code: 'ABORT_ERR' });
    expect(await working).toMatchObject({ trials: 0 });
  });
});

describe('the data of a study', () => {
  test('rows that were damaged where they are kept are made again', async () => {
    process.env.TWO_LAYER_NET_CACHE = inFolder('cache');
    const file = inFolder('points.npz');
    await saveDataset(file, points());
    const study = studyOn(points(), {}, { source: { data: file, reading: {}, prepare: null } });
    const load = async () => fingerprint(await loadStudyData(study));
    expect(await load()).toBe(study.data);
    const kept = inFolder(`cache/data/${study.data}/X_train.npy`);
    const good = readFileSync(kept);
    writeFileSync(
      kept,
      good.map((byte, i) => (i === good.length - 3 ? byte ^ 1 : byte)),
    );
    expect(await load()).toBe(study.data);
    expect(readFileSync(kept)).toEqual(good);
  });

  test('that are not where the study says are told with what names another place', async () => {
    process.env.TWO_LAYER_NET_CACHE = inFolder('none');
    const study = studyOn(points(), {}, { source: { data: inFolder('none.csv'), reading: {}, prepare: null } });
    await expect(loadStudyData(study)).rejects.toThrow(/none\.csv does not exist.*name it with --data$/);
    await expect(loadStudyData(study, inFolder('other.csv'))).rejects.toThrow(/other\.csv does not exist(?!.*--data)/);
  });

  test('what is at an address is kept by a name that it may have, and nothing of what fails', async () => {
    process.env.TWO_LAYER_NET_CACHE = inFolder('fetched');
    const { url } = await serveFiles({ '%zz.csv': Buffer.from('a,b') });
    const { path, file } = await fetchSource(`${url}%zz.csv`);
    expect(file.name).toBe('%zz.csv');
    expect(readFileSync(path, 'utf8')).toBe('a,b');
    await expect(fetchSource(`${url}none.csv`)).rejects.toMatchObject({ code: 'ERR_DOWNLOAD' });
    expect(readdirSync(inFolder('fetched/files'))).toEqual([file.sha256]);
  });
});

describe('a server that does not answer', () => {
  test('is given up where it speaks for PostgreSQL, too', async () => {
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

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import type { BackendName } from '../../src/backend/choose.js';
import { Matrix } from '../../src/data/matrix.js';
import { TwoLayerNet } from '../../src/net/two-layer-net.js';
import type { TrainingHistory } from '../../src/training/history.js';
import { trainingState } from '../../src/training/state.js';
import { type SweepOptions, sweep } from '../../src/tune/sweep.js';
import type { SweepResults } from '../../src/tune/sweep-results.js';
import type { TrialResult } from '../../src/tune/trial.js';
import { TrialStates } from '../../src/tune/trial-states.js';
import { describeOnBackends } from '../support/backends.js';
import { freshFolder } from '../support/temporary-folder.js';
import { newNet, rejection, rows, X, y } from '../support/training.js';

const at = freshFolder();
const part = (N: number) => ({ X: new Matrix(rows(N).X, 7), y: rows(N).y });
const data = { train: part(90), validation: part(40) };

/** A halving of 9, 3 and 1 combinations. */
const HALVING = (backend: BackendName): SweepOptions => ({
  backend,
  search: 'halving',
  space: {
    learningRate: [0.01, 0.03, 0.1],
    reg: [0.001, 0.01, 0.1],
    hiddenSize: 8,
    optimizer: 'adam',
    batchSize: 9,
  },
  numIters: 360,
  minIters: 40,
});

/** Follows all trainings: iterations made, in all. */
function counting(): () => number {
  let made = 0;
  const train = TwoLayerNet.prototype.train as (...args: unknown[]) => Promise<TrainingHistory>;
  vi.spyOn(TwoLayerNet.prototype, 'train').mockImplementation(async function (this: TwoLayerNet, ...args: unknown[]) {
    const before = (args[1] as { resume: TrainingHistory }).resume.lossHistory.length;
    const count = (history: TrainingHistory) => {
      made += history.lossHistory.length - before;
    };
    try {
      const history = await train.apply(this, args);
      count(history);
      return history;
    } catch (error) {
      count((error as { history: TrainingHistory }).history);
      throw error;
    }
  });
  return () => made;
}
afterEach(() => vi.restoreAllMocks());

/** What must be the same: not the times. */
function numbersOf({ results, best }: SweepResults) {
  const { learningRate, lossHistory, valAccHistory } = best?.history ?? ({} as TrainingHistory);
  const net = { params: best?.net.params, learningRate, lossHistory, valAccHistory };
  return { results: results.map(({ seconds: _, ...rest }) => rest), best: best?.result.id, net };
}

const files = () => (existsSync(at('states')) ? readdirSync(at('states')) : []);

describeOnBackends('a search that is continued', (backend) => {
  it.each([1, 6, 9, 11, 12, 13])('after %i results trains nothing twice, to the same bits', async (after) => {
    const made = counting();
    const whole = await sweep(data, HALVING(backend));
    const iterations = made();
    const checkpoint = { folder: at('states') };
    const abort = new AbortController();
    const earlier: TrialResult[] = [];
    const onResult = (result: TrialResult) => {
      earlier.push(result);
      // Within the next training, if there is one.
      if (earlier.length === after) setTimeout(() => abort.abort(), 1);
    };
    const begun = sweep(data, { ...HALVING(backend), checkpoint, onResult, signal: abort.signal });
    const ended = await begun.then(
      (results) => ({ results, aborted: false }),
      (error) => {
        if (!error.results) throw error;
        return { results: error.results as SweepResults, aborted: true };
      },
    );
    // Those that may go on, at most, and those that were running.
    expect(files().length).toBeLessThanOrEqual(ended.aborted ? 6 : 0);
    const resumed = ended.aborted
      ? await sweep(data, { ...HALVING(backend), checkpoint, earlier: ended.results.results })
      : ended.results;
    expect(numbersOf(resumed)).toStrictEqual(numbersOf(whole));
    expect(made()).toBe(2 * iterations);
    expect(files()).toEqual([]);
    expect(existsSync(at('states'))).toBe(false);
  });
});

it('does not need the states, and does not use those of others or damaged ones', async () => {
  const options = HALVING('js');
  const whole = await sweep(data, options);
  const checkpoint = { folder: at('states') };
  const abort = new AbortController();
  let seen = 0;
  const onResult = () => ++seen === 10 && abort.abort();
  const other = { ...data, train: part(60) };
  const { results } = await rejection<{ results: SweepResults }>(
    sweep(other, { ...options, checkpoint, onResult, signal: abort.signal }),
  );
  expect(results.results.length).toBeGreaterThanOrEqual(10);
  const names = files().filter((name) => name.endsWith('.checkpoint'));
  expect(names.length).toBeGreaterThan(1);
  writeFileSync(join(at('states'), names[0]), readFileSync(join(at('states'), names[0])).subarray(0, 1000));
  writeFileSync(join(at('states'), 'diary.txt'), 'dear diary');
  const earlier = whole.results.slice(0, 10);
  expect(numbersOf(await sweep(data, { ...options, checkpoint, earlier }))).toStrictEqual(numbersOf(whole));
  // What is not of the search stays.
  expect(files()).toEqual(['diary.txt']);
});

it('may drop a state while its file is written', async () => {
  const net = newNet('js');
  const state = trainingState(net, net.trainSync(X, y, null, null, { numIters: 2, batchSize: 9 }));
  const states = await TrialStates.open({ folder: at('states') }, { data: 'd', backend: 'js' }, undefined);
  const { signal } = new AbortController();
  const id = '0123456789ab';
  for (let round = 0; round < 100; round++) {
    states.set(id, state);
    await states.store(id, signal);
    expect(files()).toContain(`${id}.checkpoint`);
    const storing = states.store(id, signal);
    for (let turns = round % 10; turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve));
    await Promise.all([storing, states.drop(id)]);
    expect(files()).not.toContain(`${id}.checkpoint`);
  }
  await states.close(true);
  expect(existsSync(at('states'))).toBe(false);
});

it('is refused a folder that another search has, or that is none', async () => {
  const checkpoint = { folder: at('states') };
  const both = await Promise.allSettled([0, 1].map(() => sweep(data, { ...HALVING('js'), checkpoint })));
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(both.find((one) => one.status === 'rejected')?.reason).toMatchObject({ code: 'ERR_LOCKED' });
  writeFileSync(at('file'), '');
  const refused = (options: unknown) =>
    rejection(sweep(data, { ...HALVING('js'), checkpoint: options } as SweepOptions));
  expect(await refused({ folder: at('file') })).toMatchObject({ code: 'ERR_NOT_WRITABLE' });
  expect(await refused({ folder: 1 })).toMatchObject({ code: 'ERR_INVALID_TYPE' });
  expect(await refused({ file: 'x' })).toMatchObject({ code: 'ERR_UNKNOWN_OPTION' });
});

it('tells what could not be written, and goes on', async () => {
  const errors: unknown[] = [];
  const checkpoint = { folder: at('states'), onError: (error: unknown) => errors.push(error) };
  const onResult = ({ id }: TrialResult) => {
    if (!existsSync(at(`states/${id}.checkpoint`))) mkdirSync(at(`states/${id}.checkpoint`));
  };
  const { results } = await sweep(data, { ...HALVING('js'), checkpoint, onResult });
  expect(results).toHaveLength(13);
  expect(errors[0]).toMatchObject({ code: 'ERR_NOT_WRITABLE' });
});

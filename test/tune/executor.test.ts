/** Trials of a search that run somewhere else give the search that they would give here. */
import { expect, test } from 'vitest';
import type { TrialExecutor } from '../../src/tune/executor.js';
import { sweep } from '../../src/tune/sweep.js';
import type { SweepAbortedError } from '../../src/tune/sweep-results.js';
import { runTrial, type Trial } from '../../src/tune/trial.js';
import { HALVING, points, withoutSeconds } from '../study/support.js';

const data = points();

/** Runs trials from their starts, as on a machine that has no state of them. */
function elsewhere(log: string[], fails?: Error): TrialExecutor {
  return {
    begin: async ({ search, data, fingerprint }) => {
      log.push(`begin ${fingerprint.length}`);
      return {
        places: 5,
        run: async (trial, numIters, signal) => {
          if (fails) throw fails;
          const threads = () => ({ count: 1, changed: new AbortController().signal });
          const run = { backend: 'js', threads, signal, onProgress: () => {} } as const;
          const last = numIters === search.numIters;
          const how = { planned: search.numIters, withTrainAccuracy: last };
          return (await runTrial(trial, numIters, data, run, how)).result;
        },
        close: async (done) => void log.push(`close ${done}`),
      };
    },
  };
}

test('the results are those of this process, and so is the best net', async () => {
  const log: string[] = [];
  const here = await sweep(data, { ...HALVING, backend: 'js' });
  const there = await sweep(data, { ...HALVING, backend: 'js', executor: elsewhere(log) });
  expect(withoutSeconds(there.results)).toEqual(withoutSeconds(here.results));
  expect(there.results.some(({ status }) => status === 'diverged')).toBe(true);
  expect(there.best?.net.params).toEqual(here.best?.net.params);
  expect(log).toEqual(['begin 64', 'close true']);
});

test('a signal ends a search whose executor has not begun; what begins later is closed', async () => {
  const closed: boolean[] = [];
  let begun = () => {};
  const late = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const close = async (done: boolean) => void closed.push(done);
  const begin = () => late.then(() => ({ places: 1, run: () => Promise.reject(new Error('not asked for')), close }));
  const end = new AbortController();
  const search = sweep(data, { signal: end.signal, executor: { begin } });
  setTimeout(() => end.abort(), 20);
  await expect(search).rejects.toMatchObject({ code: 'ABORT_ERR', results: { results: [] } });
  begun();
  await expect.poll(() => closed).toEqual([false]);
});

test('a signal ends a search with its results, whatever the executor makes of it', async () => {
  const end = new AbortController();
  const run = async (trial: Trial, numIters: number, signal: AbortSignal) => {
    if (trial.settings.reg > 0)
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject('gone')));
    const numbers = { status: 'done', iterations: numIters, loss: 1, seconds: 0, valAccuracy: 0.5 } as const;
    return { ...trial, numIters, ...numbers, trainAccuracy: null };
  };
  const begin = async () => ({ places: 2, run, close: async () => {} });
  const onResult = () => void setTimeout(() => end.abort('enough'));
  const search = sweep(data, { space: { reg: [0, 1] }, signal: end.signal, executor: { begin }, onResult });
  const error = expect.objectContaining({ name: 'AbortError', code: 'ABORT_ERR', cause: 'enough' });
  await expect(search).rejects.toEqual(error);
  const { results } = (await search.catch((thrown) => thrown)) as SweepAbortedError;
  expect(results.results).toHaveLength(1);
});

test('a trial without a result ends the search, and what is no executor is refused', async () => {
  const log: string[] = [];
  const lost = new Error('lost');
  await expect(sweep(data, { executor: elsewhere(log, lost) })).rejects.toBe(lost);
  expect(log).toEqual(['begin 64', 'close false']);
  const executor = { begin: 3 } as unknown as TrialExecutor;
  await expect(sweep(data, { executor })).rejects.toMatchObject({ code: 'ERR_INVALID_TYPE' });
  const other = { ...(await sweep(data, { space: { hiddenSize: 2 }, numIters: 3, backend: 'js' })).results[0] };
  for (const result of [undefined, {}, other]) {
    const run = async () => result as never;
    const executor = { begin: async () => ({ places: 1, run, close: async () => {} }) };
    const message = expect.stringMatching(
      /^Expected the result of the trial \w{12} after 3 iterations from the executor/,
    );
    const refused = { code: 'ERR_INVALID_TYPE', message };
    await expect(sweep(data, { numIters: 3, executor })).rejects.toMatchObject(refused);
  }
});

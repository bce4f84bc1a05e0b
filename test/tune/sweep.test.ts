import { describe, expect, it } from 'vitest';
import type { BackendName } from '../../src/backend/choose.js';
import { Dataset, type DatasetInput } from '../../src/data/dataset.js';
import { Matrix } from '../../src/data/matrix.js';
import { evaluate } from '../../src/net/evaluation.js';
import { TwoLayerNet } from '../../src/net/two-layer-net.js';
import { RandomState } from '../../src/random/random-state.js';
import { TrainingAbortedError } from '../../src/training/errors.js';
import { combinationsIn } from '../../src/tune/combinations.js';
import { resolveSpace } from '../../src/tune/space.js';
import { type SweepOptions, sweep } from '../../src/tune/sweep.js';
import type { SweepProgress } from '../../src/tune/sweep-progress.js';
import { SweepAbortedError } from '../../src/tune/sweep-results.js';
import { makeTrial, runTrial, type TrialResult } from '../../src/tune/trial.js';
import type { RowsInput } from '../../src/validation/inputs.js';
import { describeInTiers } from '../support/backends.js';
import { rejection } from '../support/training.js';
import { turnsDuring } from '../support/turns.js';

const D = 20;
const C = 3;

/** Bytes around a centre for each class, with their mean to subtract, as pictures are kept. */
function makeData(): DatasetInput & { train: { X: Matrix; y: number[] }; validation: { X: Matrix; y: number[] } } {
  const random = new RandomState(5);
  const centres = random.uniform(90, 160, C * D);
  const part = (rows: number) => {
    const y = Array.from(random.choice(C, rows));
    const noise = random.randn(rows * D);
    const bytes = Uint8Array.from(noise, (value, i) => centres[y[Math.floor(i / D)] * D + (i % D)] + 25 * value);
    return { X: new Matrix(bytes, D, { mean: new Float64Array(D).fill(125) }), y };
  };
  return { train: part(300), validation: part(100) };
}

const data = makeData();
const [settings] = combinationsIn(resolveSpace({}));
const history = {
  lossHistory: [1],
  trainAccHistory: [],
  valAccHistory: [],
  valLossHistory: [],
  learningRateHistory: [],
  learningRate: 1,
  seconds: 0,
  samplesPerSecond: 0,
  warnings: [],
};
const space = { learningRate: [1e-4, 3e-3], reg: [0.1, 0.5], hiddenSize: 9, batchSize: 30, std: 0.01 };
const options = { space, numIters: 40 } satisfies SweepOptions;

/** What must be the same on every run. */
const numbersOf = (results: readonly TrialResult[]) => results.map(({ seconds: _, ...numbers }) => numbers);

/** The result of a trial, from a separate training as a user would run it. */
function ownRun({ settings, seed, numIters }: TrialResult, backend: BackendName) {
  const { hiddenSize, std, init, inputScale, dtype, ...training } = settings;
  const random = new RandomState(seed);
  const given = { hiddenSize, std, init, inputScale, dtype };
  const net = new TwoLayerNet({ inputSize: D, numClasses: C, ...given, backend, random });
  const { train, validation } = data;
  const history = net.trainSync(train.X, train.y, validation.X, validation.y, { ...training, numIters });
  const accuracy = ({ X, y }: typeof train) => evaluate(net, X, y).accuracy;
  return { net, history, trainAccuracy: accuracy(train), valAccuracy: accuracy(validation) };
}

describeInTiers('a search', (backend) => {
  it.each([1, 2, 3, 16])('gives the numbers of separate trainings, bit for bit, on %i threads', async (threads) => {
    const { results, ranking, best } = await sweep(data, { ...options, seeds: 2, seed: 7, backend, threads });
    expect(results).toHaveLength(8);
    for (const result of results) {
      const own = ownRun(result, backend);
      expect(result).toMatchObject({ status: 'done', iterations: 40, loss: own.history.lossHistory.at(-1) });
      expect(result).toMatchObject({ trainAccuracy: own.trainAccuracy, valAccuracy: own.valAccuracy });
    }
    expect(results.map(({ seed }) => seed)).toStrictEqual([7, 8, 7, 8, 7, 8, 7, 8]);
    if (!best) return expect.fail('there is no best trial');
    expect(best.result).toBe(ranking[0].results.find(({ id }) => id === best.result.id));
    const own = ownRun(best.result, backend);
    expect(best.net.params).toStrictEqual(own.net.params);
    expect(best.history.lossHistory).toStrictEqual(own.history.lossHistory);
    expect(best.history.valAccHistory).toStrictEqual(own.history.valAccHistory);
    expect(best.result.valAccuracy).toBeGreaterThan(0.8);
  });

  it('continues with the best third of a halving; the last ones make all iterations', async () => {
    const ranges = {
      ...space,
      learningRate: { low: 1e-6, high: 1e-2, scale: 'log' },
      reg: { low: 0, high: 1 },
    } as const;
    const search = { space: ranges, search: 'halving', trials: 9, numIters: 90, minIters: 10, backend } as const;
    const { results, ranking, best } = await sweep(data, search);
    const rounds = [10, 30, 90].map((numIters) => results.filter((result) => result.numIters === numIters));
    expect(rounds.map(({ length }) => length)).toStrictEqual([9, 3, 1]);
    for (const [i, round] of rounds.slice(0, 2).entries()) {
      const best = round.toSorted((a, b) => Number(b.valAccuracy) - Number(a.valAccuracy));
      const kept = rounds[i + 1].map(({ id }) => id);
      const worstKept = Math.min(
        ...round.filter(({ id }) => kept.includes(id)).map((result) => Number(result.valAccuracy)),
      );
      expect(best[kept.length - 1].valAccuracy).toBe(worstKept);
    }
    for (const result of results) expect(result.valAccuracy).toBe(ownRun(result, backend).valAccuracy);
    expect(ranking[0].numIters).toBe(90);
    expect(ranking).toHaveLength(9);
    expect(best?.net.params).toStrictEqual(ownRun(rounds[2][0], backend).net.params);
    expect(numbersOf((await sweep(data, { ...search, threads: 1 })).results)).toStrictEqual(numbersOf(results));
  });

  it('marks what diverges, and continues', async () => {
    const wild = { ...options, space: { ...space, learningRate: [1e30, 3e-3], reg: 0.1 }, backend };
    const { results, best } = await sweep(data, wild);
    expect(results).toHaveLength(2);
    expect(results[0]).toMatchObject({ status: 'diverged', valAccuracy: null, trainAccuracy: null });
    expect(results[0].iterations).toBeLessThan(40);
    expect(results[1]).toMatchObject({ status: 'done', iterations: 40 });
    expect(best?.result.id).toBe(results[1].id);
    const nothing = await sweep(data, { ...wild, space: { ...space, learningRate: 1e30 } });
    expect(nothing.best).toBeUndefined();
    expect(nothing.results.map(({ status }) => status)).toStrictEqual(['diverged', 'diverged']);
  });

  it('believes no results of other data, and none out of their ranges', async () => {
    const own = { space: { learningRate: [0.1, 0.2], std: 0.5 }, numIters: 5, backend } as const;
    const { results } = await sweep(data, own);
    const change = (more: object) => results.map((result, i) => (i === 1 ? { ...result, ...more } : result));
    const refusalOf = (earlier: readonly object[], given: DatasetInput = data) =>
      rejection(sweep(given, { ...own, earlier: earlier as TrialResult[] }));
    const other = { ...data, train: { ...data.train, y: data.train.y.map((label) => (label + 1) % C) } };
    expect(await refusalOf(results, other)).toMatchObject({
      code: 'ERR_CONFLICT',
      message: expect.stringMatching(/results of a search on the same data for earlier but received one of other data/),
    });
    expect((await refusalOf(change({ data: undefined }))).message).toMatch(/one without data, the fingerprint .* 1:/);
    const twice = await refusalOf([...results, { ...results[0], valAccuracy: 0.123 }]);
    expect(twice.message).toMatch(/one result for each trial of earlier but received two for [0-9a-f]{12} after 5/);
    for (const [more, message] of [
      [{ valAccuracy: 7 }, /of number 1, Expected a finite number from 0 to 1 for valAccuracy but received 7/],
      [{ valAccuracy: Number.NaN }, /for valAccuracy but received NaN/],
      [{ trainAccuracy: -1 }, /for trainAccuracy but received -1/],
      [{ iterations: 6 }, /an integer from 0 to 5 for iterations but received 6/],
      [{ numIters: 0 }, /for numIters but received 0/],
      [{ loss: 'x' }, /for loss but received "x"/],
      [{ seconds: -1 }, /for seconds but received -1/],
      [{ seed: 1 }, /the id of these settings and this seed/],
      [{ status: 'diverged' }, /null for the valAccuracy of a trial that diverged/],
    ] as const) {
      const error = await refusalOf(change(more));
      expect(error).toMatchObject({ code: 'ERR_INVALID_TYPE', message: expect.stringMatching(message) });
    }
    expect((await sweep(data, { ...own, earlier: [...results, ...results] })).results).toEqual(results);
  });

  it('does not repeat the trials of an earlier run, and reaches the same results', async () => {
    for (const search of ['grid', 'halving'] as const) {
      const whole = await sweep(data, { ...options, search, eta: 2, minIters: 5, backend });
      for (const count of [1, 3, whole.results.length]) {
        const made: TrialResult[] = [];
        const earlier: TrialResult[] = JSON.parse(JSON.stringify(whole.results.slice(0, count)));
        const rest = await sweep(data, {
          ...options,
          search,
          eta: 2,
          minIters: 5,
          backend,
          earlier,
          onResult: (result) => made.push(result),
        });
        expect(made).toHaveLength(whole.results.length - count);
        expect(numbersOf(rest.results)).toStrictEqual(numbersOf(whole.results));
        expect(rest.best?.net.params).toStrictEqual(whole.best?.net.params);
        expect(rest.best?.history.lossHistory).toStrictEqual(whole.best?.history.lossHistory);
      }
    }
  });

  it('is ended by its signal, and returns what is finished', async () => {
    const abort = new AbortController();
    const ended = sweep(data, {
      ...options,
      // So long that a busy machine tells of the first trial before the second has ended.
      numIters: backend === 'js' ? 5000 : 20_000,
      backend,
      threads: 1,
      signal: abort.signal,
      onResult: () => abort.abort(new Error('enough')),
    });
    const error = await ended.then(
      () => expect.fail('was not aborted'),
      (error: unknown) => error,
    );
    if (!(error instanceof SweepAbortedError)) throw error;
    expect(error).toMatchObject({ name: 'AbortError', code: 'ABORT_ERR', cause: { message: 'enough' } });
    expect(error.message).toBe('The search was aborted after 1 of 4 trials');
    expect(error.results.results).toHaveLength(1);
    expect(error.results.best?.result.id).toBe(error.results.results[0].id);
    await expect(sweep(data, { ...options, backend, signal: AbortSignal.abort() })).rejects.toThrow(
      /after 0 of 4 trials/,
    );
  });

  /** As many rows as are judged in several parts. */
  const wide = () => {
    const part = (rows: number) => ({
      X: new Matrix(
        Uint8Array.from({ length: rows * 1000 }, (_, i) => (i * 7919) % 251),
        1000,
      ),
      y: new Int32Array(rows).map((_, i) => i % C),
    });
    return Dataset.from({ train: part(8000), validation: part(1000) });
  };

  it('judges beside JavaScript: the event loop goes on', async () => {
    const parts = wide();
    const trial = makeTrial({ ...settings, hiddenSize: 20, batchSize: 10, learningRate: 1e-6 }, 0);
    const { signal } = new AbortController();
    const lease = { count: 2, changed: signal };
    const turnsOfJudging = async () => {
      let turns: Promise<number> | undefined;
      let end = () => {};
      const judging = new Promise<void>((resolve) => {
        end = resolve;
      });
      // The last call is at the end of the training.
      const onProgress = () => {
        turns = turnsDuring(() => judging);
      };
      await runTrial(trial, 1, parts, { backend, threads: () => lease, signal, onProgress });
      end();
      return turns;
    };
    // On a busy machine the work may end before this thread gets its turns. Judging on it would give a few in all.
    const most = { turns: 0 };
    for (let attempt = 0; attempt < 30 && most.turns <= 10; attempt++) {
      most.turns = Math.max(most.turns, (await turnsOfJudging()) ?? 0);
    }
    expect(most.turns).toBeGreaterThan(10);
  });

  it('is ended by its signal while its trials are drawn', async () => {
    const space = { reg: { low: 0, high: 1 }, learningRate: { low: 1e-5, high: 1e-1, scale: 'log' } } as const;
    const stop = new AbortController();
    setImmediate(() => stop.abort());
    const search = { search: 'random', trials: 100_000, space, backend, signal: stop.signal } as const;
    const error = (await rejection(sweep(data, search))) as SweepAbortedError;
    expect(error.message).toBe('The search was aborted after 0 of 100000 trials');
    expect(error.cause).toBe(stop.signal.reason);
    expect(error.results.ranking).toStrictEqual([]);
  });

  it('is ended by its signal while a trial is judged', async () => {
    const controller = new AbortController();
    const onProgress = ({ running: [first] }: SweepProgress) => {
      if (first?.iteration === 1) setImmediate(() => controller.abort('enough'));
    };
    const search = { space: { hiddenSize: 20, batchSize: 10, learningRate: 1e-6 }, numIters: 1, backend };
    const error = await rejection(sweep(wide(), { ...search, onProgress, signal: controller.signal }));
    if (!(error instanceof SweepAbortedError)) throw error;
    expect(error).toMatchObject({ cause: 'enough', results: { results: [], best: undefined } });
  });

  it('continues when the learning rate has decayed to 0', async () => {
    const few = { X: data.train.X.slice(0, 20), y: data.train.y.slice(0, 20) };
    const decaying = { ...space, learningRate: 0.01, learningRateDecay: 0.01, reg: [0.1, 0.2, 0.3] };
    const search = { space: decaying, search: 'halving', eta: 3, numIters: 900, minIters: 300, backend } as const;
    const { results } = await sweep({ ...data, train: few }, search);
    expect(results.map(({ status }) => status)).toStrictEqual(['done', 'done', 'done', 'done']);
    expect(results.map(({ iterations }) => iterations)).toStrictEqual([300, 300, 300, 900]);
  });

  it('does not repeat a trial that diverged in later rounds', async () => {
    const seeds = { space: { ...space, learningRate: [1e30, 3e-3], reg: 0.1 }, seeds: 2, numIters: 20, backend };
    const made: TrialResult[] = [];
    const { results, ranking } = await sweep(data, {
      ...seeds,
      search: 'halving',
      eta: 2,
      minIters: 10,
      onResult: (result) => made.push(result),
    });
    expect(made).toHaveLength(results.length);
    expect(ranking.map(({ diverged }) => diverged)).toStrictEqual([0, 2]);
    expect(ranking[0]).toMatchObject({ numIters: 20, diverged: 0 });
  });

  it('ends with what its callbacks throw', async () => {
    const thrown = new Error('from the callback');
    const fail = () => {
      throw thrown;
    };
    await expect(sweep(data, { ...options, backend, onResult: fail })).rejects.toBe(thrown);
    await expect(sweep(data, { ...options, backend, onProgress: fail })).rejects.toBe(thrown);
  });

  it('reports its progress', async () => {
    const seen: SweepProgress[] = [];
    const onProgress = (progress: SweepProgress) => void seen.push(progress);
    const { best } = await sweep(data, { ...options, backend, onProgress });
    expect(seen[0]).toMatchObject({ finished: 0, trials: 4, best: undefined, secondsLeft: undefined });
    expect(seen[0].running).toMatchObject([{ iteration: 0, numIters: 40 }]);
    expect(seen.at(-1)).toMatchObject({ finished: 4, trials: 4, running: [], secondsLeft: 0 });
    expect(seen.at(-1)?.best?.valAccuracy).toBe(best?.result.valAccuracy);
    for (const [i, { finished, seconds }] of seen.entries()) {
      expect(finished).toBeGreaterThanOrEqual(seen[i - 1]?.finished ?? 0);
      expect(seconds).toBeGreaterThanOrEqual(seen[i - 1]?.seconds ?? 0);
    }
  });
});

describeInTiers(
  'a search on threads',
  (backend) => {
    it('runs one trial per core, then the last on all cores, with the same numbers', async () => {
      const long = {
        ...options,
        numIters: 4000,
        backend,
        threads: 2,
        space: { ...space, learningRate: 1e-4, reg: [0.1, 0.2, 0.3] },
      };
      const most = { side: 0 };
      const { results } = await sweep(data, {
        ...long,
        onProgress: ({ running }) => {
          most.side = Math.max(most.side, running.length);
        },
      });
      expect(most.side).toBe(2);
      for (const result of results) {
        expect(result).toMatchObject({ valAccuracy: ownRun(result, backend).valAccuracy, iterations: 4000 });
      }
    });

    it.each([
      { dtype: 'float32' },
      { dtype: 'float64' },
      { init: 'he', std: 1e-4, inputScale: 1 / 64, learningRate: 0.01, patience: 50 },
    ] as const)('continues a trial on other cores, bit for bit (%j)', async (others) => {
      const small = { hiddenSize: 9, batchSize: 30, std: 0.01, learningRate: 3e-3 };
      const trial = makeTrial({ ...settings, ...small, ...others }, 0);
      const counts: number[] = [];
      const { result, state } = await runTrial(trial, 3000, Dataset.from({ ...data, numClasses: C }), {
        backend,
        signal: new AbortController().signal,
        threads: () => {
          counts.push(1 + (counts.length % 2));
          const change = new AbortController();
          // Alternates between the two numbers of threads.
          setTimeout(() => change.abort(), 2);
          return { count: counts[counts.length - 1], changed: change.signal };
        },
        onProgress: () => {},
      });
      expect(counts.length).toBeGreaterThan(2);
      const own = ownRun(result, backend);
      expect(state?.params).toStrictEqual(own.net.params);
      expect(state?.history.lossHistory).toStrictEqual(own.history.lossHistory);
    });

    it('does not mistake what a callback throws for a change of cores', async () => {
      const thrown = new TrainingAbortedError(1, 'of another training', history);
      const onProgress = () => {
        throw thrown;
      };
      await expect(sweep(data, { ...options, backend, onProgress })).rejects.toBe(thrown);
    });
  },
  ['native', 'wasm'],
);

describe('the data of a search', () => {
  const rows = Array.from({ length: 30 }, (_, i) => [i % 2, (i % 3) / 2]);
  const y = rows.map(([first]) => first);

  it('can be nested arrays, flat arrays or a Matrix, with the same results', async () => {
    const flat = Float64Array.from(rows.flat());
    const forms = [rows, flat, new Matrix(flat, 2)];
    const small = {
      space: { hiddenSize: 4, batchSize: 10, learningRate: 0.1, std: 0.5 },
      numIters: 20,
      backend: 'js',
    } as const;
    const dataOf = (X: RowsInput) => ({ train: { X, y }, validation: { X, y }, inputSize: 2 });
    const all = await Promise.all(forms.map((X) => sweep(dataOf(X), small)));
    expect(numbersOf(all[1].results)).toStrictEqual(numbersOf(all[0].results));
    expect(numbersOf(all[2].results)).toStrictEqual(numbersOf(all[0].results));
    expect(all[0].best?.net).toMatchObject({ inputSize: 2, numClasses: 2 });
  });

  it.each<[string, unknown, RegExp]>([
    ['nothing', null, /a Dataset, or an object with train: .* but received null/],
    ['no validation rows', { train: { X: rows, y } }, /with validation rows but received one without/],
    ['no labels', { train: { X: rows, y: [] }, validation: { X: rows, y } }, /30 labels for train.y/],
    ['no rows', { train: { X: [], y: [] }, validation: { X: rows, y } }, /at least one row for train.X/],
    [
      'labels of another number',
      { train: { X: rows, y: y.slice(1) }, validation: { X: rows, y } },
      /30 labels for train.y/,
    ],
    ['a label beyond the classes', { numClasses: 1, train: { X: rows, y }, validation: { X: rows, y } }, /from 0 to 0/],
    ['a NaN', { train: { X: rows, y }, validation: { X: [[Number.NaN, 1]], y: [0] } }, /validation.X/],
  ])('is refused with %s', async (_, given, message) => {
    await expect(sweep(given as DatasetInput, { backend: 'js' })).rejects.toThrow(message);
  });

  it('is trained on with valid options only', async () => {
    await expect(sweep(data, { signals: 1 } as SweepOptions)).rejects.toThrow(/did you mean signal\?/);
    await expect(sweep(data, { onResult: 1 as unknown as () => void })).rejects.toThrow(/a function for onResult/);
    await expect(sweep(data, { earlier: 5 as never })).rejects.toThrow(/an array of trial results for earlier/);
    await expect(sweep(data, { earlier: [null] as never })).rejects.toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_TYPE' }),
    );
    await expect(sweep(data, { threads: 0 })).rejects.toThrow(/threads but received 0/);
  });
});

/** Update rules, schedules and the like in searches, and callbacks that are awaited. */
import { describe, expect, it } from 'vitest';
import { TwoLayerNet } from '../../src/net/two-layer-net.js';
import { RandomState } from '../../src/random/random-state.js';
import { combinationsOf, resolveSearch, type SearchOptions } from '../../src/tune/search.js';
import type { SearchSpace } from '../../src/tune/settings.js';
import { type SweepOptions, sweep } from '../../src/tune/sweep.js';
import type { TrialResult } from '../../src/tune/trial.js';
import { describeOnBackends } from '../support/backends.js';
import { rejection, rows } from '../support/training.js';

const D = 7;
const C = 3;
const data = { train: rows(40), validation: rows(23), inputSize: D, numClasses: C };
const small = { hiddenSize: 5, batchSize: 10, std: 0.3 } satisfies SearchSpace;

/** The combinations of a grid, without what all of them have. */
function gridOf(space: SearchSpace, options: SearchOptions = {}) {
  const names = Object.keys(space) as (keyof SearchSpace)[];
  return combinationsOf(resolveSearch({ ...options, space })).map((settings) => names.map((name) => settings[name]));
}

describe('a search space', () => {
  it('leaves out what means nothing beside the optimizer, so that each combination is tried once', () => {
    expect(gridOf({ optimizer: ['sgd', 'adam'], momentum: [0, 0.9] })).toStrictEqual([
      ['sgd', 0],
      ['sgd', 0.9],
      ['adam', 0],
    ]);
    expect(gridOf({ momentum: [0, 0.9], nesterov: [false, true] })).toStrictEqual([
      [0, false],
      [0.9, false],
      [0.9, true],
    ]);
    const decays = { optimizer: ['sgd', 'adamw'], weightDecay: [0.1, 1], beta2: [0.99, 0.999] } as const;
    expect(gridOf(decays)).toHaveLength(5);
  });

  it('leaves out what means nothing beside the schedule', () => {
    expect(gridOf({ schedule: ['cosine', 'step'], finalRate: [0, 1e-5], rateFactor: [0.1, 0.5] })).toStrictEqual([
      ['cosine', 0, 0],
      ['cosine', 1e-5, 0],
      ['step', 0, 0.1],
      ['step', 0, 0.5],
    ]);
    expect(gridOf({ learningRateDecay: [0.9, 1], schedule: ['decay', 'constant'] })).toHaveLength(3);
  });

  it('draws each combination once, too', () => {
    const space = { optimizer: ['sgd', 'adam'], momentum: { low: 0.5, high: 0.95 } } as const;
    const drawn = gridOf(space, { search: 'random', trials: 20 });
    expect(drawn.filter(([optimizer]) => optimizer === 'adam')).toStrictEqual([['adam', 0]]);
    expect(drawn.length).toBeGreaterThan(5);
  });

  it.each<[SearchSpace, RegExp]>([
    [{ optimizer: 'adam', momentum: [0, 0.9] }, /^momentum 0\.9 only .*, but optimizer is "adam"/],
    [{ optimizer: ['adam', 'adamw'], nesterov: true }, /^nesterov true only .*, but optimizer is "adam"/],
    [{ beta1: [0.8, 0.9] }, /^beta1 0\.8 only .*, but optimizer is "sgd"/],
    [{ optimizer: ['sgd', 'adam'], weightDecay: 0.1 }, /^weightDecay 0\.1 only .*, but optimizer is "sgd"/],
    [{ schedule: ['cosine', 'constant'], learningRateDecay: 0.9 }, /^learningRateDecay 0\.9 .* schedule is "cosine"/],
    [{ stepEvery: { low: 3, high: 9 } }, /^stepEvery 9 only works with schedule "step", but schedule is "decay"/],
    [{ warmup: [10, 2000] }, /warmup below the 2000 iterations \(numIters\) but received 2000/],
  ])('is refused if something means nothing in any combination: %o', (space, message) => {
    const search = space.stepEvery === undefined ? 'grid' : 'random';
    const refused = expect.objectContaining({ code: 'ERR_CONFLICT', message: expect.stringMatching(message) });
    expect(() => resolveSearch({ space, search })).toThrow(refused);
  });

  it.each<[SearchSpace, RegExp]>([
    [{ sampling: ['replacement', 'permutation'], batchSize: [10, 41] }, /batchSize of at most 40, .* received 41/],
    [{ flip: [false, true] }, /imageShape for flip/],
    [{ shift: [0, 1] }, /imageShape for a shift of 1/],
  ])('is refused before any work if the rows do not fit: %o', async (space, message) => {
    const results: TrialResult[] = [];
    const onResult = (result: TrialResult) => void results.push(result);
    const error = await rejection(sweep(data, { space: { ...small, ...space }, numIters: 2, backend: 'js', onResult }));
    expect(error).toMatchObject({ code: 'ERR_CONFLICT', message: expect.stringMatching(message) });
    expect(results).toHaveLength(0);
  });
});

describeOnBackends('a search over rules and schedules', (backend) => {
  /** The same as a training of its own. */
  function ownLoss({ settings, seed, numIters }: TrialResult): number | undefined {
    const { hiddenSize, std, init, inputScale, dtype, ...training } = settings;
    const sizes = { inputSize: D, numClasses: C, hiddenSize, std, init, inputScale, dtype, backend };
    const net = new TwoLayerNet({ ...sizes, random: new RandomState(seed) });
    return net.trainSync(data, { ...training, numIters }).lossHistory.at(-1);
  }

  const space = {
    ...small,
    learningRate: 0.05,
    optimizer: ['sgd', 'adam', 'adamw'],
    momentum: [0, 0.9],
    schedule: ['decay', 'cosine'],
    warmup: 2,
    dropout: 0.2,
    sampling: 'permutation',
    classWeights: 'balanced',
  } as const;

  it('has the numbers of separate trainings with the settings of its trials', async () => {
    const { results, best } = await sweep(data, { space, numIters: 12, backend, threads: 2 });
    expect(results).toHaveLength(8);
    for (const result of results) expect(result.loss).toBe(ownLoss(result));
    expect(best?.history.trainAccuracy).toBeUndefined();
  });

  it('has in the last round of a halving the schedule of all iterations', async () => {
    const halving = { search: 'halving', eta: 2, minIters: 5, numIters: 24 } as const;
    const { results } = await sweep(data, { space, ...halving, backend });
    const whole = results.filter(({ numIters }) => numIters === 24);
    expect(whole.length).toBeGreaterThan(0);
    for (const result of whole) expect(result.loss).toBe(ownLoss(result));
    const short = results.find(({ numIters, settings }) => numIters < 24 && settings.schedule === 'cosine');
    if (!short) return expect.fail('there is no cosine in the first round');
    expect(short.loss).not.toBe(ownLoss(short));
  });
});

describe('the callbacks of a search', () => {
  const options = { space: { ...small, reg: [0.1, 0.2, 0.3] }, numIters: 5, backend: 'js' } satisfies SweepOptions;
  const turn = () => new Promise((resolve) => setTimeout(resolve, 1));

  it('are awaited, one after the other', async () => {
    let running = 0;
    const told: string[] = [];
    const slowly = (name: string) => async () => {
      expect(++running).toBe(1);
      await turn();
      told.push(name);
      running--;
    };
    await sweep(data, { ...options, threads: 3, onResult: slowly('result'), onProgress: slowly('progress') });
    expect(running).toBe(0);
    expect(told.filter((name) => name === 'result')).toHaveLength(3);
    expect(told.filter((name) => name === 'progress').length).toBeGreaterThan(2);
  });

  it('end it with what they reject with', async () => {
    const full = new Error('full');
    const fail = async () => {
      await turn();
      throw full;
    };
    expect(await rejection(sweep(data, { ...options, onResult: fail }))).toBe(full);
    expect(await rejection(sweep(data, { ...options, onProgress: fail }))).toBe(full);
  });
});

import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { BackendName } from '../../src/backend/choose.js';
import { loadCheckpoint, readCheckpoint, writeCheckpoint } from '../../src/checkpoint/checkpoint.js';
import { loadModel } from '../../src/model/model.js';
import { restoreTraining } from '../../src/net/restore-training.js';
import { TwoLayerNet } from '../../src/net/two-layer-net.js';
import { RandomState } from '../../src/random/random-state.js';
import type { TrainingProgress } from '../../src/training/history.js';
import type { TrainOptions } from '../../src/training/options.js';
import { describeInTiers } from '../support/backends.js';
import { freshFolder } from '../support/temporary-folder.js';
import {
  brisk,
  ENDLESS,
  interruption,
  newNet,
  numbersOf,
  rejection,
  rows,
  stateOf,
  validation,
  X,
  y,
} from '../support/training.js';

const at = freshFolder();
const file = () => at('run.checkpoint');

/** Settings that use everything that a checkpoint has to keep. */
const FULL = {
  ...brisk,
  optimizer: 'adam',
  learningRate: 0.01,
  schedule: 'cosine',
  sampling: 'permutation',
  dropout: 0.2,
  classWeights: [1, 2, 1],
  patience: 50,
  numIters: 60,
  progressInterval: 0,
} as const satisfies TrainOptions;

const train = (net: TwoLayerNet, options: TrainOptions) => net.train(X, y, validation.X, validation.y, options);

/** Trains until some iteration, with a checkpoint, and aborts. */
async function interrupted(backend: BackendName, options: TrainOptions, after: number): Promise<void> {
  const abort = new AbortController();
  const onProgress = ({ iteration }: TrainingProgress) => iteration >= after && abort.abort();
  const files = { checkpoint: { file: file() }, signal: abort.signal, onProgress };
  const error = await rejection(train(newNet(backend), { ...options, numIters: 1_000_000, ...files }));
  expect(error).toMatchObject({ code: 'ABORT_ERR' });
}

describeInTiers('a training that is kept in a file', (backend) => {
  it('has the bits of one that is not, however often it is written', async () => {
    const whole = newNet(backend);
    const expected = await train(whole, { ...FULL, numIters: 400 });
    const net = newNet(backend);
    const history = await train(net, { ...FULL, numIters: 400, checkpoint: { file: file(), every: 0.001 } });
    expect(numbersOf(history)).toStrictEqual(numbersOf(expected));
    expect(stateOf(net)).toStrictEqual(stateOf(whole));
    // Nothing else is left, neither a temporary file nor a lock.
    expect(readdirSync(at())).toEqual(['run.checkpoint']);
  });

  it('goes on in a new net as if nothing had been', async () => {
    // Long enough that a busy machine sees the first of them before the end.
    const options = { ...FULL, patience: 2000, numIters: 9000 };
    const whole = newNet(backend);
    const expected = await train(whole, options);
    for (const after of [1, 500, 1500]) {
      const name = at(`after-${after}`);
      await interruption(() => {
        const abort = new AbortController();
        const onProgress = ({ iteration }: TrainingProgress) => iteration >= after && abort.abort();
        const files = { checkpoint: { file: name }, signal: abort.signal, onProgress };
        return train(newNet(backend), { ...options, ...files });
      });
      const sizes = { inputSize: 7, hiddenSize: 5, numClasses: 3 };
      const net = new TwoLayerNet({ ...sizes, dtype: 'float64', backend, threads: 1 });
      const history = await train(net, { ...options, resume: name });
      expect(numbersOf(history), name).toStrictEqual(numbersOf(expected));
      expect(stateOf(net)).toStrictEqual(stateOf(whole));
    }
  });

  it('is written when its signal ends it, and goes on with the stream that is passed', async () => {
    const options = { ...brisk, momentum: 0.9, numIters: 1_000_000 };
    await interrupted(backend, options, 10);
    const { state, done } = await loadCheckpoint(file());
    const begun = state.history.lossHistory.length;
    expect(begun).toBeGreaterThanOrEqual(10);
    expect(done).toBe(false);
    const [net, random] = [newNet(backend), new RandomState(99)];
    const abort = new AbortController();
    const seen: number[] = [];
    const onProgress = ({ iteration }: TrainingProgress) => {
      seen.push(iteration);
      abort.abort(new Error('why'));
    };
    const resumed = {
      ...options,
      resume: file(),
      checkpoint: { file: file() },
      random,
      signal: abort.signal,
      onProgress,
    };
    const error = await rejection(train(net, resumed));
    expect(error).toMatchObject({ code: 'ABORT_ERR', cause: new Error('why') });
    expect(seen[0]).toBeGreaterThan(begun);
    const after = (await loadCheckpoint(file())).state;
    expect(after.history.lossHistory.slice(0, begun)).toStrictEqual(state.history.lossHistory);
    expect(after.random).toStrictEqual(random.getState());
    expect(after.params).toStrictEqual(stateOf(net).params);
  });

  it('that has ended is there at once when it is resumed', async () => {
    const net = newNet(backend);
    const history = await train(net, { ...FULL, checkpoint: { file: file(), settings: { who: 'me' } } });
    const before = readFileSync(file());
    const again = newNet(backend);
    const options = { ...FULL, resume: file(), checkpoint: { file: file() }, onProgress: () => expect.fail('trains') };
    expect(await train(again, options)).toStrictEqual(history);
    expect(stateOf(again)).toStrictEqual(stateOf(net));
    expect(readFileSync(file())).toStrictEqual(before);
    expect(await loadCheckpoint(file())).toMatchObject({ done: true, settings: { who: 'me' } });
  });

  it('keeps mean and class names, and can be looked at as a net', async () => {
    const data = { train: { X: rows(40).X, y }, classNames: ['a', 'b', 'c'] };
    const net = newNet(backend);
    net.mean = new Float64Array(7).fill(0.25);
    await net.train({ ...data, inputSize: 7 } as never, { ...brisk, numIters: 5, checkpoint: { file: file() } });
    const restored = restoreTraining((await loadCheckpoint(file())).state, { backend });
    expect(restored.params).toStrictEqual(net.params);
    expect(restored.mean).toStrictEqual(net.mean);
    expect(restored.classNames).toStrictEqual(['a', 'b', 'c']);
  });
});

describe('a checkpoint', () => {
  it.each<[string, TrainOptions, RegExp]>([
    ['a setting', { learningRate: 0.2 }, /begun with learningRate 0.1, but received 0.2: go on with the same/],
    ['a rule', { optimizer: 'adamw', learningRate: 0.1 }, /begun with optimizer "sgd", but received "adamw"/],
    ['weights', { classWeights: [1, 1, 2] }, /begun with other classWeights or sampleWeights/],
    ['iterations', { numIters: 70 }, /begun with numIters 1000000, but received 70/],
    ['rates', { schedule: () => 0.1 }, /begun with other learning rates, of a schedule that is a function/],
  ])('is refused for another training: %s', async (_, changed, message) => {
    await interrupted('js', brisk, 3);
    const net = newNet('js');
    const before = stateOf(net);
    const error = await rejection(train(net, { ...brisk, numIters: 1_000_000, ...changed, resume: file() }));
    expect(error).toMatchObject({ code: 'ERR_CHECKPOINT' });
    expect(error.message).toMatch(message);
    expect(stateOf(net)).toStrictEqual(before);
  });

  it('is refused for other rows, labels and nets, and for another version', async () => {
    await interrupted('js', brisk, 3);
    const options = { ...brisk, numIters: 1_000_000, resume: file() };
    const others = X.map((value, i) => (i === 3 ? value + 1e-9 : value));
    const labels = y.map((label, i) => (i === 5 ? (label + 1) % 3 : label));
    const training = /other training rows or labels: go on with the same data/;
    await expect(newNet('js').train(others, y, validation.X, validation.y, options)).rejects.toThrow(training);
    await expect(newNet('js').train(X, labels, validation.X, validation.y, options)).rejects.toThrow(training);
    await expect(newNet('js').train(X, y, null, null, options)).rejects.toThrow(/other validation rows or labels/);
    const wide = new TwoLayerNet({ inputSize: 7, hiddenSize: 6, numClasses: 3, dtype: 'float64', backend: 'js' });
    await expect(train(wide, options)).rejects.toThrow(/begun with hiddenSize 5, but received 6/);
    const kept = await readCheckpoint(file());
    await writeCheckpoint(file(), { ...kept, origin: { ...(kept.origin as object), version: '0.0.1' } });
    await expect(train(newNet('js'), options)).rejects.toThrow(/begun with version 0\.0\.1 of this package/);
  });

  it('is refused when it is damaged, wherever', async () => {
    await train(newNet('js'), { ...brisk, numIters: 3, checkpoint: { file: file() } });
    const bytes = readFileSync(file());
    for (let position = 0; position < bytes.length; position += 97) {
      const damaged = Buffer.from(bytes);
      damaged[position] ^= 1 << (position % 8);
      writeFileSync(file(), damaged);
      const error = await rejection(loadCheckpoint(file()));
      expect(error, `byte ${position}`).toMatchObject({ code: 'ERR_CHECKPOINT' });
      writeFileSync(file(), bytes.subarray(0, position));
      await expect(loadCheckpoint(file()), `${position} bytes`).rejects.toMatchObject({ code: 'ERR_CHECKPOINT' });
    }
  });

  it('is refused when it is missing or something else, and is no model', async () => {
    const missing = await rejection(train(newNet('js'), { ...brisk, numIters: 3, resume: at('none') }));
    expect(missing).toMatchObject({ code: 'ERR_CHECKPOINT' });
    expect(missing.message).toMatch(/none: expected a checkpoint, found no such file/);
    await train(newNet('js'), { ...brisk, numIters: 3, checkpoint: { file: file() } });
    await expect(loadModel(file())).rejects.toThrow(/expected a model, found the checkpoint of a training/);
  });

  it('of a training that has not ended is not replaced by that of another one, nor are other files', async () => {
    await interrupted('js', brisk, 3);
    const options = { ...brisk, numIters: 3, checkpoint: { file: file() } };
    const error = await rejection(train(newNet('js'), options));
    expect(error).toMatchObject({ code: 'ERR_NOT_WRITABLE' });
    expect(error.message).toMatch(/it holds a training that has not ended, after \d+ iterations: go on with it/);
    writeFileSync(file(), 'dear diary');
    await expect(train(newNet('js'), options)).rejects.toMatchObject({ code: 'ERR_NOT_WRITABLE' });
    expect(readFileSync(file(), 'utf8')).toBe('dear diary');
    expect(readdirSync(at())).toEqual(['run.checkpoint']);
  });

  it('is written by one training at a time', async () => {
    const controller = new AbortController();
    const options = { ...brisk, numIters: ENDLESS, signal: controller.signal, checkpoint: { file: file() } };
    const both = [1, 2].map(() => rejection(train(newNet('js'), options)));
    expect(await Promise.race(both)).toMatchObject({ code: 'ERR_LOCKED' });
    controller.abort();
    expect((await Promise.all(both)).map(({ code }) => code).sort()).toEqual(['ABORT_ERR', 'ERR_LOCKED']);
  });

  it('that cannot be written ends the training, or is told', async () => {
    const net = newNet('js');
    // A folder in its place: only found out when it is written.
    const spoil = ({ iteration }: TrainingProgress) => {
      if (iteration > 5 && !existsSync(file())) mkdirSync(file());
    };
    const options = { ...brisk, numIters: 1_000_000, progressInterval: 0, onProgress: spoil };
    const error = await rejection(train(net, { ...options, checkpoint: { file: file(), every: 0.05 } }));
    expect(error).toMatchObject({ code: 'ERR_NOT_WRITABLE' });
    const errors: unknown[] = [];
    const onError = (one: unknown) => errors.push(one);
    const told = { ...brisk, numIters: 20, progressInterval: 0, checkpoint: { file: at('b'), onError } };
    const history = await train(newNet('js'), {
      ...told,
      onProgress: () => existsSync(at('b')) || mkdirSync(at('b')),
    });
    expect(history.lossHistory).toHaveLength(20);
    expect(errors).toMatchObject([{ code: 'ERR_NOT_WRITABLE' }]);
  });

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('from onError');
      },
    ],
    ['rejects with', () => Promise.reject(new Error('from onError'))],
  ])('ends with what its onError %s, also where the last one can be written', async (_, onError) => {
    const spoil = () => existsSync(at('b')) || mkdirSync(at('b'));
    const told = () => {
      rmdirSync(at('b'));
      return onError();
    };
    const options = { ...brisk, numIters: 1_000_000, progressInterval: 0 };
    const checkpoint = { file: at('b'), every: 0.05, onError: told };
    let first = true;
    const onProgress = () => {
      if (first) spoil();
      first = false;
    };
    const training = train(newNet('js'), { ...options, onProgress, checkpoint });
    await expect(training).rejects.toThrow('from onError');
    expect(readdirSync(at())).not.toContain('b.lock');
  });

  it('is not for trainSync, and its options are checked', async () => {
    const sync = (options: TrainOptions) => () => newNet('js').trainSync(X, y, null, null, { ...brisk, ...options });
    expect(sync({ checkpoint: { file: file() } })).toThrow(expect.objectContaining({ code: 'ERR_CONFLICT' }));
    expect(sync({ resume: file() })).toThrow(/the name of a file for resume: use train/);
    const bad = (checkpoint: unknown) => rejection(train(newNet('js'), { ...brisk, checkpoint } as TrainOptions));
    expect(await bad({ file: 7 })).toMatchObject({ code: 'ERR_INVALID_TYPE' });
    expect(await bad('run')).toMatchObject({ code: 'ERR_INVALID_TYPE' });
    expect(await bad({ file: file(), every: 0 })).toMatchObject({ code: 'ERR_OUT_OF_RANGE' });
    expect(await bad({ file: file(), seconds: 1 })).toMatchObject({ code: 'ERR_UNKNOWN_OPTION' });
    expect(await bad({ file: at('no/such') })).toMatchObject({ code: 'ERR_NOT_WRITABLE' });
  });
});

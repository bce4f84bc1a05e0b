import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { loadCheckpoint } from '../../src/checkpoint/checkpoint.js';
import { Classifier } from '../../src/classifier/classifier.js';
import { crossValidate } from '../../src/classifier/cross-validate.js';
import type { ClassifierOptions } from '../../src/classifier/options.js';
import { Matrix } from '../../src/data/matrix.js';
import type { EpochMetrics, TrainingProgress } from '../../src/training/history.js';
import { describeOnBackends } from '../support/backends.js';
import { freshFolder } from '../support/temporary-folder.js';
import { numbersOf, rejection, rows } from '../support/training.js';

const at = freshFolder();
const { X, y } = rows(200);
const matrix = new Matrix(X, 7);
const labels = y.map((label) => `class ${label}`);

/** Long enough for an abort to come in the middle of a training, on a busy machine too; AddressSanitizer is slow. */
const FAST = process.env.ASAN_OPTIONS === undefined ? 1000 : 300;
const EPOCHS = { native: FAST, wasm: FAST, js: 60 };

describeOnBackends('the checkpoint of a classifier', (backend) => {
  const epochs = EPOCHS[backend];
  const options: ClassifierOptions = { backend, seed: 3, epochs, patience: 0, progressInterval: 0 };
  const trained = (more: ClassifierOptions) => Classifier.fit(matrix, labels, { ...options, ...more });

  it('goes on to the same classifier, and is refused with another seed', async () => {
    const abort = new AbortController();
    const onProgress = ({ iteration }: TrainingProgress) => iteration >= 20 && abort.abort();
    const checkpoint = { file: at('run') };
    await rejection(trained({ checkpoint, signal: abort.signal, onProgress }));
    expect((await loadCheckpoint(at('run'))).done).toBe(false);
    const other = await rejection(trained({ resume: at('run'), seed: 4 }));
    expect(other).toMatchObject({ code: 'ERR_CHECKPOINT' });
    expect(other.message).toContain('the same seed if it holds rows out');
    const [whole, resumed] = [await trained({}), await trained({ checkpoint, resume: at('run') })];
    expect(resumed.net.params).toStrictEqual(whole.net.params);
    expect(resumed.settings).toStrictEqual(whole.settings);
    expect(numbersOf(resumed.history as never)).toStrictEqual(numbersOf(whole.history as never));
    expect(resumed.predict(matrix)).toStrictEqual(whole.predict(matrix));
  });
});

describeOnBackends('the folder of several trainings', (backend) => {
  // As above, in the middle of a training.
  const epochs = EPOCHS[backend];
  const options = { backend, seed: 3, epochs, patience: 0, progressInterval: 0, threads: 2 } as const;
  const checkpoint = () => ({ folder: at('kept'), every: 0.02 });
  const files = () => readdirSync(at('kept')).filter((name) => name.endsWith('.checkpoint'));

  it('lets an ensemble go on to the same nets, and trains none twice', async () => {
    const whole = await Classifier.ensemble(matrix, labels, 3, options);
    const abort = new AbortController();
    // The second net is in the middle of its training.
    const onEpochEnd = ({ epoch }: EpochMetrics, member: number) => member === 1 && epoch === 9 && abort.abort();
    const stopped = { ...options, threads: 1, checkpoint: checkpoint(), signal: abort.signal, onEpochEnd };
    await rejection(Classifier.ensemble(matrix, labels, 3, stopped));
    expect(files()).toEqual(['training-0.checkpoint', 'training-1.checkpoint']);
    expect((await loadCheckpoint(at('kept/training-0.checkpoint'))).done).toBe(true);
    const other = { ...options, seed: 4, checkpoint: checkpoint() };
    expect(await rejection(Classifier.ensemble(matrix, labels, 3, other))).toMatchObject({ code: 'ERR_CHECKPOINT' });
    const first: (readonly [number, number])[] = [];
    const resumed = await Classifier.ensemble(matrix, labels, 3, {
      ...options,
      checkpoint: checkpoint(),
      onEpochEnd: ({ epoch }, member) => {
        if (!first.some(([known]) => known === member)) first.push([member, epoch]);
      },
    });
    for (const [i, net] of whole.nets.entries()) expect(resumed.nets[i].params).toStrictEqual(net.params);
    expect(numbersOf(resumed.history as never)).toStrictEqual(numbersOf(whole.history as never));
    expect(new Map(first).get(0)).toBeUndefined();
    expect(new Map(first).get(1)).toBeGreaterThan(0);
    expect(new Map(first).get(2)).toBe(0);
    expect(existsSync(at('kept'))).toBe(false);
  });

  it('lets a cross-validation go on to the same numbers, and leaves what is not its own', async () => {
    const whole = await crossValidate(matrix, labels, { ...options, folds: 3 });
    const abort = new AbortController();
    const stopped = { ...options, folds: 3, threads: 1, checkpoint: checkpoint(), signal: abort.signal };
    const stopping = rejection(crossValidate(matrix, labels, stopped));
    await expect.poll(() => files().length, { interval: 1 }).toBeGreaterThan(1);
    abort.abort();
    await stopping;
    expect(files().length).toBeGreaterThan(1);
    writeFileSync(at('kept/diary.txt'), 'dear diary');
    const resumed = await crossValidate(matrix, labels, { ...options, folds: 3, checkpoint: checkpoint() });
    expect(resumed).toStrictEqual(whole);
    expect(readdirSync(at('kept'))).toEqual(['diary.txt']);
  });
});

it('is a folder for ensembles and folds, and a file for one net', async () => {
  const file = { checkpoint: { file: at('run') } };
  const unknown = { code: 'ERR_UNKNOWN_OPTION', message: expect.stringContaining('did you mean folder?') };
  await expect(Classifier.ensemble(matrix, labels, 2, file as never)).rejects.toMatchObject(unknown);
  await expect(crossValidate(matrix, labels, file as never)).rejects.toMatchObject(unknown);
  await expect(crossValidate(matrix, labels, { resume: at('run') } as never)).rejects.toMatchObject({
    code: 'ERR_UNKNOWN_OPTION',
  });
  const bad = { folder: at('kept'), every: 0 };
  await expect(crossValidate(matrix, labels, { checkpoint: bad })).rejects.toMatchObject({ code: 'ERR_OUT_OF_RANGE' });
  await expect(Classifier.fit(matrix, labels, { resume: {} } as never)).rejects.toMatchObject({
    code: 'ERR_INVALID_TYPE',
  });
});

import { expect, it } from 'vitest';
import { loadCheckpoint } from '../../src/checkpoint/checkpoint.js';
import { Classifier } from '../../src/classifier/classifier.js';
import { crossValidate } from '../../src/classifier/cross-validate.js';
import type { ClassifierOptions } from '../../src/classifier/options.js';
import { Matrix } from '../../src/data/matrix.js';
import type { TrainingProgress } from '../../src/training/history.js';
import { describeOnBackends } from '../support/backends.js';
import { freshFolder } from '../support/temporary-folder.js';
import { numbersOf, rejection, rows } from '../support/training.js';

const at = freshFolder();
const { X, y } = rows(200);
const matrix = new Matrix(X, 7);
const labels = y.map((label) => `class ${label}`);

describeOnBackends('the checkpoint of a classifier', (backend) => {
  const options: ClassifierOptions = { backend, seed: 3, epochs: 100, patience: 0, progressInterval: 0 };
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

it('is of one net: ensembles and folds refuse it', async () => {
  const checkpoint = { file: at('run') };
  const unknown = { code: 'ERR_UNKNOWN_OPTION' };
  await expect(Classifier.ensemble(matrix, labels, 2, { checkpoint } as never)).rejects.toMatchObject(unknown);
  await expect(crossValidate(matrix, labels, { resume: at('run') } as never)).rejects.toMatchObject(unknown);
  await expect(Classifier.fit(matrix, labels, { resume: {} } as never)).rejects.toMatchObject({
    code: 'ERR_INVALID_TYPE',
  });
});

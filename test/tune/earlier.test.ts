/** A search that is continued may have very many results. */
import { expect, it } from 'vitest';
import { Dataset } from '../../src/data/dataset.js';
import { inTurns } from '../../src/platform/turns.js';
import { checkingEarlier, originOf } from '../../src/tune/earlier.js';
import { fingerprint } from '../../src/tune/results-file.js';
import { combinationsOf, resolveSearch } from '../../src/tune/search.js';
import { sweep } from '../../src/tune/sweep.js';
import { makeTrial, type TrialResult } from '../../src/tune/trial.js';
import { rejection } from '../support/training.js';
import { givesTurns } from '../support/turns.js';

const part = { X: [[1], [2], [3]], y: [0, 1, 0] };
const data = new Dataset({ train: part, validation: part });
const origin = originOf(fingerprint(data));
const options = {
  space: { learningRate: Array.from({ length: 4000 }, (_, i) => 1e-5 * (i + 1)), hiddenSize: 1, batchSize: 1 },
  numIters: 1,
};
const earlier = combinationsOf(resolveSearch(options)).map((settings): TrialResult => {
  const numbers = { numIters: 1, iterations: 1, valAccuracy: 0.5, trainAccuracy: null, loss: 1, seconds: 1 };
  return { ...makeTrial(settings, 0), status: 'done', ...numbers, data: origin };
});

it('gives turns while its results are checked', async () => {
  expect(await givesTurns(() => inTurns(checkingEarlier(earlier, origin)))).toBe(true);
});

it('is ended by its signal meanwhile', async () => {
  const abort = new AbortController();
  // The last result would be refused.
  const others = [...earlier, { ...earlier[0], data: 'of others' }];
  const searching = rejection(sweep(data, { ...options, earlier: others, signal: abort.signal, backend: 'js' }));
  setImmediate(() => setImmediate(() => abort.abort('enough')));
  expect(await searching).toMatchObject({ code: 'ABORT_ERR', cause: 'enough', results: { results: [] } });
});

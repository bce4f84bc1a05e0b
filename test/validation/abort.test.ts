import { getEventListeners } from 'node:events';
import { writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { Classifier } from '../../src/classifier/classifier.js';
import { crossValidate } from '../../src/classifier/cross-validate.js';
import { sweepClassifier } from '../../src/classifier/sweep-classifier.js';
import { Matrix } from '../../src/data/matrix.js';
import { evaluateAsync } from '../../src/net/evaluation.js';
import { TwoLayerNet } from '../../src/net/two-layer-net.js';
import { giveTurn } from '../../src/platform/turns.js';
import { sweep } from '../../src/tune/sweep.js';
import { freshFolder } from '../support/temporary-folder.js';
import { rejection } from '../support/training.js';

const at = freshFolder();

/** So many that whatever is done with all of them takes several turns of the event loop. */
const [N, D] = [120_000, 64];
const X = new Matrix(
  Float32Array.from({ length: N * D }, (_, i) => i % 11),
  D,
);
const y = Int32Array.from({ length: N }, (_, i) => i % 2);
const part = { X, y };
const data = { train: part, validation: part };
let net: TwoLayerNet;
let classifier: Classifier;
beforeAll(async () => {
  net = new TwoLayerNet({ inputSize: D, hiddenSize: 8, numClasses: 2 });
  const few = new Matrix(X.data.subarray(0, 100 * D), D);
  classifier = await Classifier.fit(few, y.subarray(0, 100), { epochs: 1 });
});

/** Work that a signal ends. Some would fail after their preparation: an abort comes before. */
const WORKS: readonly [string, (signal: AbortSignal) => Promise<unknown>][] = [
  ['Classifier.fit', (signal) => Classifier.fit(X, y, { signal })],
  ['Classifier.fit of a data set', (signal) => Classifier.fit(data, { signal })],
  ['Classifier.fit of bytes', (signal) => Classifier.fit(new Matrix(Uint8Array.from(X.data), D), y, { signal })],
  ['Classifier.ensemble', (signal) => Classifier.ensemble(X, y, 2, { signal })],
  ['partialFit', (signal) => classifier.partialFit(X, y, { signal, sampleWeights: [1] })],
  ['crossValidate', (signal) => crossValidate(X, y, { signal, sampleWeights: [1] })],
  ['sweepClassifier', (signal) => sweepClassifier(X, y, { signal, checkpoint: { folder: at('file') } })],
  ['sweep', (signal) => sweep(data, { signal, checkpoint: { folder: at('file') } })],
  ['train with a checkpoint', (signal) => net.train(data, { signal, checkpoint: { file: at('no/file') } })],
  ['train that resumes a file', (signal) => net.train(data, { signal, resume: at('no/file') })],
  ['train', (signal) => net.train(data, { signal })],
  ['predictAsync', (signal) => net.predictAsync(X, { signal })],
  ['scoresAsync', (signal) => net.scoresAsync(X, { signal })],
  ['probabilitiesAsync', (signal) => net.probabilitiesAsync(X, { signal })],
  ['predictAsync of a Predictor', (signal) => net.prepare().predictAsync(X, { signal })],
  ['evaluateAsync', (signal) => evaluateAsync(net, part, { signal })],
  ['predictAsync of a Classifier', (signal) => classifier.predictAsync(X, { signal })],
  ['probabilitiesAsync of a Classifier', (signal) => classifier.probabilitiesAsync(X, { signal })],
];

describe.each(WORKS)('%s', (name, work) => {
  /** Nothing has been trained. */
  const check = async (working: Promise<unknown>, signal: AbortSignal) => {
    const error = await rejection<Error & { classifier?: unknown; results?: unknown }>(working);
    expect(error).toMatchObject({ name: 'AbortError', code: 'ABORT_ERR', cause: 'enough' });
    if (name !== 'sweep') expect(error.results).toBeUndefined();
    expect(error.classifier).toBeUndefined();
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  };

  it('is refused by a signal that is aborted already, before any work', async () => {
    writeFileSync(at('file'), '');
    const signal = AbortSignal.abort('enough');
    await check(work(signal), signal);
  });

  it('ends while its rows are read', async () => {
    writeFileSync(at('file'), '');
    const abort = new AbortController();
    const working = work(abort.signal);
    const checked = check(working, abort.signal);
    await giveTurn();
    abort.abort('enough');
    await checked;
  });
});

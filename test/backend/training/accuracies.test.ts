/** Accuracies at epochs and at the end, and the minibatches that they count. */
import { expect, it } from 'vitest';
import type { BestEpoch, LabelledRows, Net, TrainingCall } from '../../../binding.js';
import { chooseBackend } from '../../../src/backend/choose.js';
import { RandomState } from '../../../src/random/random-state.js';
import type { EngineSettings } from '../../../src/training/settings.js';
import { copyParameters } from '../../../src/validation/parameters.js';
import { describeOnBackends } from '../../support/backends.js';
import { callWithEverything, type Kind, kindsOf } from './all-settings.js';

const SIZES = { picture: { height: 5, width: 4, channels: 3 }, H: 18, C: 4, N: 33, threads: 1 };

function callOf(kind: Pick<Kind, 'dtype' | 'products' | 'bfloat16'>, settings: Partial<EngineSettings>): TrainingCall {
  const call = callWithEverything({ ...SIZES, ...kind }, { numIters: 9, batchSize: 7, ...settings });
  const { rows, labels } = call.training;
  const D = rows.data.length / rows.count;
  // Other rows than those of the training, and not as many.
  const data = rows.data.slice(0, 20 * D).reverse();
  return { ...call, validation: { rows: { ...rows, data, count: 20 }, labels: labels.slice(0, 20).reverse() } };
}

describeOnBackends('accuracies of a training', (backend) => {
  const { binding } = chooseBackend(backend);
  const kinds = kindsOf(binding);

  /** The share of rows that a net predicts right: those at `indices`, or all. */
  function accuracy(net: Net, { rows, labels }: LabelledRows, indices?: ArrayLike<number>): number {
    const classes = new Int32Array(rows.count);
    binding.predict(net, rows, classes);
    const counted = Array.from(indices ?? classes.keys());
    return counted.filter((n) => classes[n] === labels[n]).length / counted.length;
  }

  it.each(kinds)('at the end are those of all rows, as they are in the data: %o', (kind) => {
    const call = callOf(kind, { dropout: 0.9, inputDropout: 0.5, learningRate: 0.01 });
    const { accuracies } = binding.trainSync(call, null);
    const validation = accuracy(call.net, call.validation as LabelledRows);
    expect(accuracies).toStrictEqual({ training: accuracy(call.net, call.training), validation });
    expect(validation).not.toBe(accuracies?.training);
    const without = { ...callOf(kind, {}), validation: null };
    expect(binding.trainSync(without, null).accuracies).toStrictEqual({
      training: accuracy(without.net, without.training),
      validation: null,
    });
    expect(binding.trainSync({ ...callOf(kind, {}), finalAccuracies: false }, null).accuracies).toBe(null);
  });

  it.each(kinds)('at the end are those of the best epoch: %o', (kind) => {
    for (const patience of [1000, 2]) {
      const call = callOf(kind, { numIters: 90, learningRate: 0.05, patience, minGain: 0.01, clipNorm: 0 });
      const best: BestEpoch = {
        parameters: copyParameters(call.net.parameters),
        iterations: 0,
        monitored: 0,
        epochsSince: 0,
      };
      const outcome = binding.trainSync({ ...call, best }, null);
      expect(outcome.status).toBe(patience === 2 ? 'early' : 'done');
      expect(outcome.best?.iterations).toBeLessThan(outcome.iterations);
      const net = { ...call.net, parameters: best.parameters };
      expect(best.parameters.W1).not.toStrictEqual(call.net.parameters.W1);
      expect(outcome.accuracies).toStrictEqual({
        training: accuracy(net, call.training),
        validation: accuracy(net, call.validation as LabelledRows),
      });
    }
  });

  it.each(kinds)('at epochs are those of the minibatch without dropout, in pictures as they are: %o', (kind) => {
    for (const sampling of ['replacement', 'permutation'] as const) {
      const call = callOf(kind, { numIters: 1, batchSize: 30, dropout: 0.6, inputDropout: 0.5, sampling });
      const random = new RandomState(0);
      random.setState({ ...call.random, key: call.random.key.slice(), hasGauss: false, cachedGaussian: 0 });
      const rows = sampling === 'permutation' ? random.permutation(SIZES.N).slice(0, 30) : random.choice(SIZES.N, 30);
      const { trainAccuracies } = binding.trainSync(call, null);
      expect([...trainAccuracies]).toStrictEqual([accuracy(call.net, call.training, rows)]);
    }
  });

  it.each(kinds)('and validation losses have no weights, smoothing or penalty: %o', (kind) => {
    const call = callOf(kind, { numIters: 1, labelSmoothing: 0.5, reg: 3 });
    const { validationLosses } = binding.trainSync(call, null);
    const gradients = copyParameters(call.net.parameters);
    const loss = binding.lossAndGradients(call.net, call.validation as LabelledRows, 0, gradients);
    expect(validationLosses[0] / loss).toBeCloseTo(1, 6);
  });
});

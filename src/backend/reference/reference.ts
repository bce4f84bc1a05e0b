/**
 * The backend in plain TypeScript, used if the addon does not load. It satisfies binding.d.ts exactly as the addon
 * does: the tests of arithmetic run on both.
 */
import type { Binding, ParameterArrays, Reals } from '../../../binding.js';
import { ENGINE_SETTINGS } from '../../training/settings.js';
import { firstNonFinite } from '../../validation/check.js';
import { BINDING_VERSION } from '../binding-version.js';
import { checkFirstNonFinite, checkLossAndGradients, checkPredict, checkScores, checkSoftmax } from './checks.js';
import { computeScores, predict } from './inference.js';
import { sumOfSquares } from './layers.js';
import { mapFile, unmapFile } from './map-file.js';
import { ReferenceMinibatch } from './minibatch.js';
import { peak } from './peak.js';
import { PreparedNetInTurns, ReferenceArithmetic } from './prepared-net.js';
import { randn, randnSync } from './randn.js';
import { softmaxRows } from './softmax.js';
import { train, trainSync } from './train.js';

/** Rows at a time, so that the gradient on a whole data set needs no copy of it in reals. */
const BLOCK = 1000;

/** gradient ← gradient + reg · weights, the gradient of ½ · reg · Σ weights². */
function regularize(reg: number, weights: Reals, gradient: Reals): void {
  for (let i = 0; i < weights.length; i++) gradient[i] += reg * weights[i];
}

function add(values: Float64Array, to: Reals): void {
  for (let i = 0; i < values.length; i++) to[i] += values[i];
}

export const referenceBinding: Binding = {
  version: BINDING_VERSION,
  settings: ENGINE_SETTINGS,

  info: () => ({
    blas: 'none',
    blasCore: 'TypeScript',
    blasCoreReason: 'there is no BLAS',
    blasCoreOlder: false,
    simdTarget: 'none',
    bfloat16: false,
  }),

  peak,

  firstNonFinite(values) {
    checkFirstNonFinite(values);
    return firstNonFinite(values);
  },

  softmax(scores, numClasses) {
    checkSoftmax(scores, numClasses);
    softmaxRows(scores, numClasses);
  },

  mapFile,
  unmapFile,

  randn,
  randnSync,

  scores(net, rows, scores) {
    checkScores(net, rows, scores);
    computeScores(net, rows, scores);
  },

  predict(net, rows, classes) {
    checkPredict(net, rows, classes);
    return predict(net, rows, classes);
  },

  prepare: (net, rows, mean) => new PreparedNetInTurns(net, rows, mean, () => new ReferenceArithmetic(net)),

  lossAndGradients(net, data, reg, gradients: ParameterArrays) {
    checkLossAndGradients(net, data, reg, gradients);
    const N = data.rows.count;
    const { W1, W2 } = net.parameters;
    for (const gradient of [gradients.W1, gradients.b1, gradients.W2, gradients.b2]) gradient.fill(0);
    const batch = new ReferenceMinibatch(net, Math.min(BLOCK, N));
    let dataLoss = 0;
    for (let first = 0; first < N; first += BLOCK) {
      batch.gather(data, null, first, Math.min(BLOCK, N - first));
      dataLoss += batch.backward({ total: N });
      batch.addGradientOfW1(1, 1, gradients.W1);
      batch.addGradientOfW2(1, 1, gradients.W2);
      add(batch.db1, gradients.b1);
      add(batch.db2, gradients.b2);
    }
    regularize(reg, W1, gradients.W1);
    regularize(reg, W2, gradients.W2);
    return dataLoss / N + 0.5 * reg * (sumOfSquares(W1) + sumOfSquares(W2));
  },

  train,
  trainSync,
};

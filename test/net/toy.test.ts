import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { BackendName } from '../../src/backend/choose.js';
import { gradientCheck } from '../../src/net/gradient-check.js';
import { TwoLayerNet } from '../../src/net/two-layer-net.js';
import { RandomState } from '../../src/random/random-state.js';
import type { Dtype } from '../../src/training/settings.js';
import { PARAMETERS } from '../../src/validation/parameters.js';
import { describeOnBackends, errorOfScale, flat, relativeError } from '../support/backends.js';

type Nested = { W1: number[][]; b1: number[]; W2: number[][]; b2: number[] };

interface ToyCase {
  modelSeed: number;
  dataSeed: number;
  X: number[][];
  y: number[];
  init: Nested;
  scores: number[][];
  reg: number;
  loss: number;
  grads: Nested;
  train: {
    learningRate: number;
    learningRateDecay: number;
    reg: number;
    numIters: number;
    batchSize: number;
    lossHistory: number[];
    trainAccHistory: number[];
    valAccHistory: number[];
    final: Nested;
  };
}

/** The article's toy model and data, computed in float64 with NumPy; case 0 has the article's own seeds. */
const { cases } = JSON.parse(readFileSync(new URL('../fixtures/toy.json', import.meta.url), 'utf8')) as {
  cases: ToyCase[];
};

/** The error of float64 sums in another order: at worst 1e-13 was found. A wrong formula is off by far more. */
const FLOAT64 = 1e-9;
/** float32 against float64 after up to 100 steps, relative to an array's largest entry: at worst 6e-6 was found. */
const FLOAT32 = 2e-5;

/** `np.random.seed(modelSeed)` and the net of `init_toy_model`. */
function toyNet(golden: ToyCase, backend: BackendName, dtype: Dtype): TwoLayerNet {
  const random = new RandomState(golden.modelSeed);
  return new TwoLayerNet({ inputSize: 4, hiddenSize: 10, numClasses: 3, std: 1e-1, random, dtype, backend });
}

/** `np.random.seed(dataSeed)` and the X of `init_toy_data`. The stream then continues, as the global one does. */
function toyData(golden: ToyCase): { X: Float64Array; stream: RandomState } {
  const stream = new RandomState(golden.dataSeed);
  return { X: stream.randn(5 * 4).map((draw) => 10 * draw), stream };
}

/** Trains on the stream that the data came from, validating on the training rows, as `toy.json` was made. */
function trainToy(golden: ToyCase, net: TwoLayerNet) {
  const { X, stream } = toyData(golden);
  const { learningRate, learningRateDecay, reg, numIters, batchSize } = golden.train;
  const options = { learningRate, learningRateDecay, reg, numIters, batchSize, random: stream };
  return net.trainSync(X, golden.y, X, golden.y, options);
}

describeOnBackends('the toy model of the article', (backend) => {
  describe.each(cases)('seeds $modelSeed and $dataSeed', (golden) => {
    it('draws the initial weights and the data exactly as NumPy does', () => {
      const { params } = toyNet(golden, backend, 'float64');
      for (const name of PARAMETERS) expect(Array.from(params[name]), name).toStrictEqual(flat(golden.init[name]));
      expect(Array.from(toyData(golden).X)).toStrictEqual(flat(golden.X));
    });

    it('computes the scores, the loss and every gradient', () => {
      const net = toyNet(golden, backend, 'float64');
      const { X } = toyData(golden);
      expect(relativeError(net.scores(X), flat(golden.scores))).toBeLessThan(FLOAT64);
      const { loss, grads } = net.loss(X, golden.y, { reg: golden.reg });
      expect(relativeError([loss], [golden.loss])).toBeLessThan(FLOAT64);
      for (const name of PARAMETERS) {
        expect(relativeError(grads[name], flat(golden.grads[name])), name).toBeLessThan(FLOAT64);
      }
    });

    it('trains to the same history and parameters, on the stream that continues after the data', () => {
      const net = toyNet(golden, backend, 'float64');
      const history = trainToy(golden, net);
      const { lossHistory, trainAccHistory, valAccHistory, final } = golden.train;
      expect(relativeError(history.lossHistory, lossHistory)).toBeLessThan(FLOAT64);
      expect(history.trainAccHistory).toStrictEqual(trainAccHistory);
      expect(history.valAccHistory).toStrictEqual(valAccHistory);
      for (const name of PARAMETERS) {
        expect(relativeError(net.params[name], flat(final[name])), name).toBeLessThan(FLOAT64);
      }
    });

    it('is close in float32: scores, loss, gradients and the whole training', () => {
      const net = toyNet(golden, backend, 'float32');
      const { X } = toyData(golden);
      expect(net.params.W1).toBeInstanceOf(Float32Array);
      expect(errorOfScale(net.scores(X), flat(golden.scores))).toBeLessThan(FLOAT32);
      const { loss, grads } = net.loss(X, golden.y, { reg: golden.reg });
      expect(relativeError([loss], [golden.loss])).toBeLessThan(FLOAT32);
      for (const name of PARAMETERS) {
        expect(errorOfScale(grads[name], flat(golden.grads[name])), name).toBeLessThan(FLOAT32);
      }
      const { lossHistory, trainAccHistory, valAccHistory, final } = golden.train;
      const history = trainToy(golden, net);
      expect(relativeError(history.lossHistory, lossHistory)).toBeLessThan(FLOAT32);
      expect(history.trainAccHistory).toStrictEqual(trainAccHistory);
      expect(history.valAccHistory).toStrictEqual(valAccHistory);
      for (const name of PARAMETERS) {
        expect(errorOfScale(net.params[name], flat(final[name])), name).toBeLessThan(FLOAT32);
      }
    });

    it('has gradients that agree with central differences to 1e-8', () => {
      const net = toyNet(golden, backend, 'float64');
      const errors = gradientCheck(net, toyData(golden).X, golden.y, { reg: golden.reg });
      for (const name of PARAMETERS) expect(errors[name], name).toBeLessThan(1e-8);
    });
  });

  // The numbers below are printed in the article.
  describe('the figures that the article prints', () => {
    const [golden] = cases;

    it('scores to 8 decimals', () => {
      const scores = toyNet(golden, backend, 'float64').scores(toyData(golden).X);
      expect(Array.from(scores, (score) => Number(score.toFixed(8)))).toStrictEqual([
        ...[-0.81233741, -1.27654624, -0.70335995],
        ...[-0.17129677, -1.18803311, -0.47310444],
        ...[-0.51590475, -1.01354314, -0.8504215],
        ...[-0.15419291, -0.48629638, -0.52901952],
        ...[-0.00618733, -0.12435261, -0.15226949],
      ]);
    });

    it('the loss, 1.30378789133 at a regularization of 0.1, within the difference that it reports', () => {
      const { loss } = toyNet(golden, backend, 'float64').loss(toyData(golden).X, golden.y, { reg: 0.1 });
      expect(Math.abs(loss - 1.30378789133)).toBeCloseTo(1.79856129989e-13, 15);
    });

    it('the relative errors of the gradients', () => {
      const errors = gradientCheck(toyNet(golden, backend, 'float64'), toyData(golden).X, golden.y, { reg: 0.1 });
      // These are rounding errors of the differences, so only their first digits are the same on another machine.
      const printed = { b2: 4.447635e-11, W1: 3.561318e-9, W2: 3.440708e-9, b1: 2.738421e-9 };
      for (const name of PARAMETERS) expect(errors[name] / printed[name], name).toBeCloseTo(1, 2);
    });

    it('a training that ends below 0.02', () => {
      const net = toyNet(golden, backend, 'float64');
      const { X, stream } = toyData(golden);
      const options = { learningRate: 0.1, reg: 1e-5, numIters: 100, random: stream };
      const { lossHistory } = net.trainSync(X, golden.y, X, golden.y, options);
      expect(lossHistory[0]).toBeGreaterThan(1);
      expect(lossHistory[99]).toBeLessThan(0.02);
      expect(Array.from(net.predict(X))).toStrictEqual(golden.y);
    });
  });
});

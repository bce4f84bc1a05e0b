import { expect, it } from 'vitest';
import { TwoLayerNet } from '../../src/net/two-layer-net.js';
import { RandomState } from '../../src/random/random-state.js';
import { describeOnNative } from '../support/backends.js';
import { numbersOf, rows } from '../support/training.js';
import { digests } from '../support/training-call.js';

describeOnNative("the addon's threads", () => {
  it.each([
    { N: 1, D: 1, H: 1, C: 2, batchSize: 1 },
    { N: 333, D: 517, H: 13, C: 7, batchSize: 101 },
    { N: 120, D: 769, H: 31, C: 3, batchSize: 251 },
    { N: 700, D: 64, H: 1, C: 100, batchSize: 333 },
  ])('compute the same bits with 1, 2, 3, 4 or 7 of them: N $N, D $D, H $H, C $C, batches of $batchSize', (shape) => {
    const data = rows(shape.N, shape.D);
    const labels = data.y.map((label) => label % shape.C);
    for (const dtype of ['float32', 'float64'] as const) {
      const [expected, ...others] = [1, 2, 3, 4, 7].map((threads) => {
        const net = new TwoLayerNet({
          inputSize: shape.D,
          hiddenSize: shape.H,
          numClasses: shape.C,
          std: 0.1,
          random: new RandomState(6),
          dtype,
          backend: 'native',
          threads,
        });
        const options = { numIters: 3, batchSize: shape.batchSize, learningRate: 0.01, reg: 0.1 };
        const history = numbersOf(net.trainSync(data.X, labels, data.X, labels, options));
        const { loss, grads } = net.loss(data.X, labels, { reg: 0.1 });
        const arrays = { ...net.params, scores: net.scores(data.X), classes: net.predict(data.X) };
        return { history, loss, ...digests(arrays), grads: digests(grads) };
      });
      for (const other of others) expect(other).toStrictEqual(expected);
    }
  });

  it('leave the event loop free during a single long iteration', async () => {
    const random = new RandomState(0);
    const net = new TwoLayerNet({
      inputSize: 400,
      hiddenSize: 200,
      numClasses: 3,
      random,
      dtype: 'float64',
      backend: 'native',
      threads: 1,
    });
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    // About 700 million multiplications per iteration on one thread.
    await net.train(rows(100, 400).X, rows(100, 400).y, null, null, { numIters: 3, batchSize: 3000 });
    clearInterval(timer);
    expect(ticks).toBeGreaterThanOrEqual(5);
  });
});

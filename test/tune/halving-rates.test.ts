import { expect, it } from 'vitest';
import { RandomState, sweep } from '../../src/index.js';
import { describeOnBackends } from '../support/backends.js';

const random = new RandomState(3);
const X = random.randn(90 * 4);
const y = random.choice(3, 90);
const data = {
  train: { X: X.subarray(0, 60 * 4), y: y.subarray(0, 60) },
  validation: { X: X.subarray(60 * 4), y: y.subarray(60) },
  inputSize: 4,
  numClasses: 3,
};
const space = { learningRate: [0.4, 0.2, 0.1], learningRateDecay: 0.5, hiddenSize: 5, batchSize: 6, std: 0.3 };

describeOnBackends('a halving', (backend) => {
  // A round ends after 11 iterations, just after the first of an epoch of 10, where the rate decays.
  it('trains its last trial as a search does that trains all to the end', async () => {
    const common = { space, numIters: 33, seed: 1, backend };
    const halving = await sweep(data, { ...common, search: 'halving', minIters: 11, eta: 3 });
    const grid = await sweep(data, { ...common, search: 'grid' });
    const last = halving.results.filter(({ iterations }) => iterations === 33);
    expect(last).toHaveLength(1);
    const [{ id, loss, valAccuracy }] = last;
    expect(grid.results.find((result) => result.id === id)).toMatchObject({ loss, valAccuracy });
  });
});

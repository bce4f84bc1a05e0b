/** PyTorch's runs by the options of `train`: update rules, schedules, weights, label smoothing and clipping. */
import { describe, expect, it } from 'vitest';
import type { BackendName } from '../../src/backend/choose.js';
import { TwoLayerNet } from '../../src/net/two-layer-net.js';
import { RandomState } from '../../src/random/random-state.js';
import type { TrainOptions } from '../../src/training/options.js';
import type { Dtype } from '../../src/training/settings.js';
import { PARAMETERS } from '../../src/validation/parameters.js';
import { describeOnBackends, errorOfScale, relativeError } from '../support/backends.js';
import { type GoldenRun, goldenOptimizers } from '../support/golden-optimizers.js';

const golden = goldenOptimizers<object>();
const { D, H, C, N, batchSize, numIters, std } = golden;
/** E. */
const EPOCH = Math.floor(N / batchSize);
const RUNS = golden.runs.map((run) => [`${run.name}, seed ${run.seed}`, run] as const);

function setUp(run: GoldenRun, backend: BackendName, dtype: Dtype = 'float64') {
  const { seed, name: _, sampleWeights, rates: __, losses: ___, W1, b1, W2, b2, ...options } = run;
  const net = new TwoLayerNet({
    inputSize: D,
    hiddenSize: H,
    numClasses: C,
    std,
    dtype,
    backend,
    random: new RandomState(seed),
  });
  const random = new RandomState(seed + 1000);
  const X = random.randn(N * D);
  const y = random.randint(0, C, N);
  const weights = sampleWeights && { sampleWeights: random.uniform(0.2, 3, N) };
  const all: TrainOptions = { reg: 0, learningRateDecay: 1, ...options, ...weights, batchSize, numIters };
  return { net, X, y, options: all };
}

describeOnBackends("PyTorch's runs", (backend) => {
  describe.each(RUNS)('%s', (_, run) => {
    it.each([
      ['float64', 1e-10],
      ['float32', 1e-4],
    ] as const)('have the same losses, rates and parameters in %s', async (dtype, tolerance) => {
      const { net, X, y, options } = setUp(run, backend, dtype);
      const history = await net.train(X, y, null, null, options);
      expect(relativeError(history.lossHistory, run.losses)).toBeLessThan(tolerance);
      const rates = run.rates.filter((_rate, t) => t % EPOCH === 0);
      expect(relativeError(history.learningRateHistory, rates)).toBeLessThan(1e-12);
      for (const name of PARAMETERS) expect(errorOfScale(net.params[name], run[name]), name).toBeLessThan(tolerance);
    });
  });

  it.each(RUNS.filter(([, { seed }]) => seed === 3))('%s: the next rate is that of the run', (_, run) => {
    const { net, X, y, options } = setUp(run, backend);
    const rates: number[] = [];
    const onProgress = ({ iteration, learningRate }: { iteration: number; learningRate: number }) => {
      rates[iteration] = learningRate;
    };
    const { learningRate } = net.trainSync(X, y, null, null, { ...options, progressInterval: 0, onProgress });
    expect(relativeError(rates.slice(1, numIters), run.rates.slice(1))).toBeLessThan(1e-12);
    expect(learningRate).toBe(rates[numIters]);
  });
});

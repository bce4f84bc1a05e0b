/** Update rules, weights, label smoothing and clipping against PyTorch, in float64 over NumPy's draws. */
import { describe, expect, it } from 'vitest';
import type { Products } from '../../../binding.js';
import { chooseBackend } from '../../../src/backend/choose.js';
import { RandomState } from '../../../src/random/random-state.js';
import type { EngineSettings } from '../../../src/training/settings.js';
import { PARAMETERS } from '../../../src/validation/parameters.js';
import { describeOnBackends, errorOfScale, productsOf, relativeError } from '../../support/backends.js';
import { type GoldenRun, goldenOptimizers } from '../../support/golden-optimizers.js';
import { parametersIn, trainingCall } from '../../support/training-call.js';

/** What a run says of its settings. */
interface Settings extends Partial<EngineSettings> {
  readonly schedule?: object;
  readonly classWeights?: readonly number[];
}
type Run = GoldenRun & Settings;
const golden = goldenOptimizers<Settings>();
const { D, H, C, N, batchSize, numIters, std } = golden;

/** How far losses, rates and parameters may be from PyTorch's. */
const TOLERANCE = { float32: 1e-4, float64: 1e-10 };

/** The call of a run. With a schedule, the rates are the run's own: schedules are not a backend's concern. */
function callOf(run: Run, dtype: 'float32' | 'float64', products: Products) {
  const { seed, name: _, schedule, classWeights, sampleWeights, rates, losses: __, W1, b1, W2, b2, ...settings } = run;
  const random = new RandomState(seed);
  const parameters = {
    W1: random.randn(D * H).map((draw) => std * draw),
    b1: new Float64Array(H),
    W2: random.randn(H * C).map((draw) => std * draw),
    b2: new Float64Array(C),
  };
  const ofRows = new RandomState(seed + 1000);
  const data = ofRows.randn(N * D);
  const labels = Int32Array.from(ofRows.randint(0, C, N));
  const weights = sampleWeights ? ofRows.uniform(0.2, 3, N) : new Float64Array(N).fill(1);
  if (classWeights) for (let i = 0; i < N; i++) weights[i] *= classWeights[labels[i]];
  return trainingCall({
    net: {
      shape: { inputSize: D, hiddenSize: H, numClasses: C },
      parameters: parametersIn(dtype, parameters),
      products,
      threads: 2,
    },
    training: { rows: { data, count: N, mean: null }, labels },
    weights: sampleWeights || classWeights ? weights : null,
    rates: schedule ? Float64Array.from(rates) : null,
    random: random.getState(),
    settings: { learningRateDecay: 1, reg: 0, ...settings, numIters, batchSize },
  });
}

describeOnBackends('the golden runs of PyTorch', (backend) => {
  const { binding } = chooseBackend(backend);

  describe.each(golden.runs.map((run) => [`${run.name}, seed ${run.seed}`, run] as const))('%s', (_title, run) => {
    it.each(
      productsOf(binding).flatMap((products) =>
        (['float64', 'float32'] as const).map((dtype) => [dtype, products] as const),
      ),
    )('%s, %s products', (dtype, products) => {
      const call = callOf(run, dtype, products);
      const rates = [call.rates?.[0] ?? call.settings.learningRate];
      const losses: number[] = [];
      const { status, ...end } = binding.trainSync(call, (report) => {
        losses.push(...report.losses);
        rates[report.iterations] = report.learningRate;
      });
      expect(status).toBe('done');
      expect(relativeError([...losses, ...end.losses], run.losses)).toBeLessThan(TOLERANCE[dtype]);
      expect(relativeError(rates, run.rates)).toBeLessThan(TOLERANCE[dtype]);
      for (const name of PARAMETERS) {
        expect(errorOfScale(call.net.parameters[name], run[name]), name).toBeLessThan(TOLERANCE[dtype]);
      }
    });
  });
});

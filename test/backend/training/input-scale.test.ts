/** A training on rows that count as multiplied by s is the training on s times these rows, with weights W1 / s. */
import { expect, it } from 'vitest';
import type { TrainingCall } from '../../../binding.js';
import { chooseBackend } from '../../../src/backend/choose.js';
import { RandomState } from '../../../src/random/random-state.js';
import type { EngineSettings } from '../../../src/training/settings.js';
import { describeOnBackends, errorOfScale, productsOf } from '../../support/backends.js';
import { trainingCall } from '../../support/training-call.js';
import { UPDATE_RULES } from '../../support/update-rules.js';

const [D, H, C, N] = [9, 6, 3, 30];
const SCALE = 0.02;

/** A training on rows × `rowFactor` with W1 × `weightFactor`. */
function callOf(rowFactor: number, weightFactor: number, settings: Partial<EngineSettings>): TrainingCall {
  const random = new RandomState(2);
  const normal = (length: number, scale: number) => random.randn(length).map((draw) => scale * draw);
  const parameters = { W1: normal(D * H, 0.5), b1: normal(H, 0.1), W2: normal(H * C, 0.5), b2: normal(C, 0.1) };
  const data = normal(N * D, 50).map((value) => rowFactor * value);
  const labels = Int32Array.from(random.randint(0, C, N));
  return trainingCall({
    net: {
      shape: { inputSize: D, hiddenSize: H, numClasses: C },
      parameters: { ...parameters, W1: parameters.W1.map((weight) => weightFactor * weight) },
    },
    training: { rows: { data, count: N, mean: null }, labels },
    settings: { numIters: 20, batchSize: 8, learningRate: 0.05, reg: 0.1, epsilon: 1e-3, ...settings },
  });
}

describeOnBackends('an input scale', (backend) => {
  const { binding } = chooseBackend(backend);

  it.each(
    Object.entries(UPDATE_RULES).flatMap(([name, rule]) => [0, 0.3].map((clipNorm) => [name, clipNorm, rule] as const)),
  )('is that of the rows: %s, gradients of norm %d at most', (_name, clipNorm, rule) => {
    for (const products of productsOf(binding)) {
      const scaledRows = callOf(SCALE, 1, { ...rule, clipNorm });
      const scaledWeights = callOf(1, SCALE, { ...rule, clipNorm, inputScale: SCALE });
      const [expected, got] = [scaledRows, scaledWeights].map((call) => {
        const { losses, status } = binding.trainSync({ ...call, net: { ...call.net, products } }, null);
        expect(status).toBe('done');
        return { ...call.net.parameters, losses };
      });
      expect(errorOfScale(got.losses, expected.losses)).toBeLessThan(1e-10);
      const W1 = expected.W1.map((weight) => SCALE * weight);
      expect(errorOfScale(got.W1, W1), 'W1').toBeLessThan(1e-10);
      for (const name of ['b1', 'W2', 'b2'] as const) {
        expect(errorOfScale(got[name], expected[name]), name).toBeLessThan(1e-10);
      }
    }
  });
});

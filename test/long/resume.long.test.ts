import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadCheckpoint } from '../../src/checkpoint/checkpoint.js';
import { saveModel } from '../../src/model/model.js';
import { TwoLayerNet } from '../../src/net/two-layer-net.js';
import { RandomState } from '../../src/random/random-state.js';
import { TrainingAbortedError } from '../../src/training/errors.js';
import type { TrainingProgress } from '../../src/training/history.js';
import type { TrainOptions } from '../../src/training/options.js';
import { describeOnBackends } from '../support/backends.js';
import { sharedFolder } from '../support/temporary-folder.js';
import { numbersOf } from '../support/training.js';
import { cases } from './size.js';

const folder = sharedFolder();
const random = new RandomState(8);
const [D, H, C, N] = [12, 9, 4, 120];
const X = random.randn(N * D);
const y = Array.from({ length: N }, (_, i) => (X[i * D] < -0.5 ? 0 : X[i * D] < 0.5 ? 1 : X[i * D + 1] < 0 ? 2 : 3));
const [Xval, yval] = [X.slice(0, 40 * D), y.slice(0, 40)];
const POINTS = cases(100, 6);
/** Enough for the signal to be noticed before the end: the addon makes some hundred thousand in a second. */
const ITERATIONS = { native: 15_000, wasm: 3000, js: 1200 };

/** Each rule, beside the options that need more state than others. */
const RULES: Readonly<Record<string, TrainOptions>> = {
  sgd: { learningRate: 0.05, learningRateDecay: 0.99 },
  momentum: { learningRate: 0.02, momentum: 0.9, schedule: 'cosine', warmup: 10 },
  nesterov: { learningRate: 0.02, momentum: 0.9, nesterov: true, schedule: 'step', sampling: 'permutation' },
  adam: { optimizer: 'adam', learningRate: 5e-3, dropout: 0.3, patience: 100_000, clipNorm: 1 },
  adamw: { optimizer: 'adamw', learningRate: 5e-3, inputDropout: 0.1, labelSmoothing: 0.1, classWeights: 'balanced' },
};

describeOnBackends('a training that goes on from a checkpoint has the bytes of one without a break', (backend) => {
  const newNet = (threads: number, dtype: 'float32' | 'float64') =>
    new TwoLayerNet({
      inputSize: D,
      hiddenSize: H,
      numClasses: C,
      std: 0.1,
      random: new RandomState(2),
      backend,
      threads,
      dtype,
    });

  const numIters = ITERATIONS[backend];

  it.each(Object.keys(RULES))(
    `${POINTS} points of %s`,
    async (rule) => {
      const at = (name: string) => join(folder, `${backend}-${rule}-${name}`);
      for (const dtype of ['float32', 'float64'] as const) {
        const options = { batchSize: 10, reg: 0.01, numIters, progressInterval: 0, ...RULES[rule] };
        const train = (net: TwoLayerNet, more: TrainOptions) => net.train(X, y, Xval, yval, { ...options, ...more });
        const save = async (net: TwoLayerNet, history: Awaited<ReturnType<typeof train>>) => {
          await saveModel(at('model.safetensors'), net, { history });
          return readFileSync(at('model.safetensors'));
        };
        const whole = newNet(1, dtype);
        const history = await train(whole, {});
        const expected = await save(whole, history);
        const points = new Set<number>();
        for (let i = 0; i < POINTS / 2; i++) {
          const after = 1 + Math.floor(((i + 0.5) * 2 * (numIters - 2)) / POINTS);
          const file = at(`${dtype}-${i}.checkpoint`);
          const abort = new AbortController();
          const onProgress = ({ iteration }: TrainingProgress) => iteration >= after && abort.abort();
          const ended = await train(newNet(2, dtype), { checkpoint: { file }, signal: abort.signal, onProgress }).catch(
            (error: unknown) => error,
          );
          // On a busy machine it may have ended before its signal was noticed.
          if (ended instanceof TrainingAbortedError)
            points.add((await loadCheckpoint(file)).state.history.lossHistory.length);
          const net = newNet(1, dtype);
          net.params.W1.fill(7);
          const rest = await train(net, { resume: file });
          expect(numbersOf(rest), `after ${after}`).toStrictEqual(numbersOf(history));
          expect(await save(net, rest), `after ${after}`).toStrictEqual(expected);
        }
        expect(points.size).toBeGreaterThan(0);
      }
    },
    600_000,
  );
});

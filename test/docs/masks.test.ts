/** The Python of docs/training.md draws the masks that trainings have. */
import { execFileSync, spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { RandomState, TwoLayerNet } from '../../src/index.js';
import { blocksOf, documents } from './documents.js';

const python = process.env.TWO_LAYER_NET_PYTHON ?? 'python3';
const available = spawnSync(python, ['-c', 'import numpy']).status === 0;
const reason = available ? '' : ` (skipped: ${python} cannot import numpy)`;

/** What an expression of the document's Python is, after its own lines. */
function evaluate(expression: string): unknown {
  const document = documents.find(({ path }) => path === 'docs/training.md');
  const program = document && blocksOf(document).find(({ language }) => language === 'python')?.text;
  const script = `${program}\nimport json\nprint(json.dumps(${expression}))`;
  return JSON.parse(execFileSync(python, ['-c', script], { encoding: 'utf8' }));
}

const [N, D, H] = [30, 21, 37];

/** Parameters whose hidden units are 1 for rows of ones, before dropout, and whose scores are 0. */
function params(b1: number, W1: number) {
  return {
    W1: new Float64Array(D * H).fill(W1),
    b1: new Float64Array(H).fill(b1),
    W2: new Float64Array(H * 2),
    b2: new Float64Array(2),
  };
}

const options = { numIters: 1, batchSize: N, learningRate: 1, learningRateDecay: 1, reg: 0 };

test.skipIf(!available)(`hidden units${reason}`, () => {
  const shape = { inputSize: D, hiddenSize: H, numClasses: 2, dtype: 'float64' } as const;
  const net = new TwoLayerNet({ ...shape, params: params(1, 0), random: new RandomState(4) });
  const { noiseSeed } = net.trainSync(new Float64Array(N * D).fill(1), new Int32Array(N), null, null, {
    ...options,
    dropout: 0.3,
  });
  const kept = evaluate(`mask(${noiseSeed}, 0, 0, ${N}, ${H}, 0.3).sum(axis=0).tolist()`) as number[];
  expect(new Set(kept).size).toBeGreaterThan(5);
  // All labels are 0 and both probabilities ½: a step moves W2 by the sum of the hidden units' values times ½ / N.
  const stepped = Array.from({ length: H }, (_, h) => net.params.W2[2 * h]);
  for (const [h, sum] of kept.entries()) expect(stepped[h]).toBeCloseTo((0.5 * sum) / N, 12);
});

test.skipIf(!available)(`inputs, and iterations after the first${reason}`, () => {
  const shape = { inputSize: D, hiddenSize: H, numClasses: 2, dtype: 'float64' } as const;
  const net = new TwoLayerNet({ ...shape, params: params(0, 1), random: new RandomState(5) });
  const { noiseSeed } = net.trainSync(new Float64Array(N * D).fill(1), new Int32Array(N), null, null, {
    ...options,
    numIters: 2,
    learningRate: 1e-12,
    inputDropout: 0.2,
  });
  // Two small steps, each along the mean of the rows' sums of inputs.
  const sums = evaluate(`[mask(${noiseSeed}, 1, t, ${N}, ${D}, 0.2).sum() for t in (0, 1)]`) as number[];
  expect(sums[0]).not.toBe(sums[1]);
  expect(net.params.W2[0] / 1e-12).toBeCloseTo((0.5 * (sums[0] + sums[1])) / N, 5);
});

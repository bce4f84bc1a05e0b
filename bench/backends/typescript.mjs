// This package's TypeScript backend as a peer (bench/peer.ts), to be measured in one run with another backend.
import { createInterface } from 'node:readline';
import { referenceBinding } from '../../dist/backend/reference/reference.js';
import { RandomState } from '../../dist/index.js';
import { engineSettings } from '../../dist/training/settings.js';

const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);

/** A training of any number of steps. */
function trainingOf({ D, H, C, N, rows }) {
  const random = new RandomState(0);
  const data = new Float32Array(rows * D).map((_, i) => ((i * 7919) % 256) - 127.5);
  const labels = new Int32Array(rows).map((_, i) => (i * 31) % C);
  const normal = (length) => Float32Array.from(random.randn(length), (draw) => 1e-4 * draw);
  const parameters = { W1: normal(D * H), b1: new Float32Array(H), W2: normal(H * C), b2: new Float32Array(C) };
  const shape = { inputSize: D, hiddenSize: H, numClasses: C };
  return (numIters) => ({
    net: { shape, parameters, products: 'auto', bfloat16: false, threads: 1 },
    settings: engineSettings({ numIters, batchSize: N, learningRate: 1e-4 }),
    slots: [],
    training: { rows: { data, count: rows, mean: null }, labels },
    weights: null,
    picture: null,
    validation: null,
    rates: null,
    best: null,
    noiseSeed: 0,
    firstIteration: 0,
    random: random.getState(),
    stop: new Int32Array(1),
    finalAccuracies: false,
    reportInterval: 0,
    profile: false,
  });
}

say({ name: 'two-layer-net, TypeScript', version: 'this checkout', threads: 1, dtype: 'float32' });
let training;
for await (const line of createInterface({ input: process.stdin })) {
  const { prepare, run } = JSON.parse(line);
  if (prepare) {
    training = trainingOf(prepare);
    referenceBinding.trainSync(training(1), null);
    say({ ready: true });
  } else {
    const start = performance.now();
    referenceBinding.trainSync(training(run), null);
    say({ seconds: (performance.now() - start) / 1000 });
  }
}

// Computes the same as every other Worker with this program, and posts a hash of it.
import { createHash } from 'node:crypto';
import { parentPort } from 'node:worker_threads';
import { RandomState, sweep, TwoLayerNet } from '../../../dist/index.js';

const [backend, threads] = process.argv.slice(2);
const [D, H, C, N] = [200, 48, 5, 600];
const X = new Float32Array(new RandomState(1).randn(N * D));
const y = Int32Array.from({ length: N }, (_, i) => i % C);
const part = { X: Array.from({ length: N }, (_, i) => X.subarray(i * D, (i + 1) * D)), y };
const how = { backend, threads: Number(threads) };
const hash = createHash('sha256');

function add({ params }) {
  for (const array of Object.values(params)) hash.update(array);
}

for (const [dtype, optimizer] of [
  ['float32', 'sgd'],
  ['float64', 'adam'],
]) {
  const sizes = { inputSize: D, hiddenSize: H, numClasses: C, std: 0.1, dtype };
  const net = await TwoLayerNet.create({ ...sizes, ...how, random: new RandomState(7) });
  const { lossHistory } = await net.train(X, y, X, y, { numIters: 20, batchSize: 64, optimizer });
  add(net);
  net.trainSync(X, y, null, null, { numIters: 5, batchSize: 64, optimizer });
  add(net);
  hash.update(Float64Array.from(lossHistory));
  for (const results of [net.scores(X), await net.probabilitiesAsync(X), net.predict(X)]) hash.update(results);
}
const space = { learningRate: [1e-3, 1e-2], reg: 0.1, hiddenSize: 8 };
const search = { search: 'grid', space, numIters: 5, ...how };
const { best, ranking } = await sweep({ train: part, validation: part }, search);
add(best.net);
hash.update(JSON.stringify(ranking.map(({ settings }) => settings)));
parentPort.postMessage(hash.digest('hex'));

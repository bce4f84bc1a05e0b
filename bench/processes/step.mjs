// One process of a measurement of run.mjs: prints the milliseconds of a step, and of passing as many bytes as a
// gradient has, in the pieces of Processes::sum (native/engine/core/processes.cpp).
import { createRequire } from 'node:module';
import { processGroup, RandomState, TwoLayerNet } from '../../dist/index.js';

const { N, H, shards, steps, optimizer } = JSON.parse(process.argv[2]);
const [D, C] = [3072, 10];
const group = processGroup();

/** Seconds of so many steps. */
function train(numIters) {
  const random = new RandomState(0);
  const net = new TwoLayerNet({ inputSize: D, hiddenSize: H, numClasses: C, threads: 1, backend: 'native', random });
  const rows = { train: { X: data, y: labels } };
  const options = { numIters, batchSize: N, shards, learningRate: 1e-4, optimizer, finalAccuracies: false };
  return net.trainSync(rows, { ...options, ...(group.size > 1 && { group }) }).seconds;
}

// So many rows that an accuracy is measured at the first step alone.
const data = new Uint8Array(N * (steps + 1) * D).map((_, i) => (i * 2654435761) >>> 24);
const labels = Int32Array.from({ length: data.length / D }, (_, i) => i % C);
const before = train(1);
const step = ((train(steps + 1) - before) / steps) * 1000;

const megabytes = (4 * (D * H + H * C + H + C)) / 1e6;
const sum = group.size > 1 ? passing(megabytes * 1e6) : 0;
if (group.isFirst) console.log(JSON.stringify({ step, sum, megabytes }));

/** Milliseconds, the least of some. */
function passing(bytes) {
  const mpi = createRequire(import.meta.url)('../../build/mpi/two-layer-net-mpi.node');
  const block = 2 ** 20;
  const piece = block * group.size;
  const gradient = new Uint8Array(Math.ceil(bytes / piece) * piece).fill(1);
  const arrived = new Uint8Array(piece);
  const times = Array.from({ length: 7 }, () => {
    const start = performance.now();
    for (let begin = 0; begin < gradient.length; begin += piece) {
      const own = gradient.subarray(begin, begin + piece);
      mpi.exchange(own, arrived);
      mpi.gather(arrived.subarray(0, block), own);
    }
    return performance.now() - start;
  });
  return Math.min(...times);
}

// Four trainings beside a thousand reads of a file and look-ups of a name, which share libuv's pool: node
// one-pool-thread.mjs BACKEND FILE. Prints how many of each ended, and the delay of the event loop.
import { lookup } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { RandomState, TwoLayerNet } from '../../../dist/index.js';

const [backend, file] = process.argv.slice(2);
const [D, N, COUNT, READERS] = [512, 1000, 1000, 10];
const X = new Float32Array(new RandomState(1).randn(N * D));
const y = Int32Array.from({ length: N }, (_, i) => i % 3);

const delay = monitorEventLoopDelay({ resolution: 1 });
// The weights are drawn on the pool, too.
const nets = await Promise.all(
  Array.from({ length: 4 }, (_, seed) => {
    const random = new RandomState(seed);
    return TwoLayerNet.create({ inputSize: D, hiddenSize: 64, numClasses: 3, random, backend, threads: 2 });
  }),
);
delay.enable();
const trainings = nets.map((net) => net.train(X, y, X, y, { numIters: 100, learningRate: 1e-4 }));
let read = 0;
// As a server reads: to begin all at once would be a long piece of work of its own.
const others = Array.from({ length: READERS }, async () => {
  while (read < COUNT) {
    read++;
    await Promise.all([readFile(file), lookup('localhost')]);
  }
});
const histories = await Promise.all(trainings);
await Promise.all(others);
delay.disable();
const [p50, p99, max] = [delay.percentile(50), delay.percentile(99), delay.max].map((ns) => ns / 1e6 - 1);
console.log(JSON.stringify({ trained: histories.length, read, p50, p99, max }));

// Repeats one kind of work: node flat.mjs KIND BACKEND COUNT. Prints what the process then has more of than
// after some calls to warm up: bytes of V8's heap and outside of it, threads, open files, active resources.
import { readdirSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Classifier, evaluateAsync, RandomState, sweep, TwoLayerNet } from '../../../dist/index.js';

const [kind, backend, count] = process.argv.slice(2);
const WARM_UP = Math.min(300, count / 2);

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc');

// So large that one array that is lost in each call adds up to more than any noise.
const [D, H, C, N] = [256, 32, 3, 64];
const X = new Float64Array(new RandomState(1).randn(N * D));
const y = Int32Array.from({ length: N }, (_, i) => i % C);
const rows = Array.from({ length: N }, (_, i) => X.subarray(i * D, (i + 1) * D));
const data = { train: { X: rows, y }, validation: { X: rows, y } };
const newNet = () =>
  new TwoLayerNet({ inputSize: D, hiddenSize: H, numClasses: C, std: 0.1, dtype: 'float64', backend, threads: 2 });
const net = newNet();
const predictor = net.prepare();
const short = { numIters: 2, batchSize: 16, learningRate: 1e-4 };
const long = { ...short, numIters: 1e6 };
const space = { learningRate: [1e-3, 1e-2], reg: 0.1, hiddenSize: 8 };

/** Waits for what has to fail. */
async function failing(promise, code) {
  const error = await promise.then(
    () => undefined,
    (reason) => reason,
  );
  if (error?.code !== code) throw new Error(`expected ${code}`, { cause: error });
}

/** A signal that aborts soon. */
function soon() {
  const controller = new AbortController();
  setImmediate(() => controller.abort());
  return controller.signal;
}

const KINDS = {
  train: () => net.train(X, y, X, y, short),
  trainSync: () => net.trainSync(X, y, X, y, short),
  'train, aborted': () => failing(net.train(X, y, X, y, { ...long, signal: soon() }), 'ABORT_ERR'),
  'train, failed': () => failing(net.train(X, y, X, y, { ...long, onProgress: fail, progressInterval: 0 }), 'FAILED'),
  'train, diverged': () => failing(newNet().train(X, y, null, null, { ...short, learningRate: 1e300 }), 'ERR_DIVERGED'),
  predict: () => [net.predict(X), net.scores(X), predictor.probabilities(X), net.loss(X, y)],
  predictAsync: () => Promise.all([net.predictAsync(X), predictor.scoresAsync(X), evaluateAsync(net, X, y)]),
  'predictAsync, aborted': () => failing(net.predictAsync(X, { signal: AbortSignal.abort() }), 'ABORT_ERR'),
  prepare() {
    const prepared = net.prepare();
    prepared.predict(X);
    prepared.close();
  },
  sweep: () => sweep(data, { search: 'grid', space, numIters: 2, threads: 2, backend }),
  'sweep, aborted': () =>
    failing(sweep(data, { search: 'grid', space, numIters: 1e6, threads: 2, backend, signal: soon() }), 'ABORT_ERR'),
  fit: () => Classifier.fit(X, y, { inputSize: D, hiddenSize: 8, epochs: 2, threads: 2, backend }),
  create: () => TwoLayerNet.create({ inputSize: D, hiddenSize: H, numClasses: C, backend, threads: 2 }),
};

function fail() {
  throw Object.assign(new Error('from a callback'), { code: 'FAILED' });
}

async function repeat(times) {
  for (let i = 0; i < times; i++) {
    await KINDS[kind]();
    // Or memory would grow until V8 thinks of it, which is noise.
    if (i % 20 === 19) {
      gc();
      await new Promise(setImmediate);
    }
  }
  // What ended has a moment to go: a thread is listed for a little after it was joined.
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    gc();
  }
}

function state() {
  const { rss, heapTotal, heapUsed } = process.memoryUsage();
  const listed = (folder) => (process.platform === 'linux' ? readdirSync(folder).length : 0);
  return {
    heap: heapUsed,
    outside: rss - heapTotal,
    threads: listed('/proc/self/task'),
    files: listed('/proc/self/fd'),
    resources: process.getActiveResourcesInfo().length,
  };
}

await repeat(WARM_UP);
const before = state();
await repeat(Number(count));
const after = state();
console.log(JSON.stringify(Object.fromEntries(Object.keys(after).map((name) => [name, after[name] - before[name]]))));

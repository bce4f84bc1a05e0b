// Work that does not end by itself, for programs that end in the middle of it.
import { Classifier, RandomState, ResultsFile, sweep, TwoLayerNet } from '../../../dist/index.js';

/** More iterations than any test waits for. */
const ENDLESS = 2 ** 31 - 1;
const [D, H, C, N] = [256, 64, 3, 2000];
const endless = { batchSize: 200, learningRate: 1e-3, numIters: ENDLESS };

function rows() {
  const X = new Float32Array(new RandomState(1).randn(N * D));
  return { X, y: Int32Array.from({ length: N }, (_, i) => (X[i * D] < -0.4 ? 0 : X[i * D] < 0.4 ? 1 : 2)) };
}

/** The rows as a data set, whose rows may be validated too. */
function dataset() {
  const { X, y } = rows();
  const train = { X: Array.from({ length: N }, (_, i) => X.subarray(i * D, (i + 1) * D)), y };
  return { train, validation: train };
}

function newNet(backend) {
  return new TwoLayerNet({ inputSize: D, hiddenSize: H, numClasses: C, std: 0.1, backend, threads: 2 });
}

/**
 * Each kind of work by its name. It calls `tell` when it is under way, and then whenever there is progress, with what
 * `onProgress` gets if there is a training.
 */
export const WORKS = {
  /** With a callback at almost every iteration. */
  async train(backend, tell) {
    const { X, y } = rows();
    await newNet(backend).train(X, y, X, y, { ...endless, progressInterval: 0, onProgress: tell });
  },
  /** With a callback, in which alone this thread could end. */
  trainSync(backend, tell) {
    const { X, y } = rows();
    newNet(backend).trainSync(X, y, X, y, { ...endless, progressInterval: 0, onProgress: tell });
  },
  /** Without callbacks: nothing gives this thread a turn. */
  silentTrainSync(backend, tell) {
    const { X, y } = rows();
    const net = newNet(backend);
    tell();
    net.trainSync(X, y, null, null, endless);
  },
  async sweep(backend, tell) {
    const space = { learningRate: [1e-3, 2e-3], reg: [0.1, 0.2], hiddenSize: 32 };
    const search = { search: 'grid', space, numIters: ENDLESS, threads: 2, backend };
    await sweep(dataset(), { ...search, onProgress: () => tell() });
  },
  /** A search whose trials end, each with a line in a file. */
  async results(backend, tell, file) {
    const space = { learningRate: { low: 1e-4, high: 1e-2, scale: 'log' }, reg: { low: 0, high: 1 }, hiddenSize: 4 };
    const search = { search: 'random', trials: 2000, space, numIters: 5 };
    const results = await ResultsFile.create(file, { search, data: 'none', backend });
    const onResult = (result) => {
      results.add(result);
      tell();
    };
    await sweep(dataset(), { ...search, threads: 2, backend, onResult });
  },
  async predict(backend, tell) {
    const { X } = rows();
    const net = newNet(backend);
    const predictor = net.prepare();
    for (;;) {
      tell();
      net.predict(X);
      predictor.scores(X);
      await Promise.all([net.predictAsync(X), predictor.scoresAsync(X), net.probabilitiesAsync(X)]);
    }
  },
  /** A single prediction of seconds, on this thread. */
  predictLarge(backend, tell) {
    const [columns, hiddenSize, count] = [64, 16_384, 100_000];
    const net = new TwoLayerNet({ inputSize: columns, hiddenSize, numClasses: C, std: 0.1, backend, threads: 2 });
    const X = new Float32Array(count * columns).fill(0.5);
    tell();
    net.predict(X);
  },
  async fit(backend, tell) {
    const { X, y } = rows();
    const options = { inputSize: D, hiddenSize: 32, epochs: 1e6, patience: 1e6, validation: 0.1, threads: 2, backend };
    await Classifier.fit(X, y, { ...options, progressInterval: 0, onProgress: tell });
  },
  /** Weights whose draws take seconds. */
  async create(backend, tell) {
    tell();
    await TwoLayerNet.create({ inputSize: 3072, hiddenSize: 40_000, numClasses: C, backend, threads: 2 });
    await new Promise(() => setInterval(() => {}, 1000));
  },
};

// Calls everything that computes while another addon has changed how the thread rounds: node float-neighbour.mjs ADDON.
// Prints, for each call and mode, `same`, or what differs from the call without it.
import { createRequire } from 'node:module';
import { isDeepStrictEqual } from 'node:util';
import {
  backendInfo,
  Classifier,
  evaluate,
  evaluateAsync,
  RandomState,
  sweep,
  TwoLayerNet,
} from '../../../dist/index.js';

const { control, controlPool, settings } = createRequire(import.meta.url)(process.argv[2]);
const DEFAULT = control();

const [D, H, C, N] = [37, 9, 10, 300];
const backend = 'native';

/** Rows so small that products with them are denormal, beside others of normal size: each mode changes them. */
function rowsWithDenormals() {
  const X = new Float32Array(new RandomState(5).randn(N * D));
  for (let i = 0; i < X.length; i += 3) X[i] *= 1e-37;
  return X;
}
const X = rowsWithDenormals();
const y = Int32Array.from({ length: N }, (_, i) => i % C);
const sizes = { inputSize: D, hiddenSize: H, numClasses: C, std: 0.3, threads: 2, backend };
const part = { X: Array.from({ length: N }, (_, i) => X.subarray(i * D, (i + 1) * D)), y };
const data = { train: part, validation: part };
const brisk = { numIters: 60, batchSize: 20, learningRate: 0.1, learningRateDecay: 0.9, reg: 0.1 };
const newNet = (dtype, products = 'auto') =>
  new TwoLayerNet({ ...sizes, dtype, products, random: new RandomState(1), mean: new Float64Array(D).fill(1e-3) });
const net = newNet('float32');
const wide = newNet('float64');
const blas = newNet('float32', 'blas');
const predictor = net.prepare();
const dtypes = ['float32', 'float64', ...(backendInfo().bfloat16 ? ['bfloat16'] : [])];

const stateOf = ({ params, random, slots }) => structuredClone({ params, random: random.getState(), slots });

/** What the engine computes of a training, and what JavaScript does: rates, accuracies from counts. */
function outcomeOf(trained, { seconds: _, samplesPerSecond: __, lossHistory, valLossHistory, ...others }) {
  return { engine: [stateOf(trained), lossHistory, valLossHistory], javascript: others };
}

/** A training whose reports set the mode again, as other code between them might. */
function options(mode) {
  return { ...brisk, progressInterval: 0, onProgress: () => void control(mode) };
}

const trainings = dtypes.flatMap((dtype) =>
  ['sgd', 'adam'].flatMap((optimizer) => [
    [
      `train ${dtype} ${optimizer}`,
      async (mode) => {
        const trained = newNet(dtype);
        return outcomeOf(trained, await trained.train(X, y, X, y, { ...options(mode), optimizer }));
      },
    ],
    [
      `trainSync ${dtype} ${optimizer}`,
      (mode) => {
        const trained = newNet(dtype);
        return outcomeOf(trained, trained.trainSync(X, y, X, y, { ...options(mode), optimizer }));
      },
    ],
  ]),
);

/** Everything that computes: `engine` has to be the same in any mode, and `javascript` where rounding is as usual. */
const CALLS = [
  ['new TwoLayerNet', () => ({ engine: stateOf(newNet('float32')) })],
  ['new TwoLayerNet float64', () => ({ engine: stateOf(newNet('float64')) })],
  ['create', async () => ({ engine: stateOf(await TwoLayerNet.create({ ...sizes, random: new RandomState(1) })) })],
  [
    'create, on a thread of the pool with this mode',
    async (mode) => {
      await controlPool(mode);
      const made = await TwoLayerNet.create({ ...sizes, random: new RandomState(1) });
      await controlPool(DEFAULT);
      return { engine: stateOf(made) };
    },
  ],
  ['randn', () => ({ engine: new RandomState(1).randn(20_001) })],
  ['scores', () => ({ engine: [net.scores(X), wide.scores(X), blas.scores(X)] })],
  ['predict', () => ({ engine: [net.predict(X), wide.predict(X), blas.predict(X)] })],
  ['probabilities', () => ({ engine: [net.probabilities(X), wide.probabilities(X)] })],
  ['loss', () => ({ engine: [net.loss(X, y, { reg: 0.1 }), wide.loss(X, y, { reg: 0.1 }), blas.loss(X, y)] })],
  ['evaluate', () => ({ javascript: evaluate(net, X, y) })],
  ['evaluateAsync', async () => ({ javascript: await evaluateAsync(net, X, y) })],
  [
    'scoresAsync',
    async () => ({ engine: await Promise.all([net.scoresAsync(X), wide.scoresAsync(X), blas.scoresAsync(X)]) }),
  ],
  ['predictAsync', async () => ({ engine: await Promise.all([net.predictAsync(X), wide.predictAsync(X)]) })],
  [
    'probabilitiesAsync',
    async () => ({ engine: await Promise.all([net.probabilitiesAsync(X), wide.probabilitiesAsync(X)]) }),
  ],
  ['prepare', () => ({ engine: [net, wide, blas].map((each) => using(each.prepare())) })],
  ['a predictor', () => ({ engine: [predictor.scores(X), predictor.predict(X), predictor.probabilities(X)] })],
  [
    'a predictor, one row',
    () => ({
      engine: [predictor.scores(X.subarray(0, D)).slice(), predictor.probabilities(X.subarray(D, 2 * D)).slice()],
    }),
  ],
  ...trainings,
  [
    'sweep',
    async () => {
      const space = { learningRate: [0.1, 0.2], reg: 0.1, hiddenSize: H, batchSize: 20 };
      const { results, best } = await sweep(data, { search: 'grid', space, numIters: 30, threads: 2, backend });
      // JavaScript made the data of rows in a list, whose fingerprint results have.
      return { engine: best.net.params, javascript: results.map(({ seconds: _, data: __, ...result }) => result) };
    },
  ],
  [
    'Classifier.fit',
    async () => {
      const fitted = await Classifier.fit(X, y, { inputSize: D, hiddenSize: H, epochs: 2, threads: 2, backend });
      // Rows are scaled by JavaScript.
      return { javascript: [fitted.net.params, fitted.probabilities(part.X)] };
    },
  ],
];

function using(made) {
  const results = [made.scores(X), made.predict(X)];
  made.close();
  return structuredClone(results);
}

/** What `call` gives while the mode is set, and whether it is still set afterwards. */
async function under(mode, call) {
  control(mode);
  let result;
  try {
    result = call(mode);
    // Before anything is awaited: Node's own code between turns is no concern of the call.
    const after = control();
    result = await result;
    const later = control(DEFAULT);
    return { result, kept: after === mode && later === mode };
  } finally {
    control(DEFAULT);
  }
}

const found = {};
for (const [name, call] of CALLS) {
  const { result: usual } = await under(DEFAULT, call);
  for (const [mode, value] of Object.entries(settings())) {
    const { result, kept } = await under(value, call);
    const compared = mode === 'flush to zero' ? ['engine', 'javascript'] : ['engine'];
    const others = compared.filter((part) => !isDeepStrictEqual(result[part], usual[part]));
    found[`${name}: ${mode}`] = [...others, ...(kept ? [] : ['another mode afterwards'])].join(', ') || 'same';
  }
}
console.log(JSON.stringify(found));

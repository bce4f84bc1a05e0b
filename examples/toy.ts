/**
 * The toy model of the article “Implementing a two-layer neural network from scratch” (CS231n, assignment 1), cell by
 * cell. Each result is printed beside the article's.
 *
 *   node examples/toy.ts         Node 22.18 or newer
 *   npx tsx examples/toy.ts      older
 */
import { gradientCheck, RandomState, TwoLayerNet } from 'two-layer-net';

/**
 * The notebook's `init_toy_model`. The net gets its own random stream in place of `np.random.seed(0)`, and uses
 * `float64` as NumPy does. The article's last digits need both.
 */
function initToyModel(): TwoLayerNet {
  return new TwoLayerNet({
    inputSize: 4,
    hiddenSize: 10,
    numClasses: 3,
    std: 1e-1,
    random: new RandomState(0),
    dtype: 'float64',
  });
}

/** The notebook's `init_toy_data`: 5 rows of 4 numbers, row by row in one typed array. */
function initToyData() {
  const X = new RandomState(1).randn(5 * 4).map((draw) => 10 * draw);
  return { X, y: [0, 1, 2, 2, 1] };
}

const net = initToyModel();
const { X, y } = initToyData();

// Forward pass: three scores for each of the five rows.
const correctScores = [
  [-0.81233741, -1.27654624, -0.70335995],
  [-0.17129677, -1.18803311, -0.47310444],
  [-0.51590475, -1.01354314, -0.8504215],
  [-0.15419291, -0.48629638, -0.52901952],
  [-0.00618733, -0.12435261, -0.15226949],
];
const scores = net.scores(X);
const columns = (row: Iterable<number>) => Array.from(row, (score) => score.toFixed(8).padStart(13)).join('');
console.log(`${'scores'.padEnd(41)}correct scores`);
for (const [i, correct] of correctScores.entries()) {
  console.log(`${columns(scores.subarray(3 * i, 3 * i + 3))}  ${columns(correct)}`);
}
const scoresDifference = correctScores.flat().reduce((sum, correct, i) => sum + Math.abs(scores[i] - correct), 0);
// The correct scores are rounded to eight digits, which explains the remaining difference.
console.log(`sum of absolute differences: ${scoresDifference} (article: 3.68027206479e-08)\n`);

// The loss: mean cross-entropy plus the regularization term ½·reg·(ΣW1² + ΣW2²).
const reg = 0.1;
const correctLoss = 1.30378789133;
const { loss } = net.loss(X, y, { reg });
console.log(`loss: ${loss} (article: ${correctLoss})`);
console.log(`difference: ${Math.abs(loss - correctLoss)} (article: 1.79856129989e-13)\n`);

// Backward pass: compare the gradients that `net.loss` returns with numerical gradients of the loss.
const articleErrors = { b2: 4.447635e-11, W1: 3.561318e-9, W2: 3.440708e-9, b1: 2.738421e-9 };
const errors = gradientCheck(net, X, y, { reg });
for (const name of ['b2', 'W1', 'W2', 'b1'] as const) {
  const article = articleErrors[name].toExponential(6);
  console.log(`${name} max relative error: ${errors[name].toExponential(6)} (article: ${article})`);
}

// Training: the notebook creates the model again, and draws the minibatches from the same stream, after the weights.
// A minibatch can have 200 rows from only 5, since rows are drawn with replacement.
const trained = initToyModel();
const options = { learningRate: 1e-1, reg: 1e-5, numIters: 100 };
const { lossHistory } = await trained.train(X, y, X, y, options);
console.log('\ntraining');
for (const [iteration, value] of lossHistory.entries()) {
  if (iteration % 20 === 0) console.log(`iteration ${iteration}: loss ${value.toFixed(6)}`);
}
console.log(`final training loss: ${lossHistory.at(-1)}`);
console.log(`predicted classes: ${trained.predict(X).join(' ')} (labels: ${y.join(' ')})`);

/**
 * From TensorFlow.js to this package: the same net, and the weights of one that was trained there.
 *
 *   node examples/from-tfjs.ts         Node 22.18 or newer
 *   npx tsx examples/from-tfjs.ts      older
 *
 * TensorFlow.js is not needed. Where @tensorflow/tfjs is installed, it computes the same probabilities side by side.
 */
import { Classifier, RandomState, TwoLayerNet } from 'two-layer-net';

// 300 rows of 4 numbers, three classes that overlap.
const random = new RandomState(0);
const labels = Array.from({ length: 300 }, (_, i) => i % 3);
const rows = labels.map((label) => Array.from({ length: 4 }, (_, d) => random.randn() + (d === label ? 2 : 0)));

/*
 * 1. Training. In TensorFlow.js:
 *
 *   const model = tf.sequential();
 *   model.add(tf.layers.dense({ inputShape: [4], units: 32, activation: 'relu' }));
 *   model.add(tf.layers.dense({ units: 3, activation: 'softmax' }));
 *   model.compile({ optimizer: tf.train.sgd(0.1), loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
 *   await model.fit(tf.tensor2d(rows), tf.tensor1d(labels), {
 *     epochs: 50,
 *     batchSize: 16,
 *     validationSplit: 0.1,
 *     callbacks: tf.callbacks.earlyStopping({ patience: 20 }),
 *   });
 *   const classes = model.predict(tf.tensor2d(rows)).argMax(1).dataSync();
 *
 * Here. Columns are standardised, which tf.layers leave to you, and the weights of the best epoch are kept. Minibatches
 * are drawn with replacement.
 */
const classifier = await Classifier.fit(rows, labels, {
  hiddenSize: 32,
  learningRate: 0.1,
  epochs: 50,
  batchSize: 16,
  validation: 0.1,
  patience: 20,
});
const classes = classifier.predict(rows);
const right = classes.filter((label, i) => label === labels[i]).length;
console.log(`${((100 * right) / rows.length).toFixed(0)} % of the rows are right`);

/*
 * 2. Weights. A dense layer's kernel has the layout of W1 and W2, (inputs, units), and its bias that of b1 and b2:
 *
 *   const [W1, b1, W2, b2] = model.getWeights().map((tensor) => Float32Array.from(tensor.dataSync()));
 *   const net = TwoLayerNet.fromParams({ W1, b1, W2, b2 });
 *
 * Here the weights are drawn, in place of those of a model.
 */
const params = {
  W1: Float32Array.from(random.randn(4 * 32)),
  b1: Float32Array.from(random.randn(32)),
  W2: Float32Array.from(random.randn(32 * 3)),
  b2: Float32Array.from(random.randn(3)),
};
const net = TwoLayerNet.fromParams(params);
const probabilities = net.probabilities(rows);
console.log(`first row: ${Array.from(probabilities.subarray(0, 3), (p) => p.toFixed(4)).join(', ')}`);

// 3. Side by side, if TensorFlow.js is there. (The name is a variable, so that this compiles without it.)
const name: string = '@tensorflow/tfjs';
const tf = await import(name).catch(() => undefined);
if (tf) {
  const model = tf.sequential();
  model.add(tf.layers.dense({ inputShape: [4], units: 32, activation: 'relu' }));
  model.add(tf.layers.dense({ units: 3, activation: 'softmax' }));
  const { W1, b1, W2, b2 } = params;
  model.setWeights([tf.tensor2d(W1, [4, 32]), tf.tensor1d(b1), tf.tensor2d(W2, [32, 3]), tf.tensor1d(b2)]);
  const theirs: Float32Array = model.predict(tf.tensor2d(rows)).dataSync();
  const difference = Math.max(...Array.from(probabilities, (p, i) => Math.abs(p - theirs[i])));
  console.log(`largest difference to TensorFlow.js: ${difference.toExponential(1)}`);
} else {
  console.log(`without ${name} there is nothing to compare with`);
}

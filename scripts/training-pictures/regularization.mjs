// Pictures of what keeps a net from overfitting, and of rows that count more than others.
import { RandomState, TwoLayerNet } from 'two-layer-net';
import { bars, lines } from './chart.mjs';
import { clouds, over, shapeNet, shapes, trainShapes } from './data.mjs';

const EPOCH = { name: 'epoch' };

async function dropout() {
  const curves = [];
  for (const rate of [0, 0.25, 0.5]) {
    const history = await trainShapes({ dropout: rate, epochs: 60 }, shapeNet({ hiddenSize: 200 }));
    curves.push({ name: `dropout ${rate}`, points: over(history.valLossHistory) });
  }
  return lines('Dropout of 200 hidden units', EPOCH, { name: 'validation loss' }, curves);
}

async function weightDecay() {
  const [training, validation] = [[], []];
  for (const reg of [1e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1]) {
    const { trainAccuracy, valAccuracy } = await trainShapes({ reg, epochs: 60, schedule: 'cosine' });
    training.push([reg, trainAccuracy]);
    validation.push([reg, valAccuracy]);
  }
  const curves = [
    { name: 'training rows', points: training },
    { name: 'validation rows', points: validation },
  ];
  const x = { name: 'regularization strength', log: true };
  return lines('60 epochs with each strength', x, { name: 'accuracy' }, curves, {
    symbols: true,
  });
}

async function labelSmoothing() {
  const { validation } = shapes();
  const [accuracies, confidences] = [[], []];
  for (const smoothing of [0, 0.05, 0.1, 0.2, 0.3, 0.4]) {
    const net = shapeNet();
    const { valAccuracy } = await trainShapes({ labelSmoothing: smoothing, epochs: 40, schedule: 'cosine' }, net);
    const probabilities = net.probabilities(validation.X);
    let sum = 0;
    for (let row = 0; row < validation.y.length; row++) {
      sum += Math.max(...probabilities.subarray(10 * row, 10 * (row + 1)));
    }
    accuracies.push([smoothing, valAccuracy]);
    confidences.push([smoothing, sum / validation.y.length]);
  }
  const curves = [
    { name: 'mean of the largest probability', points: confidences },
    { name: 'accuracy', points: accuracies },
  ];
  const title = 'A net on rows that it has not seen';
  return lines(title, { name: 'label smoothing' }, { name: 'share' }, curves, { symbols: true });
}

const CHANGES = {
  'as they are': {},
  flip: { flip: true },
  'flip, shift 2': { flip: true, shift: 2 },
};

async function flips() {
  const curves = [];
  for (const [name, change] of Object.entries(CHANGES)) {
    const net = shapeNet({ hiddenSize: 100, imageShape: shapes().imageShape });
    const history = await trainShapes({ ...change, epochs: 60 }, net);
    curves.push({ name, points: over(history.valAccHistory) });
  }
  return lines('Pictures that are flipped and moved', EPOCH, { name: 'validation accuracy' }, curves);
}

const PLANE = { batchSize: 50, numIters: 2000, learningRate: 0.1, learningRateDecay: 1, momentum: 0.9, reg: 1e-3 };

function planeNet(numClasses) {
  return new TwoLayerNet({ inputSize: 2, hiddenSize: 16, numClasses, init: 'he', random: new RandomState(1) });
}

async function classWeights() {
  const centres = [
    [0, 0],
    [1.5, 0],
    [0, 1.5],
  ];
  const training = clouds([1000, 60, 20], centres, 0.8, 5);
  const test = clouds([1000, 1000, 1000], centres, 0.8, 6);
  const found = [];
  for (const weights of ['none', 'balanced']) {
    const net = planeNet(3);
    await net.train(training.X, training.y, null, null, { ...PLANE, classWeights: weights });
    const predicted = net.predict(test.X);
    const right = [0, 1, 2].map((c) => test.y.filter((label, i) => label === c && predicted[i] === c).length / 1000);
    found.push({ name: `'${weights}'`, values: right });
  }
  const groups = ['1000 training rows', '60 training rows', '20 training rows'];
  return bars('Share of the rows of each class that are found', groups, { name: 'recall', min: 0, max: 1 }, found);
}

async function rowWeights() {
  // 60 labels that are right, and 600 of which 40 % are wrong.
  const centres = [
    [0.7, 0],
    [-0.7, 0],
  ];
  const [sure, doubtful] = [clouds([30, 30], centres, 0.7, 7), clouds([300, 300], centres, 0.7, 8)];
  const test = clouds([2000, 2000], centres, 0.7, 9);
  const points = [];
  for (const weight of [0, 0.01, 0.03, 0.1, 0.3, 1]) {
    let right = 0;
    for (let seed = 0; seed < 10; seed++) {
      const random = new RandomState(seed);
      const labels = doubtful.y.map((label) => (random.uniform(0, 1) < 0.4 ? 1 - label : label));
      const sampleWeights = [...sure.y.map(() => 1), ...labels.map(() => weight)];
      const net = planeNet(2);
      const rows = [...sure.X, ...doubtful.X];
      await net.train(rows, [...sure.y, ...labels], null, null, { ...PLANE, reg: 1e-3, sampleWeights });
      right += net.predict(test.X).filter((label, i) => label === test.y[i]).length / test.y.length;
    }
    points.push([weight, right / 10]);
  }
  const title = '60 rows with right labels, and 600 of whose labels 40 % are wrong';
  const x = { name: 'weight of the doubtful rows' };
  return lines(title, x, { name: 'test accuracy' }, [{ name: 'mean of ten nets', points }], { symbols: true });
}

/** By the names of their files. */
export const regularization = {
  dropout,
  'weight-decay': weightDecay,
  'label-smoothing': labelSmoothing,
  flips,
  'class-weights': classWeights,
  'row-weights': rowWeights,
};

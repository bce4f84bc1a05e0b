// Pictures of how a training steps: update rules, learning rates, minibatches, clipping, first weights.
import { RandomState, TwoLayerNet } from 'two-layer-net';
import { lines } from './chart.mjs';
import { clouds, means, over, shapeNet, trainShapes } from './data.mjs';

const ACCURACY = { name: 'validation accuracy' };

const RULES = {
  SGD: { momentum: 0 },
  'momentum 0.9': { momentum: 0.9 },
  Adam: { optimizer: 'adam', momentum: 0 },
};

async function optimizers() {
  const rates = [1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1];
  const curves = [];
  for (const [name, rule] of Object.entries(RULES)) {
    const points = [];
    for (const learningRate of rates) {
      const history = await trainShapes({ ...rule, learningRate, epochs: 10 });
      points.push([learningRate, history?.valAccuracy ?? 0.1]);
    }
    curves.push({ name, points });
  }
  const x = { name: 'learning rate', log: true };
  return lines('Ten epochs with each learning rate', x, ACCURACY, curves, { symbols: true });
}

const WARMUP = 100;
const SCHEDULES = {
  constant: { schedule: 'constant' },
  decay: { schedule: 'decay', learningRateDecay: 0.95 },
  step: { schedule: 'step' },
  exponential: { schedule: 'exponential' },
  cosine: { schedule: 'cosine' },
};

async function schedules() {
  const curves = [];
  const accuracies = [];
  for (const [name, schedule] of Object.entries(SCHEDULES)) {
    const history = await trainShapes({ ...schedule, epochs: 50, learningRate: 0.02, warmup: WARMUP });
    curves.push({ name, points: over(history.learningRateHistory) });
    accuracies.push(`${name}: validation accuracy ${history.valAccuracy}`);
  }
  const title = 'The learning rate of each schedule, after a warm-up of five epochs';
  const { svg, says } = lines(title, { name: 'epoch' }, { name: 'learning rate' }, curves);
  return { svg, says: [...says, ...accuracies] };
}

async function minibatches() {
  const curves = [];
  for (const batchSize of [20, 100, 500]) {
    const history = await trainShapes({ batchSize, epochs: 20 });
    curves.push({ name: `${batchSize} rows`, points: over(history.valAccHistory) });
  }
  return lines('Minibatches of several sizes, with the same learning rate', { name: 'epoch' }, ACCURACY, curves);
}

async function clipping() {
  const centres = [
    [1, 0],
    [-1, 0],
  ];
  const { X, y } = clouds([400, 400], centres, 0.7, 3);
  const validation = clouds([500, 500], centres, 0.7, 4);
  // Every hundredth row was measured wrong: large numbers on the side of the other class.
  const rows = X.map((row, i) => (i % 100 === 0 ? row.map((x) => -100 * x) : row));
  const curves = [];
  for (const [name, clipNorm] of Object.entries({ 'clipNorm 0 (off)': 0, 'clipNorm 1': 1 })) {
    const net = new TwoLayerNet({
      inputSize: 2,
      hiddenSize: 16,
      numClasses: 2,
      init: 'he',
      random: new RandomState(1),
    });
    const options = { epochs: 40, batchSize: 20, learningRate: 0.02, learningRateDecay: 1, reg: 0, clipNorm };
    const { valLossHistory } = await net.train(rows, y, validation.X, validation.y, options);
    curves.push({ name, points: over(valLossHistory) });
  }
  const title = 'Eight of 800 training rows are a hundred times too large';
  return lines(title, { name: 'epoch' }, { name: 'validation loss', log: true }, curves);
}

const FIRST_WEIGHTS = {
  'std 1e-4': { init: 'std', std: 1e-4 },
  'std 1': { init: 'std', std: 1 },
  he: { init: 'he' },
  xavier: { init: 'xavier' },
};

async function initialization() {
  const curves = [];
  for (const [name, init] of Object.entries(FIRST_WEIGHTS)) {
    const history = await trainShapes({ epochs: 20 }, shapeNet(init));
    curves.push({ name, points: history === null ? [] : means(history.lossHistory, 10) });
  }
  return lines('First weights', { name: 'iteration' }, { name: 'loss', log: true }, curves);
}

/** By the names of their files. */
export const steps = { optimizers, schedules, minibatches, clipping, initialization };

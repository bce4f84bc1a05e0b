// Pictures of a training as it runs: when it ends, who follows it, how it goes on, and several of them.
import { RandomState, TrainingAbortedError } from 'two-layer-net';
import { lines } from './chart.mjs';
import { COMMON, means, over, shapeNet, shapes, trainShapes } from './data.mjs';

async function earlyStopping() {
  const history = await trainShapes({ epochs: 100, patience: 20 }, shapeNet({ hiddenSize: 100 }));
  const epoch = shapes().train.y.length / COMMON.batchSize;
  const curves = [
    { name: 'training loss', points: means(history.lossHistory, epoch, epoch) },
    { name: 'validation loss', points: over(history.valLossHistory) },
  ];
  const mark = { x: (history.bestIteration - 1) / epoch, name: 'the best epoch' };
  return lines('A training with a patience of 20 epochs', { name: 'epoch' }, { name: 'loss' }, curves, { mark });
}

async function callbacks() {
  const curves = [];
  for (const reg of [0, 0.03]) {
    const net = shapeNet();
    const points = [];
    await trainShapes(
      {
        reg,
        epochs: 40,
        progressInterval: 0,
        onEpochEnd: ({ epoch }) => {
          points.push([epoch, Math.sqrt(net.params.W1.reduce((sum, weight) => sum + weight * weight, 0)) * 64]);
        },
      },
      net,
    );
    curves.push({ name: `reg ${reg}`, points });
  }
  return lines('The length of W1, as a callback sees it', { name: 'epoch' }, { name: '‖W1‖ · 64' }, curves);
}

async function continuing() {
  const net = shapeNet();
  const { train } = shapes();
  const stop = new AbortController();
  const options = { ...COMMON, numIters: 400, schedule: 'cosine' };
  const onProgress = ({ iteration }) => {
    if (iteration >= 150) stop.abort();
  };
  const begun = await net
    .train(train.X, train.y, null, null, { ...options, progressInterval: 0, onProgress, signal: stop.signal })
    .catch((error) => {
      if (error instanceof TrainingAbortedError) return error.history;
      throw error;
    });
  const first = begun.lossHistory.length;
  const { lossHistory } = await net.train(train.X, train.y, null, null, { ...options, resume: begun });
  const smooth = means(lossHistory, 5);
  const whole = await shapeNet().train(train.X, train.y, null, null, options);
  const same = lossHistory.every((loss, i) => loss === whole.lossHistory[i]);
  const curves = [
    { name: 'until stopped', points: smooth.filter(([at]) => at <= first) },
    { name: 'continued', points: smooth.filter(([at]) => at > first) },
  ];
  const { svg, says } = lines('One training in two parts', { name: 'iteration' }, { name: 'loss' }, curves);
  return { svg, says: [...says, `stopped after ${first}; equal to the uninterrupted one: ${same}`] };
}

async function ensembles() {
  const { validation } = shapes();
  const N = validation.y.length;
  const sum = new Float64Array(10 * N);
  const [together, alone] = [[], []];
  let rightAlone = 0;
  for (let k = 1; k <= 10; k++) {
    const net = shapeNet({ random: new RandomState(k) });
    const { valAccuracy } = await trainShapes({ epochs: 30, schedule: 'cosine' }, net);
    for (const [i, probability] of net.probabilities(validation.X).entries()) sum[i] += probability;
    rightAlone += valAccuracy;
    const right = Array.from(validation.y).filter((label, row) => {
      const probabilities = sum.subarray(10 * row, 10 * (row + 1));
      return probabilities.indexOf(Math.max(...probabilities)) === label;
    }).length;
    together.push([k, right / N]);
    alone.push([k, rightAlone / k]);
  }
  const curves = [
    { name: 'their average', points: together },
    { name: 'mean of the single nets', points: alone },
  ];
  const x = { name: 'nets' };
  return lines('Nets that differ in their seeds', x, { name: 'validation accuracy' }, curves, { symbols: true });
}

/** By the names of their files. */
export const running = { 'early-stopping': earlyStopping, callbacks, continuing, ensembles };

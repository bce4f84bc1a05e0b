// What the pictures' nets learn, and how they are trained.
import { DivergedError, RandomState, syntheticCifar10, TwoLayerNet } from 'two-layer-net';

let pictures;

/** Synthetic pictures as bytes: the first training rows, so few that nets overfit, and validation rows. */
export function shapes(rows = 2000) {
  pictures ??= syntheticCifar10();
  const { train, validation, imageShape } = pictures;
  return {
    train: { X: train.X.slice(0, rows), y: train.y.slice(0, rows) },
    validation,
    imageShape,
  };
}

/** Points in the plane around the centres of classes, `counts[c]` of class c. */
export function clouds(counts, centres, spread, seed) {
  const random = new RandomState(seed);
  const y = counts.flatMap((count, c) => Array.from({ length: count }, () => c));
  const X = y.map((c) => centres[c].map((at) => at + spread * random.randn()));
  return { X, y };
}

/** A net for the synthetic pictures, whose pixels training takes as numbers around 1. */
export function shapeNet(options = {}) {
  const size = { inputSize: 3072, hiddenSize: 50, numClasses: 10 };
  return new TwoLayerNet({ ...size, init: 'he', inputScale: 1 / 64, random: new RandomState(1), ...options });
}

/** What most pictures' trainings have in common. */
export const COMMON = {
  batchSize: 100,
  sampling: 'permutation',
  learningRate: 0.01,
  momentum: 0.9,
  learningRateDecay: 1,
  reg: 0,
};

/** Trains on the synthetic pictures; null if the training diverged. */
export async function trainShapes(options, net = shapeNet(), data = shapes()) {
  const { train, validation } = data;
  try {
    return await net.train(train.X, train.y, validation.X, validation.y, { ...COMMON, ...options });
  } catch (error) {
    if (error instanceof DivergedError) return null;
    throw error;
  }
}

/** The values of a list as points over 0, 1, 2… */
export function over(values, every = 1) {
  return values.map((value, i) => [i * every, value]);
}

/** The mean of each `size` values in turn, over the number of the last one divided by `unit`. */
export function means(values, size, unit = 1) {
  return Array.from({ length: Math.floor(values.length / size) }, (_, i) => {
    const some = values.slice(i * size, (i + 1) * size);
    return [((i + 1) * size) / unit, some.reduce((sum, value) => sum + value, 0) / size];
  });
}

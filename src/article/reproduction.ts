/** Reproduces the article from its first figure to its last, each beside the result here. */
import type { BackendChoice } from '../backend/choose.js';
import type { Dataset } from '../data/dataset.js';
import { evaluate } from '../net/evaluation.js';
import { gradientCheck } from '../net/gradient-check.js';
import { TwoLayerNet } from '../net/two-layer-net.js';
import { RandomState } from '../random/random-state.js';
import type { Picture } from '../report/pictures/picture.js';
import { plotArchitecture } from '../report/pictures/plot-architecture.js';
import { plotWeights } from '../report/pictures/plot-weights.js';
import { plotHistory, plotSweep } from '../report/pictures/plots.js';
import type { Dtype } from '../training/settings.js';
import { ARTICLE_SPACE } from '../tune/search.js';
import { sweep } from '../tune/sweep.js';
import type { SweepResults } from '../tune/sweep-results.js';

import { CORRECT_LOSS, CORRECT_SCORES, FIRST_TRAINING, HIDDEN_SIZE, PRINTED } from './printed.js';
import { pythonExponential } from './python-format.js';
import { TOY_REG, TOY_TRAINING, toyData, toyModel } from './toy.js';

/** A number of the article beside ours. */
export interface Comparison {
  readonly what: string;
  readonly article: string;
  readonly ours: string;
}

/** The names of all pictures, without extensions. */
export const PICTURE_NAMES = [
  'figure-1-architecture',
  'figure-2-toy-loss',
  'figure-3-training',
  'figure-4-weights',
  'search',
  'figure-5-weights',
] as const;

/** A picture of a part. */
export interface NamedPicture {
  /** The name of the file, without its extension. */
  readonly name: (typeof PICTURE_NAMES)[number];
  readonly caption: string;
  readonly picture: Picture;
}

/** One reproduced part of the article. */
export interface ReproducedPart {
  readonly title: string;
  readonly comparisons: readonly Comparison[];
  readonly pictures: readonly NamedPicture[];
  /** Wall time in seconds, including pictures. */
  readonly seconds: number;
}

/** How the article is reproduced. */
export interface ReproductionOptions {
  /** The seed of weights and minibatches. The toy model has the article's own seeds. */
  readonly seed: number;
  /** The article computes in float64. */
  readonly dtype: Dtype;
  readonly backend: BackendChoice;
  /** Total number of threads. */
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

type Part = Omit<ReproducedPart, 'seconds'>;

/**
 * Yields the parts in the article's order, each when it is finished. The same seed gives the same numbers.
 *
 * @throws (from `next`) a TrainingAbortedError or a SweepAbortedError when the signal stops it
 */
export async function* reproduce(data: Dataset, options: ReproductionOptions): AsyncGenerator<ReproducedPart> {
  yield await timed(toyScores);
  yield await timed(toyLoss);
  yield await timed(toyGradients);
  yield await timed(toyTraining);
  yield await timed(() => firstTraining(data, options));
  let results: SweepResults | undefined;
  yield await timed(async () => {
    const { seed, dtype, backend, threads, signal } = options;
    // The defaults are the article's search.
    results = await sweep(data, { space: { ...ARTICLE_SPACE, dtype }, seed, backend, threads, signal });
    return searchPart(data, results);
  });
  if (results) {
    const searched = results;
    yield await timed(() => testPart(data, searched));
  }
}

async function timed(run: () => Part | Promise<Part>): Promise<ReproducedPart> {
  const start = performance.now();
  const part = await run();
  return { ...part, seconds: (performance.now() - start) / 1000 };
}

function toyScores(): Part {
  const { X } = toyData();
  const net = toyModel();
  const scores = net.scores(X);
  const rows = CORRECT_SCORES.map((article, i) => ({
    what: `scores of row ${i + 1}`,
    article: rowText(article),
    ours: rowText(scores.subarray(3 * i, 3 * i + 3)),
  }));
  const difference = CORRECT_SCORES.flat().reduce((sum, correct, i) => sum + Math.abs(scores[i] - correct), 0);
  const sum = {
    what: 'sum of their differences',
    article: PRINTED.scoresDifference,
    ours: pythonExponential(difference, 11),
  };
  const architecture: NamedPicture = {
    name: 'figure-1-architecture',
    caption: 'Figure 1: architecture of the net, here of the toy model',
    picture: plotArchitecture(net),
  };
  return { title: 'Toy model: scores', comparisons: [...rows, sum], pictures: [architecture] };
}

function toyLoss(): Part {
  const { X, y } = toyData();
  const { loss } = toyModel().loss(X, y, { reg: TOY_REG });
  const difference = pythonExponential(Math.abs(loss - CORRECT_LOSS), 11);
  const comparisons = [
    { what: 'loss', article: String(CORRECT_LOSS), ours: loss.toFixed(11) },
    { what: 'difference from the correct loss', article: PRINTED.lossDifference, ours: difference },
  ];
  return { title: 'Toy model: loss', comparisons, pictures: [] };
}

function toyGradients(): Part {
  const { X, y } = toyData();
  const errors = gradientCheck(toyModel(), X, y, { reg: TOY_REG });
  const comparisons = (['b2', 'W1', 'W2', 'b1'] as const).map((name) => ({
    what: `${name} max relative error`,
    article: PRINTED.gradientErrors[name],
    ours: pythonExponential(errors[name], 6),
  }));
  return { title: 'Toy model: gradients', comparisons, pictures: [] };
}

async function toyTraining(): Promise<Part> {
  const { X, y } = toyData();
  const net = toyModel();
  const history = await net.train(X, y, X, y, TOY_TRAINING);
  const { lossHistory } = history;
  // The article shows the curve but prints none of its numbers.
  const ours = `${lossHistory[0].toFixed(4)} → ${lossHistory.at(-1)?.toFixed(4)}`;
  const comparisons = [{ what: 'loss, first to last iteration', article: 'decreasing', ours }];
  // The article's figure shows only the loss.
  const curves = { lossHistory, trainAccHistory: [], valAccHistory: [] };
  const picture = plotHistory(curves);
  const caption = 'Figure 2: loss history on the toy data set';
  return { title: 'Toy model: training', comparisons, pictures: [{ name: 'figure-2-toy-loss', caption, picture }] };
}

async function firstTraining(data: Dataset, options: ReproductionOptions): Promise<Part> {
  const { seed, dtype, backend, threads, signal } = options;
  const { inputSize, numClasses } = data;
  const sizes = { inputSize, hiddenSize: HIDDEN_SIZE, numClasses };
  const net = new TwoLayerNet({ ...sizes, dtype, backend, threads, random: new RandomState(seed) });
  const training = { ...FIRST_TRAINING, ...(signal && { signal }) };
  const history = await net.train(data, training);
  const { accuracy } = evaluate(net, data.part('validation'));
  return {
    title: 'First training',
    comparisons: [{ what: 'validation accuracy', article: PRINTED.firstValidation, ours: accuracy.toFixed(3) }],
    pictures: [
      {
        name: 'figure-3-training',
        caption: 'Figure 3: loss and classification accuracy',
        picture: plotHistory(history),
      },
      {
        name: 'figure-4-weights',
        caption: 'Figure 4: weights of the first net',
        picture: weightsPicture(net, data),
      },
    ],
  };
}

function searchPart(data: Dataset, results: SweepResults): Part {
  const { best, ranking } = results;
  const rows = ranking.map(({ settings: { learningRate, reg }, valAccuracy, trainAccuracy }) => ({
    what: `learning rate ${learningRate}, strength ${reg}`,
    article: '–',
    ours: valAccuracy
      ? `${valAccuracy.mean.toFixed(3)} (training ${trainAccuracy?.mean.toFixed(3) ?? '–'})`
      : 'diverged',
  }));
  const accuracy = best?.result.valAccuracy;
  const ours = typeof accuracy === 'number' ? accuracy.toFixed(6) : 'none';
  const search: NamedPicture = {
    name: 'search',
    caption: 'Validation accuracy of each combination',
    picture: plotSweep(results, { height: 420 }),
  };
  const weights: NamedPicture | undefined = best && {
    name: 'figure-5-weights',
    caption: 'Figure 5: weights of the best net',
    picture: weightsPicture(best.net, data),
  };
  return {
    title: 'Search',
    comparisons: [...rows, { what: 'best validation accuracy', article: PRINTED.bestValidation, ours }],
    pictures: weights ? [search, weights] : [search],
  };
}

function testPart(data: Dataset, { best }: SweepResults): Part {
  const ours = best ? evaluate(best.net, data.part('test')).accuracy.toFixed(3) : 'none: every trial diverged';
  return {
    title: 'Result',
    comparisons: [{ what: 'test accuracy of the best net', article: PRINTED.test, ours }],
    pictures: [],
  };
}

/** The weight grid of a net, in the shape of the pictures it was trained on. */
function weightsPicture(net: TwoLayerNet, { imageShape }: Dataset): Picture {
  return plotWeights(net, imageShape && { imageShape });
}

/** As NumPy prints a row of scores. */
function rowText(row: Iterable<number>): string {
  return `[${Array.from(row, (value) => value.toFixed(8)).join(' ')}]`;
}

/**
 * What the article prints: "Implementing a two-layer neural network from scratch", after the first assignment of
 * Stanford's CS231n, whose notebook has the correct scores and the correct loss of the toy model.
 */

/** The toy model's correct scores (5, 3), to the eight digits that the notebook has. */
export const CORRECT_SCORES: readonly (readonly number[])[] = [
  [-0.81233741, -1.27654624, -0.70335995],
  [-0.17129677, -1.18803311, -0.47310444],
  [-0.51590475, -1.01354314, -0.8504215],
  [-0.15419291, -0.48629638, -0.52901952],
  [-0.00618733, -0.12435261, -0.15226949],
];

/** The toy model's correct loss with a regularization strength of 0.1. */
export const CORRECT_LOSS = 1.30378789133;

/** The figures that the article prints, as it prints them. */
export const PRINTED = {
  scoresDifference: '3.68027206479e-08',
  lossDifference: '1.79856129989e-13',
  gradientErrors: { b2: '4.447635e-11', W1: '3.561318e-09', W2: '3.440708e-09', b1: '2.738421e-09' },
  /** Validation accuracy of the first training. */
  firstValidation: '0.287',
  /** Best validation accuracy of the search. */
  bestValidation: '0.497000',
  /** Test accuracy of the best net. */
  test: '0.496',
} as const;

/** The first training's settings, "as given in the exercise". */
export const FIRST_TRAINING = {
  numIters: 1000,
  batchSize: 200,
  learningRate: 1e-4,
  learningRateDecay: 0.95,
  reg: 0.5,
} as const;

/** Hidden units in the exercise. */
export const HIDDEN_SIZE = 50;

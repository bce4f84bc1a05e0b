import type { Predictor } from '../net/predictor.js';
import { type Closable, closeWhenDisposed } from '../platform/closable.js';
import { averaged } from './averaged.js';
import { ClassPredictions, type PredictionParts } from './class-predictions.js';

/**
 * A copy of a classifier that is kept ready for predictions: a `Predictor` of each net, which gets rows encoded and
 * scaled as the classifier's. {@link Classifier.prepare} makes it.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the method is defined below
export class ClassifierPredictor extends ClassPredictions {
  readonly #predictors: readonly Predictor[];

  /** @internal For {@link Classifier.prepare}. */
  constructor(predictors: readonly Predictor[], { classes, scaler, columns }: Omit<PredictionParts, 'net'>) {
    super({ net: averaged(predictors), classes, scaler, columns });
    this.#predictors = predictors;
  }

  /** Whether {@link close} was called. */
  get closed(): boolean {
    return this.#predictors[0].closed;
  }

  /**
   * Frees memory and threads, once the asynchronous predictions that were started have ended; later ones are refused
   * with `ERR_CLOSED`. `using predictor = classifier.prepare()` closes it at the end of the block.
   */
  close(): void {
    for (const predictor of this.#predictors) predictor.close();
  }
}

export interface ClassifierPredictor extends Closable {}
closeWhenDisposed(ClassifierPredictor);

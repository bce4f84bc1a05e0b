import type { Predictor } from '../net/predictor.js';
import { type Closable, closeWhenDisposed } from '../platform/closable.js';
import { ClassPredictions, type PredictionParts } from './class-predictions.js';

/**
 * A copy of a classifier that is kept ready for predictions: a `Predictor` of its net, which gets rows encoded and
 * scaled as the classifier's. {@link Classifier.prepare} makes it.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the method is defined below
export class ClassifierPredictor extends ClassPredictions {
  readonly #predictor: Predictor;

  /** @internal For {@link Classifier.prepare}. */
  constructor(predictor: Predictor, { classes, scaler, columns }: Omit<PredictionParts, 'net'>) {
    super({ net: predictor, classes, scaler, columns });
    this.#predictor = predictor;
  }

  /** Whether {@link close} was called. */
  get closed(): boolean {
    return this.#predictor.closed;
  }

  /**
   * Frees memory and threads, once the asynchronous predictions that were started have ended; later ones are refused
   * with `ERR_CLOSED`. `using predictor = classifier.prepare()` closes it at the end of the block.
   */
  close(): void {
    this.#predictor.close();
  }
}

export interface ClassifierPredictor extends Closable {}
closeWhenDisposed(ClassifierPredictor);

import { Matrix } from '../../data/matrix.js';
import { loadModel, type Model } from '../../model/model.js';
import { type ComputeOptions, TwoLayerNet } from '../../net/two-layer-net.js';
import { describe, withCode } from '../../validation/errors.js';

/** A model read from its file, ready to run. */
export interface LoadedModel {
  readonly model: Model;
  readonly net: TwoLayerNet;
  readonly classNames: readonly string[];
  /** Rows as the model was trained on them: with its own mean subtracted. */
  centered(X: Matrix): Matrix;
}

/** Reads a model for pictures of `columns` numbers; classes without a name get their number. */
export async function loadForImages(file: string, columns: number, options: ComputeOptions): Promise<LoadedModel> {
  const model = await loadModel(file);
  if (model.inputSize !== columns) {
    throw withCode(
      new Error(`Expected a model for rows of ${columns} numbers in ${describe(file)} but it takes ${model.inputSize}`),
      'ERR_MODEL_FILE',
    );
  }
  return {
    model,
    net: TwoLayerNet.fromParams(model.params, options),
    classNames: model.classNames ?? Array.from({ length: model.numClasses }, (_, index) => String(index)),
    centered: (X) => new Matrix(X.data, X.columns, { mean: model.mean }),
  };
}

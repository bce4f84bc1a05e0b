import { loadModel } from '../../model/model.js';
import type { ComputeOptions } from '../../net/options.js';
import { TwoLayerNet } from '../../net/two-layer-net.js';
import { labelNames } from '../../validation/class-names.js';
import { describe, withCode } from '../../validation/errors.js';

/**
 * Reads a model from its file and makes a net of it.
 *
 * @param inputSize - numbers per row of the data to predict
 * @throws Error `ERR_MODEL_FILE` when the file is not a model, or one for other rows
 */
export async function loadNet(file: string, inputSize: number, options: ComputeOptions): Promise<TwoLayerNet> {
  const model = await loadModel(file);
  if (model.inputSize === inputSize) return TwoLayerNet.fromModel(model, options);
  throw withCode(
    new Error(
      `Expected a model for rows of ${inputSize} numbers in ${describe(file)} but it is for rows of ${model.inputSize}`,
    ),
    'ERR_MODEL_FILE',
  );
}

/** The names of the classes of a net; the labels when it has none. */
export function classNamesOf({ classNames, numClasses }: TwoLayerNet): readonly string[] {
  return classNames ?? labelNames(numClasses);
}

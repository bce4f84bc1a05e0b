import { Classifier } from '../../classifier/classifier.js';
import type { Dataset } from '../../data/dataset.js';
import { checkPictures, sizeFor } from '../../data/pictures/known-pictures.js';
import { loadModel } from '../../model/model.js';
import type { ComputeOptions } from '../../net/options.js';
import type { TwoLayerNet } from '../../net/two-layer-net.js';
import { shellWord } from '../../platform/shell.js';
import { labelNames } from '../../validation/class-names.js';
import { describe, withCode } from '../../validation/errors.js';
import { type DataFlags, loadData } from './load-data.js';

/**
 * Reads a model from its file. Nets of any training become a classifier: it predicts with the scaling, the columns and
 * the classes that the file has.
 *
 * @throws Error `ERR_MODEL_FILE` when the file is not a model
 */
export async function loadClassifier(file: string, options: ComputeOptions): Promise<Classifier> {
  return Classifier.fromModel(await loadModel(file), options);
}

/**
 * Checks that a net accepts rows of `inputSize` numbers.
 *
 * @param file - the file of its model
 * @throws Error `ERR_MODEL_FILE` when it is for other rows
 */
export function checkInputSize(file: string, net: TwoLayerNet, inputSize: number): void {
  if (net.inputSize === inputSize) return;
  throw withCode(
    new Error(
      `Expected a model for rows of ${inputSize} numbers in ${describe(file)} but it is for rows of ${net.inputSize}`,
    ),
    'ERR_MODEL_FILE',
  );
}

/**
 * The data set of the flags for a model: pictures are stretched as those that it was trained on.
 *
 * @throws what `loadData` throws; Error `ERR_MODEL_FILE` for rows of another length, `ERR_DATA_FILE` for pictures of
 * another size or other channels
 */
export async function loadDataFor(file: string, net: TwoLayerNet, flags: DataFlags): Promise<Dataset> {
  const { imageShape } = net;
  const resize = flags.resize ?? sizeFor(imageShape);
  const data = await loadData({ ...flags, resize }, `two-layer-net evaluate ${shellWord(file)} --data DIR`);
  checkPictures(data.imageShape, imageShape, flags.data ?? data.source);
  checkInputSize(file, net, data.inputSize);
  return data;
}

/** The names of the classes of a net; the labels when it has none. */
export function classNamesOf({ classNames, numClasses }: TwoLayerNet): readonly string[] {
  return classNames ?? labelNames(numClasses);
}

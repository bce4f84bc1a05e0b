import { encodeSafetensors } from '../../data/safetensors/encode.js';
import { isSafetensors } from '../../data/safetensors/header.js';
import { PARAMETERS, parameterShapes } from '../../validation/parameters.js';
import { HISTORY_TENSORS, isOfOtherNet, nameInNet, TENSOR_NAMES } from '../layout.js';
import { metadataOf } from '../metadata.js';
import type { Model } from '../model-types.js';
import { modelFrom } from '../read-model.js';
import type { ModelFormat } from './format.js';
import { readSafetensors } from './safetensors.js';
import type { Tensor } from './tensor.js';
import { fromStateDict, layersIn, onPlainRows, stateDict } from './torch.js';

/** Safetensors: tensors by this package's names (layout.ts), or the state dict of two layers of PyTorch's. */
export const SAFETENSORS: ModelFormat = {
  name: 'safetensors',
  extension: '.safetensors',
  options: ['layout'],
  ensembles: true,
  recognises: isSafetensors,
  async encode(model, { layout }) {
    if (layout !== 'torch') return encodeSafetensors(tensorsOf(model), metadataOf(model));
    const plain = await onPlainRows(model);
    return encodeSafetensors(await stateDict(plain), metadataOf(plain));
  },
  async read(file) {
    const { tensors, metadata, names } = await readSafetensors(file, (all) => {
      const layers = stateDictLayers(all);
      if (layers) return layers.flatMap((layer) => [`${layer}.weight`, `${layer}.bias`]);
      return [...TENSOR_NAMES, ...all.filter(isOfOtherNet)];
    });
    const layers = stateDictLayers(names);
    const named = layers ? await fromStateDict(file.path, layers, tensors) : tensors;
    return modelFrom(file.path, named, metadata, names);
  },
};

/** The layers of a state dict; undefined when the names are this package's, or there are no layers. */
function stateDictLayers(names: readonly string[]): string[] | undefined {
  if (names.includes('W1')) return undefined;
  const layers = layersIn(names);
  return layers.length > 0 ? layers : undefined;
}

/** All arrays of a model by their names in files. */
export function tensorsOf(model: Model): Map<string, Tensor> {
  const { params, mean, scale, history, inputSize } = model;
  const tensors = new Map<string, Tensor>();
  const shapes = parameterShapes(model);
  for (const name of PARAMETERS) tensors.set(name, { data: params[name], shape: shapes[name] });
  for (const [i, other] of (model.others ?? []).entries()) {
    for (const name of PARAMETERS) tensors.set(nameInNet(i + 2, name), { data: other[name], shape: shapes[name] });
  }
  if (mean) tensors.set('mean', { data: mean, shape: [inputSize] });
  if (scale) tensors.set('scale', { data: scale, shape: [inputSize] });
  for (const [key, name] of HISTORY_TENSORS) {
    const data = history && Float64Array.from(history[key]);
    if (data) tensors.set(name, { data, shape: [data.length] });
  }
  return tensors;
}

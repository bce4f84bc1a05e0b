import { giveTurn } from '../platform/turns.js';
import { copyParameters, PARAMETERS, parameterShapes } from '../validation/parameters.js';
import { checkExtras, checkFiniteParams, checkModel, settingsJson } from './check-model.js';
import { readSafetensors, writeSafetensors } from './formats/safetensors.js';
import type { Tensor } from './formats/tensor.js';
import { FORMAT, FORMAT_VERSION, HISTORY, HISTORY_TENSORS } from './layout.js';
import type { Model, ModelExtras } from './model-types.js';
import {
  checkVersion,
  dtypeOf,
  takeClassNames,
  takeColumns,
  takeHistory,
  takeLabelType,
  takeParams,
  takeRow,
  takeScale,
  takeSettings,
} from './read-model.js';

/**
 * Writes a net to `file` in the safetensors format, which Python and others read too: its parameters, its mean and its
 * class names. The file is replaced whole or not at all. The numbers written are those at the time of the call: the net
 * is copied at once, and may be trained on before the promise settles. Everything else leaves the event loop to others.
 *
 * @param net - a `TwoLayerNet`, or a model that {@link loadModel} read, with its history and settings
 * @param extras - history and settings to save with it, instead of the model's
 * @throws (as a rejection) TypeError `ERR_INVALID_TYPE`, `ERR_UNKNOWN_OPTION` for an unknown key of `extras`,
 * `ERR_DETACHED` when the buffer of a parameter was transferred; RangeError `ERR_SHAPE` when lengths do not fit the
 * sizes, `ERR_OUT_OF_RANGE` for sizes below 1 and for names and settings of more than 10 MB, `ERR_NOT_FINITE` for a NaN
 * or an infinity among parameters or mean; Error `ERR_NOT_WRITABLE`
 * @example
 * await saveModel('model.safetensors', net, { history });
 * const same = TwoLayerNet.fromModel(await loadModel('model.safetensors'));
 */
export async function saveModel(file: string, net: Model, extras: ModelExtras = {}): Promise<void> {
  checkModel(net);
  checkExtras(extras);
  const { mean, scale, classNames, labelType, columns, inputSize } = net;
  const { history = net.history, settings = net.settings } = extras;
  const params = copyParameters(net.params);
  const tensors = new Map<string, Tensor>();
  const shapes = parameterShapes(net);
  for (const name of PARAMETERS) tensors.set(name, { data: params[name], shape: shapes[name] });
  if (mean) tensors.set('mean', { data: mean.slice(), shape: [inputSize] });
  if (scale) tensors.set('scale', { data: scale.slice(), shape: [inputSize] });
  for (const [key, name] of HISTORY_TENSORS) {
    const data = history && Float64Array.from(history[key]);
    if (data) tensors.set(name, { data, shape: [data.length] });
  }
  const input = `${mean ? '(x - mean)' : 'x'}${scale ? ' scale' : ''}`;
  const metadata = new Map([
    ['format', FORMAT],
    ['format_version', String(FORMAT_VERSION)],
    ['computation', `scores = max(0, ${input} W1 + b1) W2 + b2; the class is the index of the largest score`],
  ]);
  if (classNames) metadata.set('class_names', JSON.stringify(classNames));
  if (labelType) metadata.set('label_type', labelType);
  if (columns) metadata.set('columns', JSON.stringify(columns));
  if (settings) metadata.set('settings', settingsJson(settings));
  await giveTurn();
  await checkFiniteParams(params);
  await writeSafetensors(file, tensors, metadata);
}

/**
 * Reads a model that {@link saveModel} wrote, bit for bit, or another program's safetensors file with tensors W1 (D,
 * H), b1 (H), W2 (H, C) and b2 (C). The file may be damaged or hostile. The event loop goes on meanwhile.
 *
 * @throws (as a rejection) Error `ERR_MODEL_FILE` that says what was expected and what was found; TypeError
 * `ERR_INVALID_TYPE` when `file` is not a string
 */
export async function loadModel(file: string): Promise<Model> {
  const wanted = [...PARAMETERS, 'mean', 'scale', ...Object.values(HISTORY)];
  const { tensors, metadata, names } = await readSafetensors(file, wanted);
  checkVersion(file, metadata);
  const { params, inputSize, hiddenSize, numClasses } = await takeParams(file, tensors, names);
  const mean = await takeRow(file, 'mean', tensors.get('mean'), inputSize);
  const scale = await takeScale(file, tensors.get('scale'), mean, inputSize);
  const classNames = takeClassNames(file, metadata.get('class_names'), numClasses);
  const labelType = takeLabelType(file, metadata.get('label_type'), classNames);
  const columns = takeColumns(file, metadata.get('columns'), inputSize);
  const settings = takeSettings(file, metadata.get('settings'));
  const history = takeHistory(file, tensors);
  return {
    params,
    inputSize,
    hiddenSize,
    numClasses,
    dtype: dtypeOf(params),
    ...(mean && { mean }),
    ...(scale && { scale }),
    ...(classNames && { classNames }),
    ...(labelType && { labelType }),
    ...(columns && { columns }),
    ...(settings && { settings }),
    ...(history && { history }),
  };
}

import { checkPath, replaceFile } from '../platform/replace-file.js';
import { giveTurn } from '../platform/turns.js';
import { copyParameters } from '../validation/parameters.js';
import { checkFiniteParams, checkHolds, checkModel, checkSaveOptions, settingsJson } from './check-model.js';
import { FORMATS, formatToWrite } from './formats/all.js';
import type { ModelFormat } from './formats/format.js';
import { SAFETENSORS } from './formats/safetensors-model.js';
import { readStart, withModelFile } from './model-file.js';
import type { Model, SaveOptions } from './model-types.js';
import { broughtBy, checkWhole, keepUse } from './use.js';

/**
 * Writes a net to `file` with its mean and its class names. The format follows the end of the name: `.onnx`, `.json`,
 * `.npz`, `.mjs` (a module that predicts), and safetensors, which Python and others read too, for `.safetensors` and
 * names without an end. The file is replaced whole or not at all. The numbers written are those at the time of the
 * call: the net is copied at once, and may be trained on before the promise settles. Everything else leaves the event
 * loop to others.
 *
 * @param net - a `TwoLayerNet`, or a model that {@link loadModel} read, with its history and settings
 * @param options - history and settings to save with it, instead of the model's (`.onnx` and `layout: 'torch'` keep no
 * history, `.mjs` neither); `layout: 'torch'` of safetensors files; `input: 'uint8'` of ONNX files
 * @throws (as a rejection) TypeError `ERR_INVALID_TYPE`, `ERR_UNKNOWN_OPTION` for an option that is unknown or does not
 * concern the format and for an unknown field of a plain object, `ERR_CONFLICT` for the net of a `Classifier` that
 * scales its rows, `ERR_DETACHED` when the buffer of a parameter was transferred; RangeError `ERR_SHAPE` when
 * lengths do not fit the sizes, `ERR_OUT_OF_RANGE` for sizes below 1, for an input of bytes if no bytes have that
 * mean, for names and settings of more than 10 MB and for what is too large for the format, `ERR_NOT_FINITE` for a NaN
 * or an infinity among parameters or mean; Error `ERR_NOT_WRITABLE`, also for another end of the name, and for an
 * ensemble in another format than safetensors
 * @example
 * await saveModel('model.safetensors', net, { history });
 * const same = TwoLayerNet.fromModel(await loadModel('model.safetensors'));
 * await saveModel('model.onnx', net);
 */
export async function saveModel(file: string, net: Model, options: SaveOptions = {}): Promise<void> {
  checkModel(net);
  checkWhole(net);
  checkPath(file);
  await replaceFile(file, await encoded(formatToWrite(file), net, options));
}

/**
 * The bytes of the file that {@link saveModel} would write, where there is no place for a file: in a web page, or to
 * send to another program.
 *
 * @param name - the name of the file, whose end says the format
 * @throws (as a rejection) as `saveModel`
 * @example
 * const bytes = await modelBytes(classifier.toModel());
 */
export async function modelBytes(
  net: Model,
  name = 'model.safetensors',
  options: SaveOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  checkModel(net);
  checkWhole(net);
  checkPath(name);
  const chunks: Uint8Array[] = [];
  for await (const chunk of await encoded(formatToWrite(name), net, options)) {
    chunks.push(typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk.slice());
  }
  const bytes = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** The contents of a file, in chunks, of the net as it is now. */
async function encoded(format: ModelFormat, net: Model, options: SaveOptions) {
  checkSaveOptions(options, format, net);
  checkHolds(format, net, options);
  // Parameters alone, of a net or of a file, bring along what their predictions need.
  const brought = net.scale === undefined ? broughtBy(net.params, net) : {};
  const model = snapshot('mean' in net ? net : { ...brought, ...net }, options);
  await giveTurn();
  await checkFiniteParams(model);
  return format.encode(model, options);
}

/** The model as it is now: nothing that the caller does to it later changes what is written. */
function snapshot(net: Model, { history = net.history, settings = net.settings }: SaveOptions): Model {
  const { params, inputSize, hiddenSize, numClasses, dtype, mean, scale, classNames } = net;
  return {
    params: copyParameters(params),
    ...(net.others && { others: net.others.map((other) => copyParameters(other)) }),
    inputSize,
    hiddenSize,
    numClasses,
    dtype,
    mean: mean?.slice(),
    scale: scale?.slice(),
    classNames: classNames && [...classNames],
    labelType: net.labelType,
    columns: net.columns && structuredClone(net.columns),
    imageShape: net.imageShape && { ...net.imageShape },
    settings: settings && (JSON.parse(settingsJson(settings)) as Record<string, unknown>),
    history: history && structuredClone(history),
  };
}

/**
 * Reads a model that {@link saveModel} wrote, or that another program did; the format is told by the contents. From a
 * safetensors file of its own it is the same bit for bit; others may have tensors W1 (D, H), b1 (H), W2 (H, C) and b2
 * (C), or the state dict of two linear layers of PyTorch. ONNX graphs may be of two layers with ReLU in between. A file
 * may be damaged or hostile. The event loop goes on meanwhile.
 *
 * @throws (as a rejection) Error `ERR_MODEL_FILE` that says what was expected and what was found; TypeError
 * `ERR_INVALID_TYPE` when `file` is not a string
 */
export async function loadModel(file: string): Promise<Model> {
  return withModelFile(file, async (source) => {
    const head = await readStart(source, 16);
    const format = FORMATS.find(({ recognises }) => recognises(head)) ?? SAFETENSORS;
    const model = await format.read(source);
    for (const params of [model.params, ...(model.others ?? [])]) keepUse(params, model);
    return model;
  });
}

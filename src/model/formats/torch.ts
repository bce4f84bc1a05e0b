/** The state dict of PyTorch's `nn.Sequential(nn.Linear(D, H), nn.ReLU(), nn.Linear(H, C))`. */
import type { ParameterArrays, Reals } from '../../../binding.js';
import { describeShape } from '../../data/safetensors/header.js';
import { inTurns, type Pieces } from '../../platform/turns.js';
import { describe } from '../../validation/errors.js';
import { isArrayOf } from '../../validation/typed-arrays.js';
import { checkFiniteNumbers } from '../check-model.js';
import { modelFileError } from '../model-file-error.js';
import type { Model } from '../model-types.js';
import type { Tensor } from './tensor.js';

/** Numbers after which a piece ends. */
const PIECE = 2 ** 14;

/** The transpose of `rows` × `columns` numbers. */
export function* transposed<A extends Reals>(data: A, rows: number, columns: number): Pieces<A> {
  const result = (isArrayOf(data, 'Float32Array') ? new Float32Array(data.length) : new Float64Array(data.length)) as A;
  let done = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      result[column * rows + row] = data[row * columns + column];
      if (++done % PIECE === 0) yield;
    }
  }
  return result;
}

/**
 * The same net on rows as they are, without mean and scale: W1 becomes scale·W1 and b1 becomes b1 − mean·scale·W1,
 * computed in float64 and then rounded.
 *
 * @throws (as a rejection) RangeError `ERR_NOT_FINITE` when a result is
 */
export async function onPlainRows(model: Model): Promise<Model> {
  const { mean, scale, ...rest } = model;
  if (!mean) return model;
  const params = await inTurns(fold(model.params, mean, scale));
  await checkFiniteNumbers(params.W1, 'params.W1 times scale');
  await checkFiniteNumbers(params.b1, 'params.b1 minus that of the mean');
  return { ...rest, params };
}

function* fold(params: ParameterArrays, mean: Float64Array, scale: Float64Array | undefined): Pieces<ParameterArrays> {
  const { W1, b1 } = params;
  const H = b1.length;
  const sums = Float64Array.from(b1);
  const scaled = scale ? W1.slice() : W1;
  let done = 0;
  for (let d = 0; d < mean.length; d++) {
    const factor = scale ? scale[d] : 1;
    for (let h = 0; h < H; h++) {
      const weight = factor * W1[d * H + h];
      sums[h] -= mean[d] * weight;
      if (scale) scaled[d * H + h] = weight;
      if (++done % PIECE === 0) yield;
    }
  }
  return { ...params, W1: scaled, b1: isArrayOf(b1, 'Float32Array') ? Float32Array.from(sums) : sums };
}

/** The tensors of the state dict. */
export async function stateDict({ params, inputSize: D, hiddenSize: H, numClasses: C }: Model) {
  return new Map<string, Tensor>([
    ['0.weight', { data: await inTurns(transposed(params.W1, D, H)), shape: [H, D] }],
    ['0.bias', { data: params.b1, shape: [H] }],
    ['2.weight', { data: await inTurns(transposed(params.W2, H, C)), shape: [C, H] }],
    ['2.bias', { data: params.b2, shape: [C] }],
  ]);
}

/** The layers whose weight and bias are among these names, by their names, in the order 0, 2, 10. */
export function layersIn(names: readonly string[]): string[] {
  const layers = names.filter((name) => name.endsWith('.weight')).map((name) => name.slice(0, -'.weight'.length));
  return layers.filter((layer) => names.includes(`${layer}.bias`)).sort(byNumber);
}

const byNumber = new Intl.Collator('en', { numeric: true }).compare;

/** The tensors of a net by this package's names, from those of a state dict with two layers. */
export async function fromStateDict(
  path: string,
  layers: readonly string[],
  tensors: ReadonlyMap<string, Tensor>,
): Promise<Map<string, Tensor>> {
  const weights = layers.map((layer) => tensors.get(`${layer}.weight`));
  const [one, other] = weights;
  const flat = weights.findIndex((weight) => weight?.shape.length !== 2);
  if (layers.length !== 2 || !one || !other || flat >= 0) {
    const found = weights.map((weight, i) => `${describe(layers[i])} ${describeShape(weight?.shape ?? [])}`).join(', ');
    throw modelFileError(path, `expected two linear layers, each with a weight of two sizes, found ${found}`);
  }
  const [first, second] = inSequence(path, layers, one.shape, other.shape);
  const result = new Map<string, Tensor>();
  for (const [layer, weight, bias] of [
    [first, 'W1', 'b1'],
    [second, 'W2', 'b2'],
  ]) {
    const { data, shape } = tensors.get(`${layer}.weight`) as Tensor;
    const [rows, columns] = shape;
    result.set(weight, { data: await inTurns(transposed(data, rows, columns)), shape: [columns, rows] });
    result.set(bias, tensors.get(`${layer}.bias`) as Tensor);
  }
  return result;
}

/** The two layers in the order in which one follows the other: by their sizes, else by numbers in their names. */
function inSequence(
  path: string,
  [one, other]: readonly string[],
  [oneOut, oneIn]: readonly number[],
  [otherOut, otherIn]: readonly number[],
): [string, string] {
  const swapped = otherOut === oneIn;
  if (oneOut !== otherIn) return swapped ? [other, one] : [one, other];
  const unnumbered = (name: string) => name.replace(/\d+/g, '');
  if (!swapped || unnumbered(one) === unnumbered(other)) return [one, other];
  const names = `${describe(one)} and ${describe(other)}`;
  throw modelFileError(
    path,
    `expected two layers of which one can come first, found ${names}, whose sizes allow both; name them 0 and 2`,
  );
}

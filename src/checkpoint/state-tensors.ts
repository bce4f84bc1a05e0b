/** A training state as the tensors and the record of a checkpoint, and back. */
import type { BestEpoch, ParameterArrays } from '../../binding.js';
import type { Tensor } from '../model/formats/tensor.js';
import type { TrainingHistory } from '../training/history.js';
import type { TrainingState } from '../training/state.js';
import { isObject } from '../validation/check.js';
import { describe } from '../validation/errors.js';
import { arrayType, PARAMETERS, parameterShapes } from '../validation/parameters.js';
import { isArrayOf } from '../validation/typed-arrays.js';
import { BEST_EPOCH, BEST_PREFIX, CURVES, KEY, MEAN, NOW, POSITION, slotPrefix } from './layout.js';

type HistoryCurve = keyof typeof CURVES;
const CURVE_TENSORS = Object.entries(CURVES) as readonly [HistoryCurve, string][];

/** What of a state stands in the metadata. */
export interface StateRecord extends Omit<TrainingState, 'params' | 'slots' | 'best' | 'mean' | 'random' | 'history'> {
  /** Sets of arrays of the update rule. */
  readonly slots: number;
  readonly history: Omit<TrainingHistory, HistoryCurve | 'learningRate' | 'seconds' | 'samplesPerSecond'>;
}

/** The tensors of a state. They share its memory. */
export function tensorsOf(state: TrainingState): Map<string, Tensor> {
  const { params, slots, best, mean, random, history } = state;
  const shapes = parameterShapes(state);
  const tensors = new Map<string, Tensor>();
  const add = (prefix: string, arrays: ParameterArrays) => {
    for (const name of PARAMETERS) tensors.set(`${prefix}${name}`, { data: arrays[name], shape: shapes[name] });
  };
  const addList = (name: string, list: ArrayLike<number>) => {
    const data = Float64Array.from(list);
    tensors.set(name, { data, shape: [data.length] });
  };
  add('', params);
  for (const [i, slot] of slots.entries()) add(slotPrefix(i + 1), slot);
  if (best) {
    add(BEST_PREFIX, best.parameters);
    addList(BEST_EPOCH, [best.iterations, best.monitored, best.epochsSince]);
  }
  if (mean) addList(MEAN, mean);
  addList(KEY, random.key);
  addList(POSITION, [random.position, Number(random.hasGauss), random.cachedGaussian]);
  for (const [key, name] of CURVE_TENSORS) addList(name, history[key]);
  addList(NOW, [history.learningRate, history.seconds, history.samplesPerSecond]);
  return tensors;
}

/** The record of a state. */
export function recordOf(state: TrainingState): StateRecord {
  const { inputSize, hiddenSize, numClasses, dtype, products, inputScale, classNames, imageShape } = state;
  const { lossHistory, trainAccHistory, valAccHistory, valLossHistory, learningRateHistory, ...rest } = state.history;
  const { learningRate, seconds, samplesPerSecond, ...history } = rest;
  const sizes = { inputSize, hiddenSize, numClasses };
  return { ...sizes, dtype, products, inputScale, classNames, imageShape, slots: state.slots.length, history };
}

/**
 * The state of these tensors and this record, which may be anything.
 *
 * @throws Error that says what was expected and what was found
 */
export function stateOf(tensors: ReadonlyMap<string, Tensor>, record: unknown): TrainingState {
  const { slots, history, ...net } = checkRecord(record);
  const kind = arrayType(net.dtype) === Float64Array ? 'Float64Array' : 'Float32Array';
  const take = (name: string, shape: readonly number[], type: 'Float32Array' | 'Float64Array' = 'Float64Array') => {
    const tensor = tensors.get(name);
    if (tensor && isArrayOf(tensor.data, type) && String(tensor.shape) === String(shape)) return tensor.data;
    const found = tensor ? `one of shape (${tensor.shape.join(', ')})` : 'none';
    throw new Error(`expected a tensor ${describe(name)} of shape (${shape.join(', ')}), found ${found}`);
  };
  const shapes = parameterShapes(net);
  const takeAll = (prefix: string): ParameterArrays => {
    const [W1, b1, W2, b2] = PARAMETERS.map((name) => take(`${prefix}${name}`, shapes[name], kind));
    return { W1, b1, W2, b2 };
  };
  const [position, hasGauss, cachedGaussian] = take(POSITION, [3]);
  return {
    ...net,
    params: takeAll(''),
    slots: Array.from({ length: slots }, (_, i) => takeAll(slotPrefix(i + 1))),
    ...(tensors.has(BEST_EPOCH) && { best: bestOf(take(BEST_EPOCH, [3]), takeAll(BEST_PREFIX)) }),
    ...(tensors.has(MEAN) && { mean: take(MEAN, [net.inputSize]) as Float64Array }),
    random: { key: Uint32Array.from(take(KEY, [624])), position, hasGauss: hasGauss === 1, cachedGaussian },
    history: { ...history, ...curvesOf(take, tensors), ...nowOf(take(NOW, [3])) },
  };
}

type Numbers = ArrayLike<number>;

function bestOf(
  [iterations, monitored, epochsSince]: Numbers & Iterable<number>,
  parameters: ParameterArrays,
): BestEpoch {
  return { iterations, monitored, epochsSince, parameters };
}

function nowOf([learningRate, seconds, samplesPerSecond]: Numbers & Iterable<number>) {
  return { learningRate, seconds, samplesPerSecond };
}

function curvesOf(
  take: (name: string, shape: readonly number[]) => Numbers,
  tensors: ReadonlyMap<string, Tensor>,
): Record<HistoryCurve, number[]> {
  const curves = CURVE_TENSORS.map(([key, name]) => [key, Array.from(take(name, tensors.get(name)?.shape ?? [0]))]);
  return Object.fromEntries(curves) as Record<HistoryCurve, number[]>;
}

/** Checks what {@link stateOf} builds on; the net and the stream check the rest when they are made. */
function checkRecord(record: unknown): StateRecord {
  const { inputSize, hiddenSize, numClasses, dtype, slots, history } = (record ?? {}) as Partial<StateRecord>;
  for (const [name, size] of Object.entries({ inputSize, hiddenSize, numClasses })) {
    if (!(Number.isSafeInteger(size) && Number(size) > 0)) throw wrong(`a size for ${name}`, size);
  }
  if (typeof dtype !== 'string') throw wrong('a dtype', dtype);
  if (!(Number.isInteger(slots) && Number(slots) >= 0 && Number(slots) <= 8)) throw wrong('a count for slots', slots);
  if (!isObject(history) || !Array.isArray(history.warnings)) throw wrong('a history', history);
  return record as StateRecord;
}

function wrong(expected: string, found: unknown): Error {
  return new Error(`expected ${expected}, found ${describe(found)}`);
}

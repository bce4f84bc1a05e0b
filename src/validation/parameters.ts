/** The four parameter arrays of a net: their names, types and shapes. */
import type { ParameterArrays, Reals, Shape } from '../../binding.js';
import { checkAttached } from './check.js';
import { wrongShape, wrongType } from './errors.js';
import { isArrayOf } from './typed-arrays.js';

/** Their names, in the order in which a net keeps and writes them. */
export const PARAMETERS = ['W1', 'b1', 'W2', 'b2'] as const satisfies readonly (keyof ParameterArrays)[];

/** The name of a parameter array. */
export type ParameterName = (typeof PARAMETERS)[number];

/** The constructor of a parameter array. */
export type ParameterArrayType = Float32ArrayConstructor | Float64ArrayConstructor;

/** The type of the parameter arrays of a net of this dtype. */
export function arrayType(dtype: 'float32' | 'float64' | 'bfloat16'): ParameterArrayType {
  return dtype === 'float64' ? Float64Array : Float32Array;
}

/** The shape of each parameter array, slowest size first. */
export function parameterShapes({
  inputSize,
  hiddenSize,
  numClasses,
}: Shape): Record<ParameterName, readonly number[]> {
  return { W1: [inputSize, hiddenSize], b1: [hiddenSize], W2: [hiddenSize, numClasses], b2: [numClasses] };
}

/**
 * Copies of the four arrays, each in a buffer that holds nothing else.
 *
 * @param what - what they are, for the error
 * @throws TypeError `ERR_DETACHED`
 */
export function copyParameters<A extends Reals>(arrays: ParameterArrays<A>, what = 'params'): ParameterArrays<A> {
  for (const name of PARAMETERS) checkAttached(arrays[name], `${what}.${name}`);
  const { W1, b1, W2, b2 } = arrays;
  return { W1: W1.slice() as A, b1: b1.slice() as A, W2: W2.slice() as A, b2: b2.slice() as A };
}

/**
 * Checks that the four arrays are of one type, and that none has lost its memory.
 *
 * @throws TypeError `ERR_INVALID_TYPE` or `ERR_DETACHED`
 */
export function checkParameterTypes(parameters: ParameterArrays, type: ParameterArrayType, what = 'params'): void {
  if (typeof parameters !== 'object' || parameters === null) {
    throw wrongType(`an object of W1, b1, W2 and b2 for ${what}`, parameters);
  }
  const kind = type === Float64Array ? 'Float64Array' : 'Float32Array';
  for (const name of PARAMETERS) {
    const array: unknown = parameters[name];
    if (!isArrayOf(array, kind)) throw wrongType(`a ${kind} for ${what}.${name}`, array);
    checkAttached(array, `${what}.${name}`);
  }
}

/**
 * Checks type, length and memory of the four arrays.
 *
 * @param what - what errors call them
 * @throws as {@link checkParameterTypes}; RangeError `ERR_SHAPE` for a wrong length
 */
export function checkParameters(
  parameters: ParameterArrays,
  shape: Shape,
  type: ParameterArrayType,
  what = 'params',
): ParameterArrays {
  checkParameterTypes(parameters, type, what);
  const shapes = parameterShapes(shape);
  for (const name of PARAMETERS) {
    const count = shapes[name].reduce((product, size) => product * size, 1);
    if (parameters[name].length !== count) throw wrongShape(`${count} numbers for ${what}.${name}`, parameters[name]);
  }
  return parameters;
}

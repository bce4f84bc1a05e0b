/** The arguments of the module's calls, as native/wasm/call.h reads them. */
import type { LabelledRows, Net, ParameterArrays, Reals, Rows, Shape } from '../../../binding.js';
import { PARAMETERS } from '../../validation/parameters.js';
import { arrayType } from '../reference/argument.js';
import type { CallMemory, WasmEngine } from './engine.js';

const ELEMENTS = ['Uint8Array', 'Float32Array', 'Float64Array'];

/** The number of the type of rows. */
export function elementOf(data: Rows['data']): number {
  return ELEMENTS.indexOf(arrayType(data) ?? '');
}

export function sizeOf({ inputSize: D, hiddenSize: H, numClasses: C }: Shape): number {
  return D * H + H + H * C + C;
}

/** The type of a net's numbers. */
export function realsOf({ W1 }: ParameterArrays): Float32ArrayConstructor | Float64ArrayConstructor {
  return arrayType(W1) === 'Float64Array' ? Float64Array : Float32Array;
}

/** Reads or writes the four arrays at an address, where they follow each other. */
function eachArray(
  engine: WasmEngine,
  arrays: ParameterArrays,
  address: number,
  use: (own: Reals, other: Reals) => void,
) {
  const type = realsOf(arrays);
  let at = address;
  for (const name of PARAMETERS) {
    const { length } = arrays[name];
    use(engine.view<Reals>(type, at, length), arrays[name]);
    at += length * type.BYTES_PER_ELEMENT;
  }
}

export function writeArrays(engine: WasmEngine, arrays: ParameterArrays, address: number): void {
  eachArray(engine, arrays, address, (own, array) => own.set(array));
}

export function readArrays(engine: WasmEngine, arrays: ParameterArrays, address: number): void {
  eachArray(engine, arrays, address, (own, array) => array.set(own));
}

/** Copies sets of arrays, one after the other, and returns their address. */
export function copyArrays(memory: CallMemory, shape: Shape, sets: readonly ParameterArrays[]): number {
  const bytes = sizeOf(shape) * realsOf(sets[0]).BYTES_PER_ELEMENT;
  const address = memory.reserve(bytes * sets.length);
  sets.forEach((arrays, i) => {
    writeArrays(memory.engine, arrays, address + i * bytes);
  });
  return address;
}

/** What a call begins with. `parameters` is their address. */
export function netNumbers({ shape, threads, parameters }: Net, address: number): number[] {
  const isDouble = realsOf(parameters) === Float64Array ? 1 : 0;
  return [isDouble, shape.inputSize, shape.hiddenSize, shape.numClasses, threads, address];
}

/** Rows whose numbers are at an address. */
export function rowNumbers(memory: CallMemory, { data, count, mean }: Rows, address: number): number[] {
  return [address, elementOf(data), count, mean ? memory.copy(mean) : 0];
}

/** The same with their labels. */
export function labelledNumbers(memory: CallMemory, { rows, labels }: LabelledRows, address: number): number[] {
  return [...rowNumbers(memory, rows, address), memory.copy(labels)];
}

/** The calls with which pickles make arrays of NumPy's, as data: no code of Python is run, here or elsewhere. */
import { type Pickled, PickledArray, PickledGlobal, PickledType, textOf } from './values.js';

/** The modules of the functions and classes that are known; NumPy 2 has moved its own. */
const KNOWN =
  /^(numpy ndarray|numpy dtype|numpy\.(_core|core)\.multiarray _reconstruct|numpy\.(_core|core)\.numeric _frombuffer)$/;

/** The names that are known, for error messages. */
export const KNOWN_GLOBALS = 'ndarray, dtype, _reconstruct and _frombuffer of NumPy';

/** A function or class by its module and name; undefined if it is not one of the few that are known. */
export function globalOf(module: string, name: string): PickledGlobal | undefined {
  return KNOWN.test(`${module} ${name}`) ? new PickledGlobal(name) : undefined;
}

/** What a call of a known function gives; undefined if its arguments are not those of an array or a type. */
export function callOf(callee: Pickled, args: Pickled): Pickled | undefined {
  if (!(callee instanceof PickledGlobal) || !Array.isArray(args)) return undefined;
  if (callee.name === '_reconstruct') return new PickledArray();
  if (callee.name === 'dtype') {
    const name = textOf(args[0]);
    return name === undefined ? undefined : new PickledType(name);
  }
  if (callee.name !== '_frombuffer' || args.length !== 4) return undefined;
  const [data, type, shape, order] = args;
  return fill(new PickledArray(), { shape, type, columnMajor: textOf(order) === 'F', data });
}

/** Gives an object its state; whether that is a state as NumPy writes it. */
export function setState(target: Pickled, state: Pickled): boolean {
  if (!Array.isArray(state)) return false;
  // The state of a type says its byte order and its fields; only types of one byte are used.
  if (target instanceof PickledType) return true;
  if (!(target instanceof PickledArray) || state.length !== 5) return false;
  const [, shape, type, columnMajor, data] = state;
  return typeof columnMajor === 'boolean' && fill(target, { shape, type, columnMajor, data }) !== undefined;
}

/** The most sizes of an array: pictures have up to 4. */
const MOST_SIZES = 8;

interface State {
  readonly shape: Pickled | undefined;
  readonly type: Pickled | undefined;
  readonly columnMajor: boolean;
  readonly data: Pickled | undefined;
}

function fill(array: PickledArray, { shape, type, columnMajor, data }: State): PickledArray | undefined {
  if (!isShape(shape) || !(type instanceof PickledType) || !Buffer.isBuffer(data)) return undefined;
  array.type = type.name;
  array.shape = shape;
  array.columnMajor = columnMajor;
  array.data = data;
  return array;
}

function isShape(shape: Pickled | undefined): shape is readonly number[] {
  return (
    Array.isArray(shape) && shape.length <= MOST_SIZES && shape.every((size) => Number.isSafeInteger(size) && size >= 0)
  );
}

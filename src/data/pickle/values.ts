/** What pickles of arrays, lists and dictionaries hold. */

/** A value. Lists and tuples are arrays; bytes, and texts of Python 2, are views of the file. */
export type Pickled =
  | null
  | boolean
  | number
  | string
  | Buffer
  | readonly Pickled[]
  | PickledDictionary
  | PickledArray
  | PickledType
  | PickledGlobal;

/** A dictionary; its keys may be texts of Python 2. */
export class PickledDictionary {
  readonly entries = new Map<string, Pickled>();
}

/** An array of NumPy's. It is empty until its state has been read. */
export class PickledArray {
  /** The type of its elements, as NumPy writes it: `u1`. */
  type = '';
  shape: readonly number[] = [];
  columnMajor = false;
  data: Buffer | undefined;
}

/** A type of elements of NumPy's. */
export class PickledType {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** A class or a function that a pickle names. Nothing is looked up, and nothing is run. */
export class PickledGlobal {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** The longest text that is looked at: names of classes, files and types are shorter. */
const LONGEST_TEXT = 1000;

/** The text of a value; undefined if it is none, or a long one. */
export function textOf(value: Pickled | undefined): string | undefined {
  if (!(Buffer.isBuffer(value) || typeof value === 'string') || value.length > LONGEST_TEXT) return undefined;
  return typeof value === 'string' ? value : value.toString('latin1');
}

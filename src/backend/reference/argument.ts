import type { Reals } from '../../../binding.js';

/** The largest 32-bit integer. */
const MAX_INT = 2 ** 31 - 1;

/** One value of a call with the path by which messages name it: `net.shape.inputSize`. */
export class Argument {
  constructor(
    readonly value: unknown,
    readonly path: string,
  ) {}

  /** A property. */
  at(name: string): Argument {
    return new Argument((this.object() as Record<string, unknown>)[name], `${this.path}.${name}`);
  }

  object(): object {
    const { value } = this;
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null) this.refuseType('an object');
    return value;
  }

  number(): number {
    if (typeof this.value !== 'number') this.refuseType('a number');
    return this.value;
  }

  boolean(): void {
    if (typeof this.value !== 'boolean') this.refuseType('a boolean');
  }

  integer(min: number, max: number = MAX_INT): number {
    const expected = `an integer from ${min} to ${max}`;
    if (typeof this.value !== 'number') this.refuseType(expected);
    if (!Number.isInteger(this.value) || this.value < min || this.value > max) this.refuseValue(expected);
    return this.value;
  }

  oneOf(choices: readonly string[], expected: string): void {
    if (typeof this.value !== 'string') this.refuseType(expected);
    if (!choices.includes(this.value)) this.refuseValue(expected);
  }

  array(type: string, length: number): void {
    const expected = arrayWords(type, length);
    if (arrayType(this.value) !== type) this.refuseType(expected);
    if ((this.value as Reals).length !== length) this.refuseValue(expected);
  }

  refuseType(expected: string): never {
    throw new TypeError(this.message(expected, describe(this.value)));
  }

  refuseValue(expected: string, received = describe(this.value)): never {
    throw new RangeError(this.message(expected, received));
  }

  private message(expected: string, received: string): string {
    return `binding: expected ${expected} for ${this.path} but received ${received}`;
  }
}

/** The name of a typed array's type; undefined for everything else. Works for arrays of other realms, too. */
export function arrayType(value: unknown): string | undefined {
  const isTypedArray = ArrayBuffer.isView(value) && 'length' in value;
  return isTypedArray ? (value as Reals)[Symbol.toStringTag] : undefined;
}

export function arrayWords(type: string, length: number): string {
  return `${type.startsWith('I') ? 'an' : 'a'} ${type} of ${length} ${length === 1 ? 'element' : 'elements'}`;
}

function describe(value: unknown): string {
  const type = arrayType(value);
  if (type !== undefined) return arrayWords(type, (value as Reals).length);
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint') return `a ${typeof value}`;
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

import { distance } from 'fastest-levenshtein';
import { describe, withCode, wrongType } from './errors.js';
import { elsewhere, meaningOf } from './other-names.js';
import { wordFor } from './other-words.js';

/** The range of a number. */
export interface NumberRule {
  readonly integer?: boolean;
  readonly min?: number;
  readonly max?: number;
  /** `min` itself is not allowed. */
  readonly exclusiveMin?: boolean;
  /** `max` itself is not allowed. */
  readonly exclusiveMax?: boolean;
}

function expectation(rule: NumberRule): string {
  const kind = rule.integer ? 'an integer' : 'a finite number';
  const { min, max } = rule;
  if (min !== undefined && max !== undefined) {
    const to = rule.exclusiveMax ? 'to below' : rule.exclusiveMin ? 'and up to' : 'to';
    return `${kind} ${rule.exclusiveMin ? 'above' : 'from'} ${min} ${to} ${max}`;
  }
  if (min !== undefined) return rule.exclusiveMin ? `${kind} above ${min}` : `${kind} of at least ${min}`;
  if (max !== undefined) return `${kind} of at most ${max}`;
  return kind;
}

/** The number that was probably meant: a share for a percentage, or the number of a text. */
function meant(value: unknown, rule: NumberRule): string {
  if (typeof value === 'string' && value.trim() !== '' && isAllowed(Number(value), rule)) {
    return `: did you mean the number ${Number(value)}?`;
  }
  const isPercentage = rule.max === 1 && Number.isInteger(value) && (value as number) > 1;
  return isPercentage && isAllowed((value as number) / 100, rule) ? `: did you mean ${(value as number) / 100}?` : '';
}

function isAllowed(value: number, { min, max, exclusiveMin, exclusiveMax, integer }: NumberRule): boolean {
  const low = min !== undefined && (exclusiveMin ? value <= min : value < min);
  const high = max !== undefined && (exclusiveMax ? value >= max : value > max);
  return Number.isFinite(value) && !low && !high && !(integer && !Number.isSafeInteger(value));
}

/**
 * Returns `value` if it is a number that `rule` allows.
 *
 * @param given - what the error reports in place of `value`: for example, the text that it was parsed from
 * @throws TypeError `ERR_INVALID_TYPE` when it is not a number; RangeError `ERR_NOT_FINITE` or `ERR_OUT_OF_RANGE`.
 */
export function checkNumber(value: unknown, name: string, rule: NumberRule = {}, given = value): number {
  const message = () =>
    `Expected ${expectation(rule)} for ${name} but received ${describe(given)}${meant(value, rule)}`;
  if (typeof value !== 'number') throw withCode(new TypeError(message()), 'ERR_INVALID_TYPE');
  if (!Number.isFinite(value)) throw withCode(new RangeError(message()), 'ERR_NOT_FINITE');
  if (!isAllowed(value, rule)) throw withCode(new RangeError(message()), 'ERR_OUT_OF_RANGE');
  return value;
}

/** Returns `value` when it is one of `allowed`; a TypeError `ERR_INVALID_TYPE` names them otherwise. */
export function checkOneOf<T extends string>(value: unknown, name: string, allowed: readonly T[]): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found !== undefined) return found;
  const list = allowed.map((candidate) => JSON.stringify(candidate)).join(', ');
  const meant = typeof value === 'string' ? (wordFor(value, allowed) ?? nearest(value, allowed)) : undefined;
  throw wrongType(`one of ${list} for ${name}`, value, meant ? `: did you mean ${JSON.stringify(meant)}?` : '');
}

/** The entry of `known` that is nearest to `name`, or undefined if none is near enough to be meant. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const ranked = known
    .map((candidate) => ({ candidate, steps: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.steps - b.steps);
  return ranked[0] && ranked[0].steps <= Math.max(1, Math.floor(name.length / 3)) ? ranked[0].candidate : undefined;
}

/** Built-in objects whose values have no names: none of them is an object of options. */
const UNNAMED =
  /^\[object (\w*Array|(Shared)?ArrayBuffer|DataView|(Weak)?(Map|Set)|Date|Promise|RegExp|Number|String)\]$/;

/** Whether `value` is an object of named values: not an array, a typed array or another built-in one, of any realm. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !UNNAMED.test(Object.prototype.toString.call(value));
}

/**
 * Returns `options` if it is an object whose keys are all in `known`.
 *
 * @param meant - for further keys, the known one that is meant, or a sentence
 * @throws TypeError `ERR_INVALID_TYPE` if it is not an object; `ERR_UNKNOWN_OPTION`, with the name here of an option
 * of another library, or the nearest known name.
 */
export function checkOptions<T extends object>(
  options: T,
  name: string,
  known: readonly (keyof T & string)[],
  meant: Readonly<Record<string, string>> = {},
): T {
  if (!isObject(options)) throw wrongType(`an object for ${name}`, options);
  for (const key of Object.keys(options)) {
    if ((known as readonly string[]).includes(key)) continue;
    throw withCode(
      new TypeError(`Unknown option ${describe(key)} in ${name}: ${hintFor(key, known, options, meant)}`),
      'ERR_UNKNOWN_OPTION',
    );
  }
  return options;
}

/** What was probably meant by an unknown option. */
function hintFor(
  key: string,
  known: readonly string[],
  { optimizer }: { optimizer?: unknown },
  meant: Readonly<Record<string, string>>,
): string {
  const own = Object.hasOwn(meant, key) ? meant[key] : undefined;
  if (own) return known.includes(own) ? `did you mean ${own}?` : own;
  const meaning = meaningOf(key, known, optimizer);
  const option = meaning?.kind === 'option' ? meaning.option : nearest(key, known);
  if (option) return `did you mean ${option}?`;
  const list = `valid options are ${known.join(', ')}`;
  if (meaning?.kind === 'unsupported') return `${meaning.reason}; ${list}`;
  return meaning?.kind === 'elsewhere' ? `${elsewhere(meaning.options)}; ${list}` : list;
}

/** Whether the buffer was detached, for example by a transfer to a worker. Node 20 does not have `detached`. */
function isDetached(array: ArrayBufferView): boolean {
  try {
    new Uint8Array(array.buffer);
    return false;
  } catch {
    return true;
  }
}

/** Throws `ERR_DETACHED` if the buffer of `array` is detached. */
export function checkAttached(array: ArrayBufferView, name: string): void {
  if (!isDetached(array)) return;
  throw withCode(
    new TypeError(
      `Expected an array with its memory for ${name} but received one whose buffer is detached ` +
        '(transferred to another thread): pass a copy there instead',
    ),
    'ERR_DETACHED',
  );
}

/** The index of the first NaN or infinity, or −1. */
export function firstNonFinite(values: Float32Array | Float64Array): number {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return i;
  return -1;
}

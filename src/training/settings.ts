import type { Products } from '../../binding.js';
import { checkNumber, checkOneOf, type NumberRule } from '../validation/check.js';

/** One numeric setting: what it may be, what it is unless said otherwise, and what it means. */
export interface Setting {
  readonly rule: NumberRule;
  /** Undefined where it must be given. */
  readonly defaultValue?: number;
  /** For help and documentation. */
  readonly meaning: string;
}

/** The largest count that the engine's 32-bit integers hold. */
const MAX_COUNT = 2 ** 31 - 1;
const SIZE: NumberRule = { integer: true, min: 1, max: MAX_COUNT };

/** Numeric settings of a net and of a training: one table for errors and for the command line's help. */
export const SETTINGS = {
  inputSize: { rule: SIZE, meaning: 'numbers per row (D)' },
  hiddenSize: { rule: SIZE, meaning: 'hidden units (H)' },
  numClasses: { rule: SIZE, meaning: 'classes (C)' },
  std: { rule: { min: 0 }, defaultValue: 1e-4, meaning: 'standard deviation of the initial weights' },
  threads: {
    rule: { integer: true, min: 1, max: 1024 },
    meaning: 'threads; the results are the same for any number (default: one per processor that it may use)',
  },
  numIters: { rule: SIZE, defaultValue: 100, meaning: 'iterations, one minibatch each' },
  batchSize: { rule: SIZE, defaultValue: 200, meaning: 'rows per minibatch, drawn with replacement' },
  learningRate: {
    rule: { min: 0, exclusiveMin: true },
    defaultValue: 1e-3,
    meaning: 'step along the negative gradient',
  },
  learningRateDecay: {
    rule: { min: 0, exclusiveMin: true },
    defaultValue: 0.95,
    meaning: 'factor on the learning rate after each epoch',
  },
  reg: { rule: { min: 0 }, defaultValue: 1e-5, meaning: 'regularization strength, in ½·reg·(ΣW1² + ΣW2²)' },
  progressInterval: {
    rule: { integer: true, min: 0, max: 1e9 },
    defaultValue: 100,
    meaning: 'milliseconds between progress reports; 0 for every iteration',
  },
} as const satisfies Record<string, Setting>;

/** The name of a numeric setting. */
export type SettingName = keyof typeof SETTINGS;

/** `value`, or the setting's default where it is undefined; throws as checkNumber does. */
export function setting(name: SettingName, value: number | undefined): number {
  const { rule, defaultValue } = SETTINGS[name] as Setting;
  return checkNumber(value === undefined ? defaultValue : value, name, rule);
}

/** Which matrix products a net may compute with. */
export const PRODUCTS: readonly Products[] = ['auto', 'simd', 'blas'];

/**
 * The matrix products that the environment variable `TWO_LAYER_NET_PRODUCTS` asks for, `auto` where it is not set: to
 * compare kernels, and to leave one kind out where it should be at fault.
 *
 * @throws TypeError `ERR_INVALID_TYPE` for another value
 */
export function productsFromEnvironment(): Products {
  const value = process.env.TWO_LAYER_NET_PRODUCTS || 'auto';
  return checkOneOf(value, 'the environment variable TWO_LAYER_NET_PRODUCTS', PRODUCTS);
}

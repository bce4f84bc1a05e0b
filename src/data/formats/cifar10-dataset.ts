import type { Pieces } from '../../platform/turns.js';
import { wrongType } from '../../validation/errors.js';
import { Dataset, type ImageShape } from '../dataset.js';
import { Matrix } from '../matrix.js';
import type { DatasetPart } from '../part.js';
import { IMAGE_BYTES, IMAGE_SHAPE, type Pictures } from './cifar10-layout.js';

/** A {@link Dataset} of CIFAR's kind: all three parts, with the mean image of the training part fitted. */
export type Cifar10Dataset = Dataset & {
  readonly validation: DatasetPart;
  readonly test: DatasetPart;
  readonly mean: Float64Array;
  readonly imageShape: ImageShape;
};

/**
 * The split of CS231n, which the article follows: of the 50 000 training records and the 10 000 test records. CIFAR-100
 * has as many.
 */
export const CIFAR10_SPLIT = { train: 49_000, validation: 1000, test: 1000 } as const;

/** The records of both kinds, with what is known about them. */
export interface Cifar10Records {
  /** All training records, in order; kept, not copied. */
  readonly training: Pictures;
  /** The test records; kept, not copied. */
  readonly test: Pictures;
  /** The name of each class, by label. */
  readonly classNames: readonly string[];
  /** Whether the pictures are photographs of CIFAR-10 or CIFAR-100, or drawn by this package. */
  readonly origin: keyof typeof SOURCES;
}

/** The name of each origin in words. */
const SOURCES = {
  'cifar-10': 'CIFAR-10',
  'cifar-100': 'CIFAR-100',
  synthetic: 'the synthetic stand-in, not CIFAR-10',
} as const;

/** Makes the data set, in pieces. Training and validation rows are views of the same memory. */
export function* cifar10Dataset({ training, test, classNames, origin }: Cifar10Records): Pieces<Cifar10Dataset> {
  const { train, validation } = CIFAR10_SPLIT;
  const rows = ({ pixels, labels }: Pictures) => ({ X: new Matrix(pixels, IMAGE_BYTES), y: labels });
  const all = new Dataset({
    train: rows(training),
    test: rows(test),
    classNames,
    imageShape: IMAGE_SHAPE,
    source: SOURCES[origin],
    name: origin,
  });
  const parts = yield* all.splitting({ train, validation });
  return (yield* parts.centering()) as Cifar10Dataset;
}

/**
 * Checks whether all test records are asked for.
 *
 * @throws TypeError `ERR_INVALID_TYPE` for anything but a boolean
 */
export function checkFullTest(value: unknown): void {
  if (typeof value === 'boolean') return;
  throw wrongType('true or false for fullTest', value);
}

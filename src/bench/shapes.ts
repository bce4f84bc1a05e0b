/** What is measured: sizes of a net and a minibatch, and the work in one step. */
import { withCode } from '../validation/errors.js';

/** A net and its minibatch. */
export interface BenchShape {
  /** Numbers per row. */
  readonly D: number;
  /** Hidden units. */
  readonly H: number;
  /** Classes. */
  readonly C: number;
  /** Rows per minibatch. */
  readonly N: number;
}

/** The shapes that have a name, which are those measured unless told otherwise. */
export const SHAPES: Readonly<Record<string, BenchShape>> = {
  article: { D: 3072, H: 50, C: 10, N: 200 },
  aligned: { D: 3072, H: 64, C: 10, N: 200 },
  wide: { D: 3072, H: 512, C: 10, N: 200 },
  large: { D: 3072, H: 1024, C: 10, N: 1024 },
  narrow: { D: 3072, H: 10, C: 10, N: 200 },
  'few-rows': { D: 3072, H: 50, C: 10, N: 32 },
  'many-rows': { D: 3072, H: 50, C: 10, N: 1000 },
  digits: { D: 784, H: 100, C: 10, N: 128 },
  tiny: { D: 20, H: 16, C: 10, N: 32 },
};

/** `article`, or sizes as in `H64,N200` or `D20,H16,C3,N32`: the article's where one is left out. */
export function parseShape(text: string): BenchShape {
  const named = Object.hasOwn(SHAPES, text) ? SHAPES[text] : undefined;
  if (named) return named;
  const sizes = new Map<string, number>();
  for (const part of text.split(',')) {
    const [, letter, digits] = /^([DHCN])([1-9]\d{0,5})$/.exec(part) ?? [];
    if (letter === undefined || sizes.has(letter)) {
      throw withCode(
        new RangeError(
          `Expected a shape (${Object.keys(SHAPES).join(', ')}) or sizes as in "D784,H100,C10,N128" ` +
            `but received ${JSON.stringify(text)}`,
        ),
        'ERR_OUT_OF_RANGE',
      );
    }
    sizes.set(letter, Number(digits));
  }
  return { ...SHAPES.article, ...Object.fromEntries(sizes) } as BenchShape;
}

/** `D 3072, H 50, C 10, N 200`. */
export function shapeWords({ D, H, C, N }: BenchShape): string {
  return `D ${D}, H ${H}, C ${C}, N ${N}`;
}

/**
 * Multiply-adds of one training step, 2 FLOP each: X·W1 and Xᵀ·dhidden, and the three products of the second layer. What
 * else a step does (gather, softmax, update) takes time but counts as no work.
 */
export function stepFlop({ D, H, C, N }: BenchShape): number {
  return 2 * 2 * N * D * H + 3 * 2 * N * H * C;
}

/** The same of the two large products alone. */
export function productsFlop({ D, H, N }: BenchShape): number {
  return 2 * 2 * N * D * H;
}

/** The same for the scores of one row. */
export function rowFlop({ D, H, C }: BenchShape): number {
  return 2 * D * H + 2 * H * C;
}

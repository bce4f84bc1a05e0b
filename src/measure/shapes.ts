/** The sizes of a net and its minibatch, and the work in one training step. */
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

/** The shapes that have a name. */
export const SHAPES = {
  article: { D: 3072, H: 50, C: 10, N: 200 },
  aligned: { D: 3072, H: 64, C: 10, N: 200 },
  wide: { D: 3072, H: 512, C: 10, N: 200 },
  large: { D: 3072, H: 1024, C: 10, N: 1024 },
  wider: { D: 3072, H: 2048, C: 10, N: 256 },
  huge: { D: 3072, H: 4096, C: 10, N: 1024 },
  narrow: { D: 3072, H: 10, C: 10, N: 200 },
  'few-rows': { D: 3072, H: 50, C: 10, N: 32 },
  'many-rows': { D: 3072, H: 50, C: 10, N: 1000 },
  digits: { D: 784, H: 100, C: 10, N: 128 },
  tiny: { D: 20, H: 16, C: 10, N: 32 },
} as const satisfies Readonly<Record<string, BenchShape>>;

const { article, aligned, wide, large, wider, huge, ...small } = SHAPES;

/** Several shapes by one name. */
export const FAMILIES = {
  /** What is measured by default: all that have a name, but for those that take minutes. */
  standard: [article, aligned, wide, large, ...Object.values(small)],
  /** From a small hidden layer to a large one. */
  widths: [article, aligned, wide, large, wider, huge],
  /** Rows of few numbers: images of 28 × 28, embeddings, measurements. */
  rows: [784, 768, 100].flatMap((D) => [
    { D, H: 16, C: 10, N: 32 },
    { D, H: 64, C: 10, N: 128 },
    { D, H: 256, C: 10, N: 256 },
    { D, H: 1024, C: 10, N: 1024 },
  ]),
} as const satisfies Readonly<Record<string, readonly BenchShape[]>>;

/**
 * Parses the name of a shape such as `article`, of several such as `widths`, or sizes such as `H64,N200` or
 * `D20,H16,C3,N32`. A missing size is the article's.
 *
 * @throws RangeError `ERR_OUT_OF_RANGE` if `text` is none of these
 */
export function parseShapes(text: string): readonly BenchShape[] {
  const named = { ...FAMILIES, ...Object.fromEntries(Object.entries(SHAPES).map(([name, shape]) => [name, [shape]])) };
  return Object.hasOwn(named, text) ? named[text as keyof typeof named] : [parseSizes(text)];
}

function parseSizes(text: string): BenchShape {
  const sizes = new Map<string, number>();
  for (const part of text.split(',')) {
    const [, letter, digits] = /^([DHCN])([1-9]\d{0,5})$/.exec(part) ?? [];
    if (letter === undefined || sizes.has(letter)) {
      const names = [...Object.keys(SHAPES), ...Object.keys(FAMILIES)].join(', ');
      throw withCode(
        new RangeError(
          `Expected a shape (${names}) or sizes such as "D784,H100,C10,N128" but received ${JSON.stringify(text)}`,
        ),
        'ERR_OUT_OF_RANGE',
      );
    }
    sizes.set(letter, Number(digits));
  }
  return { ...SHAPES.article, ...Object.fromEntries(sizes) };
}

/** Formats a shape as `D 3072, H 50, C 10, N 200`. */
export function formatShape({ D, H, C, N }: BenchShape): string {
  return `D ${D}, H ${H}, C ${C}, N ${N}`;
}

/**
 * FLOP of one training step, 2 for each multiply-add: X·W1 and Xᵀ·dhidden, and the three products of the second layer.
 * Everything else in a step (gather, softmax, update) takes time but is not counted.
 */
export function stepFlop({ D, H, C, N }: BenchShape): number {
  return 2 * 2 * N * D * H + 3 * 2 * N * H * C;
}

/** FLOP of the two large products alone. */
export function productsFlop({ D, H, N }: BenchShape): number {
  return 2 * 2 * N * D * H;
}

/** FLOP for the scores of one row. */
export function rowFlop({ D, H, C }: BenchShape): number {
  return 2 * D * H + 2 * H * C;
}

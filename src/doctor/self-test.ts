/** Checks that a backend computes what the reference computes. */
import type { Binding, Products } from '../../binding.js';
import { referenceBinding } from '../backend/reference/reference.js';
import { messageOf } from '../validation/kinds.js';
import { addAll, largest } from '../validation/long-lists.js';
import { PARAMETERS } from '../validation/parameters.js';
import { classDifference, differenceOfAll, relativeDifference, sameBits } from './compare.js';
import {
  classesBy,
  gradientsBy,
  scoresBy,
  TEST_SHAPES,
  type TestCase,
  type TestSettings,
  type TestShape,
  type TestTraining,
  testCase,
  trainingBesideBy,
  trainingBy,
} from './test-nets.js';

/** What is compared. */
export type CheckName = 'scores' | 'classes' | 'loss' | 'gradients' | 'training' | 'threads';

/** One comparison, over all shapes. */
export interface SelfTestCheck {
  /**
   * `scores`, `classes`, `loss`, `gradients` and a short `training` (its losses and how it changed the parameters) are
   * compared with the reference's. `threads` compares trainings on several threads, and in the background, with one on
   * one thread: they must have the same bits.
   */
  readonly check: CheckName;
  readonly dtype: 'float32' | 'float64' | 'bfloat16';
  /** The matrix products; bfloat16 always uses `simd`. */
  readonly products: Exclude<Products, 'auto'>;
  /**
   * The largest difference, relative to the largest number compared (for bfloat16, the difference of all numbers
   * relative to all numbers). Null if a call failed, or if it is infinite: a NaN, or for `threads` any bit that
   * differs.
   */
  readonly difference: number | null;
  /** The largest allowed difference. */
  readonly allowed: number;
  readonly passed: boolean;
  /** The sizes with the largest difference, `D 33, H 9, C 3, N 7`; null if there is no difference. */
  readonly at: string | null;
  /** The message of an error that a call threw; null if none did. */
  readonly error: string | null;
}

/** All comparisons. */
export interface SelfTest {
  readonly passed: boolean;
  readonly checks: readonly SelfTestCheck[];
  readonly seconds: number;
}

/**
 * The largest differences that rounding can explain.
 *
 * Both backends sum the same terms in a different order. The error of a sum is less than its number of terms (at most
 * 3072) times the arithmetic's unit roundoff, 1.1e-16 or 6e-8, of the largest partial sum, and far less if the terms
 * have mixed signs: at most 4e-15 and 1e-6 were found. In a training, each step carries on the errors of earlier ones:
 * 5e-14 and 1.3e-4. A factor rounded to bfloat16 is off by about 0.2 %, and hidden units near 0 may be on in one
 * backend and off in the other, which changes one row's gradient by that unit's share: with rounded factors in float64,
 * a training differs by 3 % of its path as a whole, and by 7 % at most. A wrong or missing term changes some entry by
 * 10 % or more.
 */
const ALLOWED = {
  float64: { sums: 1e-12, training: 1e-11 },
  float32: { sums: 1e-5, training: 1e-3 },
  bfloat16: { sums: Number.NaN, training: 0.1 },
} as const;

/** Numbers of threads whose results must equal those of one thread. */
const THREADS = [2, 3, 7];

/** The reference's results for a case, computed once. */
interface Expected {
  readonly test: TestCase;
  readonly scores: ReturnType<typeof scoresBy>;
  readonly gradients: ReturnType<typeof gradientsBy>;
  readonly training: TestTraining;
}

/**
 * Compares a backend with the TypeScript reference over a few shapes: scores, classes, loss, gradients and a short
 * training, in each type of arithmetic and with each kind of matrix products that it has. Also compares trainings on
 * several threads with one on one thread. Takes a few seconds.
 *
 * @param tell - is called with each line of progress, and awaited
 */
export async function selfTest(
  binding: Binding,
  shapes: readonly TestShape[] = TEST_SHAPES,
  tell: (line: string) => unknown = () => {},
): Promise<SelfTest> {
  const start = performance.now();
  const { simdTarget, blas, bfloat16 } = binding.info();
  const kinds = [
    ...(simdTarget === 'none' ? [] : (['simd'] as const)),
    ...(blas === 'none' ? [] : (['blas'] as const)),
  ];
  const checks: SelfTestCheck[] = [];
  for (const arithmetic of ['float32', 'float64'] as const) {
    const expected = shapes.map((shape) => expect(shape, arithmetic));
    for (const products of kinds) {
      await tell(`${arithmetic}, ${products} products`);
      addAll(checks, await checksOf(binding, expected, { dtype: arithmetic, products }));
    }
    if (arithmetic === 'float32' && bfloat16 && kinds.includes('simd')) {
      await tell('bfloat16');
      addAll(checks, await checksOf(binding, expected, { dtype: 'bfloat16', products: 'simd' }));
    }
  }
  return {
    passed: checks.length > 0 && checks.every(({ passed }) => passed),
    checks,
    seconds: (performance.now() - start) / 1000,
  };
}

function expect(shape: TestShape, dtype: 'float32' | 'float64'): Expected {
  const test = testCase(shape, dtype);
  const settings: TestSettings = { products: 'auto', bfloat16: false, threads: 1 };
  return {
    test,
    scores: scoresBy(referenceBinding, test, settings),
    gradients: gradientsBy(referenceBinding, test, settings),
    training: trainingBy(referenceBinding, test, settings),
  };
}

type Way = Pick<SelfTestCheck, 'dtype' | 'products'>;

async function checksOf(binding: Binding, cases: readonly Expected[], way: Way): Promise<SelfTestCheck[]> {
  const { dtype, products } = way;
  const settings: TestSettings = { products, bfloat16: dtype === 'bfloat16', threads: 2 };
  const { sums, training } = ALLOWED[dtype];
  type Difference = (expected: Expected) => number | Promise<number>;
  const inference: [CheckName, number, Difference][] = [
    ['scores', sums, ({ test, scores }) => relativeDifference(scoresBy(binding, test, settings), scores)],
    ['classes', sums, ({ test, scores }) => classDifference(classesBy(binding, test, settings), scores)],
    ['loss', sums, ({ test, gradients }) => lossDifference(gradientsBy(binding, test, settings), gradients)],
    ['gradients', sums, ({ test, gradients }) => gradientDifference(gradientsBy(binding, test, settings), gradients)],
  ];
  const trainings: [CheckName, number, Difference][] = [
    [
      'training',
      training,
      (expected) => trainingDifference(expected, trainingBy(binding, expected.test, settings), dtype),
    ],
    ['threads', 0, ({ test }) => threadsDifference(binding, test, settings)],
  ];
  const all = dtype === 'bfloat16' ? trainings : [...inference, ...trainings];
  const checks: SelfTestCheck[] = [];
  for (const [check, allowed, difference] of all) {
    checks.push({ check, ...way, allowed, ...(await worst(cases, allowed, difference)) });
  }
  return checks;
}

/** The largest difference over the cases. */
async function worst(
  cases: readonly Expected[],
  allowed: number,
  differenceOf: (expected: Expected) => number | Promise<number>,
): Promise<Pick<SelfTestCheck, 'difference' | 'passed' | 'at' | 'error'>> {
  let difference = 0;
  let at: string | null = null;
  for (const expected of cases) {
    const { D, H, C, N } = expected.test.shape;
    const where = `D ${D}, H ${H}, C ${C}, N ${N}`;
    try {
      const found = await differenceOf(expected);
      if (found <= difference) continue;
      difference = found;
      at = where;
    } catch (error) {
      return {
        difference: null,
        passed: false,
        at: where,
        error: messageOf(error),
      };
    }
  }
  const finite = Number.isFinite(difference) ? difference : null;
  return { difference: finite, passed: difference <= allowed, at, error: null };
}

type Gradients = ReturnType<typeof gradientsBy>;

function lossDifference(actual: Gradients, expected: Gradients): number {
  return relativeDifference([actual.loss], [expected.loss]);
}

/** The difference of each gradient, relative to its largest entry. */
function gradientDifference(actual: Gradients, expected: Gradients): number {
  return largest(PARAMETERS.map((name) => relativeDifference(actual.gradients[name], expected.gradients[name])));
}

/**
 * The difference of the losses, and of the change of each parameter: relative to the parameter itself, an error of the
 * change would look small. Relative to the largest entry; for bfloat16, to all entries.
 */
function trainingDifference({ test, training: expected }: Expected, actual: TestTraining, dtype: Way['dtype']): number {
  const wayOf = ({ parameters }: TestTraining, name: (typeof PARAMETERS)[number]) =>
    Float64Array.from(parameters[name], (value, i) => value - test.parameters[name][i]);
  const difference = dtype === 'bfloat16' ? differenceOfAll : relativeDifference;
  const ways = PARAMETERS.map((name) => difference(wayOf(actual, name), wayOf(expected, name)));
  return largest([relativeDifference(actual.losses, expected.losses), ...ways]);
}

/** 0 if every number of threads gives the same bits as one thread, otherwise infinity. */
async function threadsDifference(binding: Binding, test: TestCase, settings: TestSettings): Promise<number> {
  const one = trainingBy(binding, test, { ...settings, threads: 1 });
  const others = THREADS.map((threads) => trainingBy(binding, test, { ...settings, threads }));
  others.push(await trainingBesideBy(binding, test, settings));
  const same = ({ losses, parameters }: TestTraining) =>
    sameBits(losses, one.losses) && PARAMETERS.every((name) => sameBits(parameters[name], one.parameters[name]));
  return others.every(same) ? 0 : Number.POSITIVE_INFINITY;
}

/** Whether a backend computes what the reference computes. */
import type { Binding, Products } from '../../binding.js';
import { referenceBinding } from '../backend/reference/reference.js';
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
   * compared with the reference's; with `threads` a training on several numbers of threads, and beside JavaScript, with one
   * on one thread: they must have the same bits.
   */
  readonly check: CheckName;
  readonly dtype: 'float32' | 'float64' | 'bfloat16';
  /** Whose matrix products; those of bfloat16 are the engine's own. */
  readonly products: Exclude<Products, 'auto'>;
  /**
   * The largest difference, by the largest number compared (with bfloat16 the difference of all together, by all together);
   * null where a call failed, or where it is infinite: a NaN, or for `threads` any bit.
   */
  readonly difference: number | null;
  /** What it may be at most. */
  readonly allowed: number;
  readonly passed: boolean;
  /** The sizes with the largest difference, `D 33, H 9, C 3, N 7`; null where there is no difference. */
  readonly at: string | null;
  /** What a call threw; null where none did. */
  readonly error: string | null;
}

/** All comparisons. */
export interface SelfTest {
  readonly passed: boolean;
  readonly checks: readonly SelfTestCheck[];
  readonly seconds: number;
}

/**
 * The largest differences that are roundings.
 *
 * Both backends sum the same terms in another order: the error of a sum is below its number of terms (3072 at most) times
 * the arithmetic's half unit, 1.1e-16 or 6e-8, of the largest partial sum, and far below for terms of either sign: found
 * at most 4e-15 and 1e-6. In a training each step carries on the errors of those before: 5e-14 and 1.3e-4. A factor that is
 * rounded to bfloat16 is off by 0.2 % or so, and hidden units near 0 are on in one backend and off in the other, each of
 * which costs its share of one row's gradient: a training of rounded factors in float64 differs by 3 % of its way as a
 * whole, 7 % where it differs most. A wrong or forgotten term costs 10 % and more of some entry, or all of it.
 */
const ALLOWED = {
  float64: { sums: 1e-12, training: 1e-11 },
  float32: { sums: 1e-5, training: 1e-3 },
  bfloat16: { sums: Number.NaN, training: 0.1 },
} as const;

/** Numbers of threads that must give the bits of one. */
const THREADS = [2, 3, 7];

/** What the reference makes of a case, computed once. */
interface Expected {
  readonly test: TestCase;
  readonly scores: ReturnType<typeof scoresBy>;
  readonly gradients: ReturnType<typeof gradientsBy>;
  readonly training: TestTraining;
}

/**
 * Compares a backend with the reference in TypeScript: scores, classes, loss, gradients and a short training, in each type
 * of arithmetic and with each kind of kernels that it has, over a few shapes; and a training on several numbers of threads
 * with one on one. Takes a few seconds.
 *
 * @param tell - hears what is being tested, line by line
 */
export async function selfTest(
  binding: Binding,
  shapes: readonly TestShape[] = TEST_SHAPES,
  tell: (line: string) => void = () => {},
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
      tell(`${arithmetic}, ${products} products`);
      checks.push(...(await checksOf(binding, expected, { dtype: arithmetic, products })));
    }
    if (arithmetic === 'float32' && bfloat16 && kinds.includes('simd')) {
      tell('bfloat16');
      checks.push(...(await checksOf(binding, expected, { dtype: 'bfloat16', products: 'simd' })));
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
        error: error instanceof Error ? error.message : String(error),
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

/** Each gradient by its own largest entry. */
function gradientDifference(actual: Gradients, expected: Gradients): number {
  return Math.max(...PARAMETERS.map((name) => relativeDifference(actual.gradients[name], expected.gradients[name])));
}

/**
 * Of the losses, and of how far each parameter went: beside its own size, an error of that would be small. By the largest
 * entry, with bfloat16 by the whole.
 */
function trainingDifference({ test, training: expected }: Expected, actual: TestTraining, dtype: Way['dtype']): number {
  const wayOf = ({ parameters }: TestTraining, name: (typeof PARAMETERS)[number]) =>
    Float64Array.from(parameters[name], (value, i) => value - test.parameters[name][i]);
  const difference = dtype === 'bfloat16' ? differenceOfAll : relativeDifference;
  const ways = PARAMETERS.map((name) => difference(wayOf(actual, name), wayOf(expected, name)));
  return Math.max(relativeDifference(actual.losses, expected.losses), ...ways);
}

/** 0 where every number of threads gives the bits of one, infinity where one does not. */
async function threadsDifference(binding: Binding, test: TestCase, settings: TestSettings): Promise<number> {
  const one = trainingBy(binding, test, { ...settings, threads: 1 });
  const others = THREADS.map((threads) => trainingBy(binding, test, { ...settings, threads }));
  others.push(await trainingBesideBy(binding, test, settings));
  const same = ({ losses, parameters }: TestTraining) =>
    sameBits(losses, one.losses) && PARAMETERS.every((name) => sameBits(parameters[name], one.parameters[name]));
  return others.every(same) ? 0 : Number.POSITIVE_INFINITY;
}

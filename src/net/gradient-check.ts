import type { Reals } from '../../binding.js';
import { RandomState } from '../random/random-state.js';
import { checkNumber, checkOptions } from '../validation/check.js';
import type { RowsInput } from '../validation/inputs.js';
import type { LabelsInput } from '../validation/labels.js';
import { checkNet } from './check-net.js';
import { TwoLayerNet } from './two-layer-net.js';

/** Options of {@link gradientCheck}. */
export interface GradientCheckOptions {
  /**
   * Regularization strength.
   * @defaultValue 0
   */
  reg?: number;
  /**
   * h, half the width of the central difference (f(w + h) − f(w − h)) / 2h.
   * @defaultValue 1e-5
   */
  step?: number;
  /**
   * Entries to check in each parameter, drawn with seed 0. A large net has too many to check all.
   * @defaultValue all of them
   */
  samples?: number;
}

/** The largest relative error of each parameter's gradient. */
export interface GradientErrors {
  W1: number;
  b1: number;
  W2: number;
  b2: number;
}

/**
 * Compares the gradients of `net.loss` with central differences of the loss, entry by entry. The relative error of an
 * entry is |numeric − analytic| / max(1e-8, |numeric| + |analytic|), as in the article's course (CS231n). In float64,
 * errors below 1e-8 are good. The differences are always computed in float64, on a copy, so that the errors of a
 * float32 net measure its gradients and not the rounding of the differences. The net is not changed.
 *
 * @throws what `net.loss` throws
 */
export function gradientCheck(
  net: TwoLayerNet,
  X: RowsInput,
  y: LabelsInput,
  options: GradientCheckOptions = {},
): GradientErrors {
  checkNet(net);
  const {
    reg = 0,
    step = 1e-5,
    samples,
  } = checkOptions(options, 'the options of gradientCheck', ['reg', 'step', 'samples']);
  checkNumber(step, 'step', { min: 0, exclusiveMin: true });
  if (samples !== undefined) checkNumber(samples, 'samples', { integer: true, min: 1 });
  const { grads } = net.loss(X, y, { reg });
  const { params: given, backend, products, threads, mean } = net;
  const { W1, b1, W2, b2 } = given;
  const params = {
    W1: Float64Array.from(W1),
    b1: Float64Array.from(b1),
    W2: Float64Array.from(W2),
    b2: Float64Array.from(b2),
  };
  const exact = TwoLayerNet.fromParams(params, { backend, products, threads, mean });
  const loss = () => exact.loss(X, y, { reg }).loss;
  const worst = (name: keyof GradientErrors) => worstError(params[name], grads[name], loss, step, samples);
  return { W1: worst('W1'), b1: worst('b1'), W2: worst('W2'), b2: worst('b2') };
}

function worstError(
  parameter: Float64Array,
  gradient: Reals,
  loss: () => number,
  step: number,
  samples: number | undefined,
): number {
  let worst = 0;
  for (const index of indices(parameter.length, samples)) {
    const value = parameter[index];
    parameter[index] = value + step;
    const above = loss();
    parameter[index] = value - step;
    const below = loss();
    parameter[index] = value;
    const numeric = (above - below) / (2 * step);
    const analytic = gradient[index];
    const error = Math.abs(numeric - analytic) / Math.max(1e-8, Math.abs(numeric) + Math.abs(analytic));
    worst = Math.max(worst, error);
  }
  return worst;
}

function indices(length: number, samples = length): Iterable<number> {
  return samples >= length ? Array(length).keys() : new RandomState(0).permutation(length).subarray(0, samples);
}

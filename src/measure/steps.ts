/**
 * The time of training steps alone. Every call of `trainSync` has costs besides its steps: packing the weights, the
 * accuracy after the first step, a checkpoint, the result. A long call less a call with one step has none of them.
 */
import type { Profile } from '../../binding.js';

/** How long a call took, and how the calling thread's time was divided; null if that was not measured. */
export interface CallTime {
  readonly seconds: number;
  readonly profile: Profile | null;
}

/**
 * Returns the seconds of `steps` training steps without the costs of a call. What a training does now and then, such as
 * a checkpoint or an accuracy in each epoch, belongs to its steps.
 *
 * @param train - trains for some steps in one call and returns its seconds
 */
export function stepSeconds(train: (numIters: number) => number, steps: number): number {
  const long = train(steps + 1);
  // A short call is easily disturbed, which only makes it longer: the faster one of two counts.
  return difference(long, Math.min(train(1), train(1)));
}

/** The same with the profile of the steps. */
export function stepProfile(train: (numIters: number) => CallTime, steps: number): CallTime {
  const [long, short] = [train(steps + 1), train(1)];
  return {
    seconds: difference(long.seconds, short.seconds),
    profile: long.profile && short.profile && profileDifference(long.profile, short.profile),
  };
}

function profileDifference(long: Profile, short: Profile): Profile {
  const part = (name: keyof Profile) => difference(long[name], short[name]);
  return {
    gather: part('gather'),
    forward: part('forward'),
    head: part('head'),
    update: part('update'),
    waiting: part('waiting'),
    other: part('other'),
  };
}

/** The clock and other programs could make a tiny difference negative. */
function difference(long: number, short: number): number {
  return Math.max(0, long - short);
}

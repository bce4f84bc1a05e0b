/** Normal draws by a backend. */
import type { Binding, NormalCall, NormalState, Reals } from '../../binding.js';

/**
 * Draws of one call of a backend: some 40 ms. Between two calls a Worker or a process can end, and other work can use
 * a thread of libuv's pool.
 */
const PART = 2 ** 20;

/**
 * Draws as one call would, bit for bit.
 *
 * @returns the state after the last draw; its key is the one given, overwritten
 */
export function drawNormal(binding: Binding, { random, scale, draws }: NormalCall): NormalState {
  let state = random;
  for (const part of partsOf(draws)) state = { ...state, ...binding.randnSync({ random: state, scale, draws: part }) };
  return state;
}

/** The same while JavaScript continues. */
export async function drawNormalAsync(binding: Binding, { random, scale, draws }: NormalCall): Promise<NormalState> {
  let state = random;
  for (const part of partsOf(draws))
    state = { ...state, ...(await binding.randn({ random: state, scale, draws: part })) };
  return state;
}

function partsOf(draws: Reals): Reals[] {
  const parts = Math.ceil(draws.length / PART);
  return Array.from({ length: parts }, (_, i) => draws.subarray(i * PART, (i + 1) * PART));
}

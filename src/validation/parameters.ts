/** The four parameter arrays of a net, by name. */
import type { ParameterArrays, Reals } from '../../binding.js';

/** Their names, in the order in which a net keeps and writes them. */
export const PARAMETERS = ['W1', 'b1', 'W2', 'b2'] as const satisfies readonly (keyof ParameterArrays)[];

/** Copies of the four arrays, each in a buffer that holds nothing else. */
export function copyParameters<A extends Reals>({ W1, b1, W2, b2 }: ParameterArrays<A>): ParameterArrays<A> {
  return { W1: W1.slice() as A, b1: b1.slice() as A, W2: W2.slice() as A, b2: b2.slice() as A };
}

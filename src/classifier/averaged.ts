/** The mean of what several nets predict. */
import type { Reals } from '../../binding.js';
import type { AsyncOptions } from '../net/async-prediction.js';
import type { RowsInput } from '../validation/inputs.js';
import type { Computing } from './class-predictions.js';
import { highest } from './metrics.js';

/** Predicts as one net does: the mean of the probabilities of all of them, and the class for which it is highest. */
class Averaged implements Computing {
  readonly inputSize: number;
  readonly numClasses: number;
  readonly dtype: Computing['dtype'];
  readonly #nets: readonly Computing[];

  constructor(nets: readonly Computing[]) {
    const [{ inputSize, numClasses, dtype }] = nets;
    this.inputSize = inputSize;
    this.numClasses = numClasses;
    this.dtype = dtype;
    this.#nets = nets;
  }

  predict(X: RowsInput): Int32Array {
    return this.#highest(this.probabilities(X));
  }

  async predictAsync(X: RowsInput, options?: AsyncOptions): Promise<Int32Array> {
    return this.#highest(await this.probabilitiesAsync(X, options));
  }

  probabilities(X: RowsInput): Reals {
    return meanOf(this.#nets.map((net) => net.probabilities(X)));
  }

  async probabilitiesAsync(X: RowsInput, options?: AsyncOptions): Promise<Reals> {
    return meanOf(await Promise.all(this.#nets.map((net) => net.probabilitiesAsync(X, options))));
  }

  #highest(probabilities: Reals): Int32Array {
    const { numClasses: C } = this;
    return Int32Array.from({ length: probabilities.length / C }, (_, row) => highest(probabilities, row * C, C));
  }
}

/** What predicts with all of them: itself, if it is only one. */
export function averaged(nets: readonly Computing[]): Computing {
  return nets.length === 1 ? nets[0] : new Averaged(nets);
}

/** The mean of each number, added up in float64 in the order of the lists; it is written into the first of them. */
function meanOf(all: readonly Reals[]): Reals {
  const [mean] = all;
  for (let i = 0; i < mean.length; i++) {
    let sum = 0;
    for (const values of all) sum += values[i];
    mean[i] = sum / all.length;
  }
  return mean;
}

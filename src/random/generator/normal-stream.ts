import { glibcLog } from './glibc-log.js';
import { MersenneTwister } from './mersenne-twister.js';

/**
 * A generator with NumPy's legacy normal draws: pairs by Marsaglia's polar method, as in NumPy's `legacy_gauss`. The
 * first of a pair is returned, and the second waits for its turn.
 */
export class NormalStream {
  /** Draws the bits. */
  readonly twister = new MersenneTwister();
  /** Whether the second draw of a pair is waiting. */
  hasGauss = false;
  /** The waiting draw; 0 if there is none. */
  cachedGaussian = 0;

  /** Draws the next number from the standard normal distribution. */
  next(): number {
    if (this.hasGauss) {
      const waiting = this.cachedGaussian;
      this.hasGauss = false;
      this.cachedGaussian = 0;
      return waiting;
    }
    const { twister } = this;
    let x1: number;
    let x2: number;
    let r2: number;
    do {
      x1 = 2 * twister.double() - 1;
      x2 = 2 * twister.double() - 1;
      r2 = x1 * x1 + x2 * x2;
    } while (r2 >= 1 || r2 === 0);
    const f = Math.sqrt((-2 * glibcLog(r2)) / r2);
    this.cachedGaussian = f * x1;
    this.hasGauss = true;
    return f * x2;
  }

  /** Overwrites `draws` from index `from` to `to` (excluded) with `scale` times a normal draw each. */
  fill(draws: Float32Array | Float64Array, scale: number, from = 0, to = draws.length): void {
    for (let i = from; i < to; i++) draws[i] = scale * this.next();
  }
}

/**
 * A small splittable stream of 32-bit integers: SplitMix (Steele, Lea and Flood, "Fast splittable pseudorandom number
 * generators", OOPSLA 2014) at 32 bits, with the finalizer that Chris Wellons's hash-prospector found for that width
 * (shifts 16, 15, 15; multipliers 0x21f0aaad, 0x735a2d97). It uses integer operations only, so its numbers are the same
 * on every machine and engine. It draws the pictures of the synthetic data set; training draws from NumPy's stream.
 */
export class SplitMix32 {
  #state = 0;
  #gamma = 1;

  /**
   * Moves to the start of stream `index` of `seed`. For one seed, any two of the 2³² streams start at different states.
   *
   * @param seed - an integer in 0 … 2³² − 1
   * @param index - an integer in 0 … 2³² − 1
   */
  seek(seed: number, index: number): void {
    const key = mix32(seed + 0x9e3779b9);
    this.#state = mix32(key + Math.imul(index, 0x9e3779b9));
    // An odd gamma for each seed: without it, two seeds could go through the same states.
    this.#gamma = mix32(key ^ 0x5851f42d) | 1;
  }

  /** The next integer, uniform in 0 … 2³² − 1. */
  next(): number {
    this.#state = (this.#state + this.#gamma) | 0;
    return mix32(this.#state) >>> 0;
  }

  /** An integer, uniform in 0 … `count` − 1. The bias, below `count` / 2³², does not matter for pictures. */
  below(count: number): number {
    return Math.floor((this.next() * count) / 0x1_0000_0000) | 0;
  }

  /** A number, uniform from `low` (included) to `high` (excluded). */
  between(low: number, high: number): number {
    return low + (this.next() / 0x1_0000_0000) * (high - low);
  }
}

/** A bijection of the 32-bit integers: each bit of `value` affects about half of the bits of the result. */
function mix32(value: number): number {
  let bits = value | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x21f0aaad);
  bits = Math.imul(bits ^ (bits >>> 15), 0x735a2d97);
  return bits ^ (bits >>> 15);
}

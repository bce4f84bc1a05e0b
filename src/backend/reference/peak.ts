import { checkPeak } from './checks.js';

/** Multiply-adds in one pass of the loop below: ten chains hide the latency of a multiply and an add. */
const CHAINS = 10;
const PASSES = 100_000;

/**
 * The peak of one thread, whatever the number of threads: JavaScript engines have neither vectors nor fused
 * multiply-adds, and compute float32 in float64.
 */
export function peak(dtype: 'float32' | 'float64' | 'bfloat16', threads: number, seconds: number): number {
  checkPeak(dtype, threads, seconds);
  if (dtype === 'bfloat16') return Number.NaN;
  let best = 0;
  const end = performance.now() + seconds * 1000;
  do {
    const start = performance.now();
    // The sum is used, so that no engine removes the loop.
    const flop = chains(PASSES) > 0 ? 2 * CHAINS * PASSES : 0;
    best = Math.max(best, flop / (performance.now() - start) / 1e6);
  } while (performance.now() < end);
  return best;
}

/** Runs the chains, which converge to 1, and returns their sum. */
function chains(passes: number): number {
  let [a, b, c, d, e, f, g, h, i, j] = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
  for (let pass = 0; pass < passes; pass++) {
    a = a * 0.5 + 0.5;
    b = b * 0.5 + 0.5;
    c = c * 0.5 + 0.5;
    d = d * 0.5 + 0.5;
    e = e * 0.5 + 0.5;
    f = f * 0.5 + 0.5;
    g = g * 0.5 + 0.5;
    h = h * 0.5 + 0.5;
    i = i * 0.5 + 0.5;
    j = j * 0.5 + 0.5;
  }
  return a + b + c + d + e + f + g + h + i + j;
}

/** What the addon takes, it gives back. */
import { expect, it } from 'vitest';
import { RandomState, TwoLayerNet } from '../../src/index.js';
import { describeOnNative } from '../support/backends.js';

const MB = 2 ** 20;
const [D, H, C, N] = [64, 10, 3, 50];

/** AddressSanitizer keeps what is freed, to catch who uses it still. */
const keepsFreed = process.env.ASAN_OPTIONS !== undefined;

describeOnNative(`memory${keepsFreed ? ' (skipped: AddressSanitizer keeps what is freed)' : ''}`, () => {
  const X = new Uint8Array(N * D).map((_, i) => (i * 37) % 256);
  const y = Array.from({ length: N }, (_, i) => i % C);
  const options = { numIters: 2, batchSize: 20, learningRate: 1e-5, reg: 0.1 };
  const newNet = () =>
    new TwoLayerNet({
      inputSize: D,
      hiddenSize: H,
      numClasses: C,
      backend: 'native',
      threads: 2,
      random: new RandomState(1),
    });

  /** Resident memory less JavaScript's own heap, which V8 makes as large as it likes. */
  function outsideOfHeap(): number {
    const { rss, heapTotal } = process.memoryUsage();
    return (rss - heapTotal) / MB;
  }

  /** Megabytes that the process grows by in 9000 calls, after a thousand to settle. */
  async function growth(call: () => unknown): Promise<number> {
    for (let i = 0; i < 1000; i++) await call();
    const before = outsideOfHeap();
    for (let i = 0; i < 9000; i++) await call();
    return outsideOfHeap() - before;
  }

  // One forgotten buffer of a training (the packed net, 6 KB) would be more than 50 MB.
  it.skipIf(keepsFreed)('is flat over ten thousand short trainings on this thread', async () => {
    const net = newNet();
    expect(await growth(() => net.trainSync(X, y, null, null, options))).toBeLessThan(30);
  });

  it.skipIf(keepsFreed)('is flat over ten thousand short trainings on threads of their own', async () => {
    const net = newNet();
    expect(await growth(() => net.train(X, y, X, y, options))).toBeLessThan(30);
  });

  it.skipIf(keepsFreed)('is flat over ten thousand predictions and gradients', async () => {
    const net = newNet();
    const use = () => {
      net.predict(X);
      net.loss(X, y, { reg: 0.1 });
    };
    expect(await growth(use)).toBeLessThan(30);
  });
});

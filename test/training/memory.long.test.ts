/** The addon frees the memory that it allocates. */
import { expect, it } from 'vitest';
import { RandomState, TwoLayerNet } from '../../src/index.js';
import { describeOnNative } from '../support/backends.js';

const MB = 2 ** 20;
const [D, H, C, N] = [64, 10, 3, 50];

/** AddressSanitizer keeps freed memory, to detect its use. */
const keepsFreed = process.env.ASAN_OPTIONS !== undefined;

describeOnNative(`memory${keepsFreed ? ' (skipped: AddressSanitizer keeps freed memory)' : ''}`, () => {
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

  /** Megabytes of resident memory outside V8's heap, whose size V8 decides. */
  function outsideOfHeap(): number {
    const { rss, heapTotal } = process.memoryUsage();
    return (rss - heapTotal) / MB;
  }

  /** Megabytes by which the process grows in 9000 calls, after 1000 calls to warm up. */
  async function growth(call: () => unknown): Promise<number> {
    for (let i = 0; i < 1000; i++) await call();
    const before = outsideOfHeap();
    for (let i = 0; i < 9000; i++) await call();
    return outsideOfHeap() - before;
  }

  // Leaking one buffer per training (the packed net, 6 KB) would add more than 50 MB.
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

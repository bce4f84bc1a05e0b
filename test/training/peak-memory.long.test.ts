/** What a training of a large net allocates, from the options to the result, in a process of its own. */
import { expect, it } from 'vitest';
import type { TrainOptions } from '../../src/index.js';
import { describeOnNative } from '../support/backends.js';
import { DIST, runProgram } from '../support/run-program.js';

const MB = 2 ** 20;
const [D, H, C, N] = [3072, 1024, 10, 1024];
const PARAMETERS = D * H + H + H * C + C;

/** AddressSanitizer keeps freed memory and surrounds every array with some of its own. */
const countsMore = process.env.ASAN_OPTIONS !== undefined;

/**
 * A program that trains and prints the bytes by which its resident memory grew at most. The engine initializes all that
 * it allocates, so all of it is resident. A small training comes first, so that code and threads do not count.
 */
function program(net: object, options: TrainOptions): string {
  return `
    const { Matrix, TwoLayerNet } = await import(${JSON.stringify(DIST)});
    const how = { ...${JSON.stringify(net)}, backend: 'native', threads: 2, numClasses: ${C} };
    const small = new TwoLayerNet({ ...how, inputSize: 4, hiddenSize: 4 });
    small.trainSync(new Float32Array(40), new Int32Array(10), null, null, { numIters: 1, batchSize: 5 });
    const X = new Matrix(new Uint8Array(${N * D}).fill(9), ${D}, { mean: new Float64Array(${D}).fill(8) });
    const y = new Int32Array(${N});
    const large = new TwoLayerNet({ ...how, inputSize: ${D}, hiddenSize: ${H} });
    const before = process.memoryUsage.rss();
    const options = { ...${JSON.stringify(options)}, onProgress: () => {}, progressInterval: 0 };
    try {
      await large.train(X, y, null, null, options);
      console.log('done', process.resourceUsage().maxRSS * 1024 - before);
    } catch (error) {
      console.log(error.code, process.resourceUsage().maxRSS * 1024 - before);
    }`;
}

describeOnNative(`the memory of a training${countsMore ? ' (skipped: AddressSanitizer needs more)' : ''}`, () => {
  const nets = (['float32', 'float64'] as const).flatMap((dtype) =>
    (['simd', 'blas'] as const).map((products) => ({ dtype, products })),
  );
  const trainings = [
    ...nets.map((net) => ({ ...net, end: 'done', learningRate: 1e-5 })),
    // The parameters become infinite, and iterations are repeated to find the last finite ones.
    ...nets.slice(0, 2).map((net) => ({ ...net, end: 'ERR_DIVERGED', learningRate: 1e300 })),
  ];
  it.skipIf(countsMore).each(trainings)(
    'is at most 4 × its parameters and 3 × its minibatch: $dtype, $products, $end',
    async ({ dtype, products, end, learningRate }) => {
      const options = { numIters: 2, batchSize: N, learningRate, reg: 0.1 };
      const { output, errors } = await runProgram(program({ dtype, products }, options));
      expect(errors).toBe('');
      const [ended, bytes] = output.split(' ');
      expect(ended).toBe(end);
      const element = dtype === 'float64' ? 8 : 4;
      // The result is read back, so it is among what was allocated.
      expect(Number(bytes) / MB).toBeGreaterThan((element * PARAMETERS) / MB);
      expect(Number(bytes) / MB).toBeLessThan((element * (4 * PARAMETERS + 3 * N * D)) / MB);
    },
  );
});

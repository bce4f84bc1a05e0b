/** Trainings and the end of the process; at any moment, and in Workers: test/long/exits.long.test.ts and others there. */
import { expect, it } from 'vitest';
import type { BackendName } from '../../src/backend/choose.js';
import { describeOnBackends } from '../support/backends.js';
import { DIST, runProgram as run } from '../support/run-program.js';
import { ENDLESS } from '../support/training.js';

/** A program that runs `body` with `net`, `X`, `y` and `endless`, the options of a training that does not end. */
function program(backend: BackendName, body: string): string {
  return `
    const { RandomState, TwoLayerNet } = await import(${JSON.stringify(DIST)});
    const X = new RandomState(11).randn(40 * 7);
    const y = Array.from({ length: 40 }, (_, i) => (X[i * 7] < -0.4 ? 0 : X[i * 7] < 0.4 ? 1 : 2));
    const net = new TwoLayerNet({
      inputSize: 7, hiddenSize: 5, numClasses: 3, std: 0.5, random: new RandomState(3),
      dtype: 'float64', backend: '${backend}', threads: 2,
    });
    const brisk = { batchSize: 9, learningRate: 0.1, reg: 0.01 };
    const endless = { ...brisk, numIters: ${ENDLESS}, progressInterval: 0 };
    ${body}`;
}

/** The same program for a worker thread. */
function workerProgram(backend: BackendName, body: string): string {
  return `(async () => { ${program(backend, body)} })();`;
}

describeOnBackends('training in other threads and processes', (backend) => {
  it('keeps the process alive until training ends, and no longer', async () => {
    const source = program(
      backend,
      "net.train(X, y, X, y, { ...brisk, numIters: 300 }).then(() => console.log('end'));",
    );
    expect(await run(source)).toStrictEqual({ code: 0, output: 'end\n', errors: '' });
  });

  it('ends with the process when onProgress itself exits', async () => {
    const source = program(
      backend,
      'await net.train(X, y, null, null, { ...endless, onProgress: () => process.exit(9) });',
    );
    expect(await run(source)).toStrictEqual({ code: 9, output: '', errors: '' });
  });

  it('does not crash a process or a Worker that ends while a net is created', async () => {
    const body = `setTimeout(() => process.exit(6), 2);
      await TwoLayerNet.create({ inputSize: 3072, hiddenSize: 500, numClasses: 3, backend: '${backend}' });`;
    const worker = workerProgram(backend, body);
    const source = `import { Worker } from 'node:worker_threads';
      const exit = () => new Promise((resolve, reject) => {
        new Worker(${JSON.stringify(worker)}, { eval: true }).once('exit', resolve).once('error', reject);
      });
      console.log((await Promise.all(Array.from({ length: 4 }, exit))).join());`;
    expect(await run(source)).toStrictEqual({ code: 0, output: '6,6,6,6\n', errors: '' });
    expect(await run(program(backend, body))).toStrictEqual({ code: 6, output: '', errors: '' });
  });
});

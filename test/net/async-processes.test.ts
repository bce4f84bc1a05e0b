/** Asynchronous predictions when a Worker or the process ends. */
import { expect, it } from 'vitest';
import type { BackendName } from '../../src/backend/choose.js';
import { describeOnBackends } from '../support/backends.js';
import { DIST, runProgram } from '../support/run-program.js';

/** How often each program runs. What its threads are doing when it ends is a matter of chance. */
const ROUNDS = 3;

/** A program that runs `body` with a net and rows that take seconds. */
function program(backend: BackendName, body: string): string {
  return `
    const { TwoLayerNet } = await import(${JSON.stringify(DIST)});
    const sizes = { inputSize: 1024, hiddenSize: 256, numClasses: 3 };
    const net = new TwoLayerNet({ ...sizes, backend: '${backend}', threads: 2 });
    const X = new Uint8Array(60_000 * 1024);
    ${body}`;
}

describeOnBackends('a prediction in the background', (backend) => {
  it('keeps the process alive until it ends, and no longer', async () => {
    const source = program(backend, 'console.log((await net.predictAsync(X.subarray(0, 2048 * 1024))).length);');
    expect(await runProgram(source)).toStrictEqual({
      code: 0,
      output: '2048\n',
      errors: '',
    });
  });

  it.each([
    ['process.exit(7)', 7, /^$/],
    ["throw new Error('from a timer')", 1, /from a timer/],
  ])('does not delay or crash a process that ends with %s', async (end, code, errors) => {
    const source = program(backend, `setTimeout(() => { ${end}; }, 30); await net.predictAsync(X);`);
    for (let round = 0; round < ROUNDS; round++) {
      for (const ended of await Promise.all([1, 2, 3].map(() => runProgram(source)))) {
        expect(ended).toStrictEqual({ code, output: '', errors: expect.stringMatching(errors) });
      }
    }
  });

  it('ends when its Worker is terminated', async () => {
    const body = "parentPort.postMessage('on'); await Promise.all([net.predictAsync(X), net.scoresAsync(X)]);";
    const worker = `(async () => {
      const { parentPort } = await import('node:worker_threads');
      ${program(backend, body)}
    })();`;
    const source = `import { Worker } from 'node:worker_threads';
      async function startAndTerminate() {
        const worker = new Worker(${JSON.stringify(worker)}, { eval: true });
        await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 30));
        return worker.terminate();
      }
      for (let round = 0; round < ${ROUNDS}; round++) {
        console.log((await Promise.all(Array.from({ length: 4 }, startAndTerminate))).join());
      }`;
    expect(await runProgram(source)).toStrictEqual({ code: 0, output: '1,1,1,1\n'.repeat(ROUNDS), errors: '' });
  });
});

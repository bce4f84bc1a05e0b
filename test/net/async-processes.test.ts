/** Asynchronous predictions and the end of the process; in the middle of them: test/long/exits.long.test.ts. */
import { expect, it } from 'vitest';
import type { BackendName } from '../../src/backend/choose.js';
import { describeOnBackends } from '../support/backends.js';
import { DIST, runProgram } from '../support/run-program.js';

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
});

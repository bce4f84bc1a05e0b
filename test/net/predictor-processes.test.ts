/** Open predictors when the process ends, or when nothing refers to them any more. */
import { availableParallelism } from 'node:os';
import { expect, it } from 'vitest';
import type { BackendName } from '../../src/backend/choose.js';
import { describeOnBackends, describeOnNative } from '../support/backends.js';
import { DIST, runProgram } from '../support/run-program.js';

/** Those of a net that may have three. */
const THREADS = Math.min(3, availableParallelism());

/**
 * Makes a predictor that has used all its threads, on JavaScript's thread and beside it.
 *
 * @param hiddenSize - with many, no asynchronous prediction ends before the others have started
 */
function program(backend: BackendName, body: string, hiddenSize = 64): string {
  return `
    const { TwoLayerNet } = await import(${JSON.stringify(DIST)});
    const sizes = { inputSize: 256, hiddenSize: ${hiddenSize}, numClasses: 3 };
    const net = new TwoLayerNet({ ...sizes, backend: '${backend}', threads: 3 });
    const X = new Uint8Array(2000 * 256);
    const used = async () => {
      const predictor = net.prepare();
      predictor.predict(X);
      await Promise.all([predictor.predictAsync(X), predictor.scoresAsync(X), predictor.predictAsync(X)]);
      return predictor;
    };
    const predictor = await used();
    ${body}`;
}

describeOnBackends('an open predictor', (backend) => {
  it.each([
    ['at the end of the program', '', 0, ''],
    ['with process.exit', 'process.exit(7);', 7, ''],
    ['with process.exit during a prediction', 'predictor.predictAsync(X); process.exit(7);', 7, ''],
    ['with an error', "throw new Error('thrown');", 1, 'thrown'],
  ])('does not delay or crash a process that ends %s', async (_title, body, code, errors) => {
    const ended = await runProgram(program(backend, body));
    expect(ended).toStrictEqual({ code, output: '', errors: errors ? expect.stringContaining(errors) : '' });
  });
});

describeOnNative('the threads of a predictor', () => {
  const threads = "const threads = () => readdirSync('/proc/self/task').length;";
  const linux = it.skipIf(process.platform !== 'linux');

  linux('end when it is closed', async () => {
    const body = `const { readdirSync } = await import('node:fs');
      ${threads}
      const open = threads();
      predictor.close();
      // A thread is listed for a moment after it has been joined.
      for (const end = Date.now() + 1000; open - threads() < ${2 * THREADS - 1} && Date.now() < end; ) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      console.log(open - threads());`;
    expect(await runProgram(program('native', body, 2048))).toStrictEqual({
      code: 0,
      // Each of the predictor's threads, and of its team all but the calling one.
      output: `${2 * THREADS - 1}\n`,
      errors: '',
    });
  });

  linux('end when it is garbage collected', async () => {
    const body = `const { readdirSync } = await import('node:fs');
      const { setFlagsFromString } = await import('node:v8');
      setFlagsFromString('--expose-gc');
      const gc = (await import('node:vm')).runInNewContext('gc');
      ${threads}
      const before = threads();
      const more = async () => { for (let i = 0; i < 4; i++) await used(); };
      await more();
      const open = threads();
      for (let i = 0; i < 100 && threads() > before; i++) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        gc();
      }
      console.log(open > before, threads() - before, predictor.predict(X).length);`;
    expect(await runProgram(program('native', body))).toStrictEqual({ code: 0, output: 'true 0 2000\n', errors: '' });
  });
});

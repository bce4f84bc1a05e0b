import { spawn } from 'node:child_process';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import type { BackendName } from '../../src/backend/choose.js';
import { copyParameters } from '../../src/validation/parameters.js';
import { describeOnBackends } from '../support/backends.js';
import { brisk, ENDLESS, newNet, X, y } from '../support/training.js';

/** The built package, as a program of its own imports it. */
const DIST = new URL('../../dist/index.js', import.meta.url).href;

/** A program's beginning: `net`, `X` and `y` of this file, and `endless`, options of a training that does not end. */
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

/** Runs a program in a process of its own until that exits. */
async function run(source: string): Promise<{ code: number | null; output: string; errors: string }> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', source]);
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output, errors })));
}

/** The same in a worker thread, which has a `parentPort`. */
function workerProgram(backend: BackendName, body: string): string {
  // Imported, not required: what a Worker's program is, its parent's flags decide.
  const setup = "const { parentPort } = await import('node:worker_threads');";
  return `(async () => { ${setup} ${program(backend, body)} })();`;
}

describeOnBackends('training in other threads and processes', (backend) => {
  it('keeps the process alive until it ends, and no longer', async () => {
    const source = program(
      backend,
      "net.train(X, y, X, y, { ...brisk, numIters: 300 }).then(() => console.log('end'));",
    );
    expect(await run(source)).toStrictEqual({ code: 0, output: 'end\n', errors: '' });
  });

  it.each([
    ['process.exit(7)', 7, /^$/],
    ["throw new Error('from a timer')", 1, /from a timer/],
  ])('does not hold up or damage a process that ends by %s', async (end, code, errors) => {
    // Large enough to be in the middle of a product at nearly any time.
    const source = program(
      backend,
      `const large = new TwoLayerNet({ inputSize: 1024, hiddenSize: 64, numClasses: 3, backend: '${backend}', threads: 2 });
      let started = false;
      setTimeout(function look() { if (!started) return setTimeout(look, 1); ${end}; }, 1);
      const options = { ...endless, batchSize: 500, onProgress: () => { started = true; } };
      await large.train(new Uint8Array(40 * 1024), y, null, null, options);`,
    );
    // What the addon's threads do while the process is taken down around them is a matter of luck.
    for (let round = 0; round < (backend === 'native' ? 3 : 1); round++) {
      for (const ended of await Promise.all([1, 2, 3, 4].map(() => run(source)))) {
        expect(ended).toStrictEqual({ code, output: '', errors: expect.stringMatching(errors) });
      }
    }
  });

  it('ends with the process when onProgress itself exits', async () => {
    const source = program(
      backend,
      'await net.train(X, y, null, null, { ...endless, onProgress: () => process.exit(9) });',
    );
    expect(await run(source)).toStrictEqual({ code: 9, output: '', errors: '' });
  });

  it('works in a Worker, to the same bits, while this thread trains too', async () => {
    const body = 'await net.train(X, y, null, null, { ...brisk, numIters: 200 }); parentPort.postMessage(net.params);';
    const worker = new Worker(workerProgram(backend, body), { eval: true });
    const params = new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
    const net = newNet(backend);
    await net.train(X, y, null, null, { ...brisk, numIters: 200 });
    expect(await params).toStrictEqual(copyParameters(net.params));
    await worker.terminate();
  });

  it('ends with a Worker that is terminated', async () => {
    const body = "await net.train(X, y, null, null, { ...endless, onProgress: () => parentPort.postMessage('on') });";
    const worker = workerProgram(backend, body);
    // In a process of its own: an error at a Worker's end may take the whole process with it.
    const source = `import { Worker } from 'node:worker_threads';
      async function startAndTerminate() {
        const worker = new Worker(${JSON.stringify(worker)}, { eval: true });
        await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
        return worker.terminate();
      }
      for (let round = 0; round < 4; round++) {
        console.log((await Promise.all(Array.from({ length: 6 }, startAndTerminate))).join());
      }`;
    expect(await run(source)).toStrictEqual({ code: 0, output: '1,1,1,1,1,1\n'.repeat(4), errors: '' });
  });
});

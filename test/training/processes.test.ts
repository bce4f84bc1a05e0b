import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import type { BackendName } from '../../src/backend/choose.js';
import { copyParameters } from '../../src/validation/parameters.js';
import { describeOnBackends, nativeMissing } from '../support/backends.js';
import { compiledAddon } from '../support/compiled-addon.js';
import { DIST, runProgram as run } from '../support/run-program.js';
import { sharedFolder } from '../support/temporary-folder.js';
import { brisk, ENDLESS, newNet, X, y } from '../support/training.js';

/** How often each program runs. What its threads are doing when it ends is a matter of chance. */
const ROUNDS = 3;

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

/** The same program for a worker thread, where it has a `parentPort`. */
function workerProgram(backend: BackendName, body: string): string {
  // Import, not require: the parent's flags decide whether a Worker's program is a module.
  const setup = "const { parentPort } = await import('node:worker_threads');";
  return `(async () => { ${setup} ${program(backend, body)} })();`;
}

describeOnBackends('training in other threads and processes', (backend) => {
  it('keeps the process alive until training ends, and no longer', async () => {
    const source = program(
      backend,
      "net.train(X, y, X, y, { ...brisk, numIters: 300 }).then(() => console.log('end'));",
    );
    expect(await run(source)).toStrictEqual({ code: 0, output: 'end\n', errors: '' });
  });

  it.each([
    ['process.exit(7)', 7, /^$/],
    ["throw new Error('from a timer')", 1, /from a timer/],
  ])('does not delay or crash a process that ends with %s', async (end, code, errors) => {
    // Large enough to be inside a matrix product at almost any time.
    const source = program(
      backend,
      `const sizes = { inputSize: 1024, hiddenSize: 64, numClasses: 3 };
      const large = new TwoLayerNet({ ...sizes, backend: '${backend}', threads: 2 });
      let started = false;
      setTimeout(function look() { if (!started) return setTimeout(look, 1); ${end}; }, 1);
      const options = { ...endless, batchSize: 500, onProgress: () => { started = true; } };
      await large.train(new Uint8Array(40 * 1024), y, null, null, options);`,
    );
    for (let round = 0; round < ROUNDS; round++) {
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

  it('computes the same bits in a Worker while this thread is training too', async () => {
    const body = 'await net.train(X, y, null, null, { ...brisk, numIters: 200 }); parentPort.postMessage(net.params);';
    const worker = new Worker(workerProgram(backend, body), { eval: true });
    const params = new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
    const net = newNet(backend);
    await net.train(X, y, null, null, { ...brisk, numIters: 200 });
    expect(await params).toStrictEqual(copyParameters(net.params));
    await worker.terminate();
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

  it.each([
    ['without reports', ''],
    ['with reports', 'onProgress: () => {}, progressInterval: 0'],
    ['looking at many validation rows', 'finalAccuracies: false'],
  ])('ends in trainSync when its Worker is terminated or the process exits: %s', async (title, more) => {
    // One look at these rows takes seconds.
    const validation = title.includes('validation')
      ? '[new Uint8Array(9e4 * 4096), new Uint8Array(9e4)]'
      : '[null, null]';
    const worker = workerProgram(
      backend,
      `const sizes = { inputSize: 4096, hiddenSize: 256, numClasses: 3 };
      const large = new TwoLayerNet({ ...sizes, backend: '${backend}', threads: 1 });
      const [Xval, yval] = ${validation};
      parentPort.postMessage('on');
      large.trainSync(new Uint8Array(40 * 4096), y, Xval, yval, { ...endless, batchSize: 40, ${more} });`,
    );
    const source = `import { Worker } from 'node:worker_threads';
      const start = async () => {
        const worker = new Worker(${JSON.stringify(worker)}, { eval: true });
        await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
        await new Promise((resolve) => setTimeout(resolve, 100));
        return worker;
      };
      console.log(await (await start()).terminate());
      await start();
      process.exit(5);`;
    expect(await run(source)).toStrictEqual({ code: 5, output: '1\n', errors: '' });
  });
});

const why = nativeMissing ?? (process.platform === 'win32' ? 'no fork' : undefined);
const forking = why === undefined ? compiledAddon(sharedFolder(), 'forking-addon') : undefined;
const skipped = forking ? '' : ` (skipped: ${why ?? 'no C compiler'})`;

it.skipIf(forking === undefined)(`does not keep a forked child from ending${skipped}`, async () => {
  const source = program(
    'native',
    `import { createRequire } from 'node:module';
    const statusOfChild = createRequire(import.meta.url)(${JSON.stringify(forking)});
    const controller = new AbortController();
    let told = () => {};
    const started = new Promise((resolve) => { told = resolve; });
    const options = { ...endless, signal: controller.signal, onProgress: told };
    const training = net.train(X, y, null, null, options).catch(({ code }) => console.log(code));
    await started;
    console.log(Array.from({ length: 3 }, statusOfChild).includes(-1) ? 'hangs' : 'ends');
    controller.abort();
    await training;`,
  );
  expect(await run(source)).toStrictEqual({ code: 0, output: 'ends\nABORT_ERR\n', errors: '' });
});

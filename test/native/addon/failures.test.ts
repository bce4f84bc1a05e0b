/** What the system refuses the addon becomes an error of JavaScript, with a code. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { TrainingCall } from '../../../binding.js';
import { chooseBackend } from '../../../src/backend/choose.js';
import { describeOnNative } from '../../support/backends.js';
import { thrownBy } from '../../support/bad-input.js';
import { compiledAddon } from '../../support/compiled-addon.js';
import { DIST } from '../../support/run-program.js';
import { sharedFolder } from '../../support/temporary-folder.js';
import { rejection } from '../../support/training.js';
import { trainingCall } from '../../support/training-call.js';

/** A minibatch of 2²³ rows and as many hidden units: 256 TiB in float32, more than a process can address. */
function enormous(products: 'simd' | 'blas'): TrainingCall {
  const H = 2 ** 23;
  const reals = (length: number) => new Float32Array(length);
  const parameters = { W1: reals(H), b1: reals(H), W2: reals(H), b2: reals(1) };
  const rows = { data: new Uint8Array(1), count: 1, mean: null };
  return trainingCall({
    net: { shape: { inputSize: 1, hiddenSize: H, numClasses: 1 }, parameters, products },
    training: { rows, labels: new Int32Array(1) },
    settings: { numIters: 1, batchSize: 2 ** 23 },
  });
}

/** AddressSanitizer ends the process where memory cannot be had, and must be preloaded before all else. */
const watched = process.env.ASAN_OPTIONS !== undefined;
const linux = process.platform === 'linux' && !watched;

describeOnNative('the addon', () => {
  it.skipIf(watched).each(['simd', 'blas'] as const)(
    `says that there is not enough memory (%s)${watched ? ' (skipped: AddressSanitizer ends the process)' : ''}`,
    async (products) => {
      const { binding } = chooseBackend('native');
      const call = enormous(products);
      const message = expect.stringContaining('not enough memory. Use smaller sizes or minibatches');
      expect(thrownBy(() => binding.trainSync(call, null))).toMatchObject({ code: 'ERR_OUT_OF_MEMORY', message });
      expect(await rejection(binding.train(call, null))).toMatchObject({ code: 'ERR_OUT_OF_MEMORY', message });
    },
  );

  const folder = sharedFolder();
  const shim = linux ? compiledAddon(folder, 'no-threads') : undefined;
  it.skipIf(!shim)(
    `says that no thread can be started${shim ? '' : ' (skipped: needs Linux, a C compiler and no sanitizer)'}`,
    () => {
      const program = `
      import { rmSync, writeFileSync } from 'node:fs';
      import { TwoLayerNet } from ${JSON.stringify(DIST)};
      const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 3, numClasses: 2, backend: 'native' });
      const predictor = net.prepare();
      const X = new Float32Array(4);
      writeFileSync(process.env.NO_THREADS_IF, '');
      const calls = [() => net.train(X, [0, 1]), () => predictor.predictAsync(X)];
      for (const call of calls) console.log(await call().catch(({ code, message }) => code + ': ' + message));
      console.log(net.predict(X).length);
      rmSync(process.env.NO_THREADS_IF);
      for (const call of calls) console.log(await call().then(() => 'ends'));`;
      const env = { ...process.env, LD_PRELOAD: shim, NO_THREADS_IF: join(folder, 'now') };
      const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
        encoding: 'utf8',
        env,
      });
      const limit = "failed: the system's limit of threads is reached. Raise it, or end other work";
      expect(stdout).toBe(`ERR_NO_THREAD: Training ${limit}\nERR_NO_THREAD: Prediction ${limit}\n2\nends\nends\n`);
      expect([status, stderr]).toStrictEqual([0, '']);
    },
  );
});

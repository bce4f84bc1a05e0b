import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Binding, Reals, TrainingCall } from '../../../binding.js';
import { referenceBinding } from '../../../src/backend/reference/reference.js';
import { wasmBinding } from '../../../src/backend/wasm/binding.js';
import { WasmEngine } from '../../../src/backend/wasm/engine.js';
import type { Host } from '../../../src/backend/wasm/host.js';
import { hasRelaxedSimd, hostOf, loadWasm, tryModules } from '../../../src/backend/wasm/load.js';
import { RandomState } from '../../../src/random/random-state.js';
import { relativeError, wasmMissing } from '../../support/backends.js';
import { PACKAGE, runNode } from '../../support/package-copy.js';
import { sharedFolder } from '../../support/temporary-folder.js';
import { trainingCall } from '../../support/training-call.js';

const loaded = loadWasm();
const file = loaded.binding ? loaded.file : '';

/** A net of 20 numbers, 7 hidden units and 3 classes, and ten rows. */
function scoresOf(binding: typeof referenceBinding): Reals {
  const wave = (length: number) => Float32Array.from({ length }, (_, i) => Math.sin(1.7 * i + length));
  const shape = { inputSize: 20, hiddenSize: 7, numClasses: 3 };
  const parameters = { W1: wave(140), b1: wave(7), W2: wave(21), b2: wave(3) };
  const scores = new Float32Array(30);
  const net = { shape, parameters, products: 'auto', bfloat16: false, threads: 1 } as const;
  binding.scores(net, { data: wave(200), count: 10, mean: null }, scores);
  return scores;
}

/** A long training of a small net, which reports as often as it can. */
function callOf(stop: Int32Array): TrainingCall {
  const parameters = {
    W1: new Float32Array(140).fill(0.1),
    b1: new Float32Array(7),
    W2: new Float32Array(21).fill(0.1),
    b2: new Float32Array(3),
  };
  const shape = { inputSize: 20, hiddenSize: 7, numClasses: 3 };
  const rows = { data: new Float32Array(200).map((_, i) => Math.sin(i)), count: 10, mean: null };
  return trainingCall({
    net: { shape, parameters },
    settings: { numIters: 1e9, batchSize: 5, learningRate: 1e-3 },
    training: { rows, labels: new Int32Array(10).map((_, i) => i % 3) },
    random: new RandomState(1).getState(),
    stop,
  });
}

describe.skipIf(wasmMissing !== undefined)(`the module${wasmMissing ? ` (skipped: ${wasmMissing})` : ''}`, () => {
  it('says which instructions it uses', () => {
    expect(loaded.binding?.info()).toStrictEqual({
      ...referenceBinding.info(),
      blasCore: 'WebAssembly',
      simdTarget:
        hasRelaxedSimd() && existsSync(join(dirname(file), 'two-layer-net-relaxed.wasm')) ? 'WASM relaxed' : 'WASM',
    });
  });

  const relaxed = join(dirname(file), 'two-layer-net-relaxed.wasm');
  const flags = hasRelaxedSimd() ? [] : ['--experimental-wasm-relaxed-simd'];

  it.skipIf(!existsSync(relaxed))('uses relaxed SIMD where the runtime has it, and computes the same', () => {
    const source = `import { backendInfo, TwoLayerNet } from ${JSON.stringify(join(PACKAGE, 'dist', 'index.js'))};
      const wave = (length, by) => Float64Array.from({ length }, (_, i) => Math.sin(by * i));
      const params = { W1: wave(63, 1.3), b1: wave(7, 0.7), W2: wave(21, 2.1), b2: wave(3, 0.2) };
      const shape = { inputSize: 9, hiddenSize: 7, numClasses: 3 };
      const scores = (backend) => Array.from(new TwoLayerNet({ ...shape, dtype: 'float64', params, backend })
        .scores(wave(90, 1.7)));
      console.log(JSON.stringify([backendInfo('wasm').simdTarget, scores('wasm'), scores('js')]));`;
    const { stdout, stderr } = runNode([...flags, '--input-type=module', '--eval', source]);
    const [target, computed, expected] = JSON.parse(stdout || JSON.stringify(stderr));
    expect(target).toBe('WASM relaxed');
    expect(relativeError(computed, expected)).toBeLessThan(1e-12);
  });

  it('has at most 300 KB', () => {
    expect(readFileSync(file).length).toBeLessThanOrEqual(300 * 1024);
  });

  it('refuses what does not fit into its memory with a code, and the next call works', () => {
    const engine = new WasmEngine(hostOf(file));
    expect(() => engine.allocate(5e9)).toThrow(
      expect.objectContaining({
        code: 'ERR_OUT_OF_MEMORY',
        message: expect.stringMatching(/at most 4096 MB and needs/),
      }),
    );
    expect(engine.broken).toBe(true);

    const binding = wasmBinding(hostOf(file), false);
    const before = scoresOf(binding);
    // A net's copy would take 4 GB. The array says so without having the memory.
    const W1 = Object.defineProperty(new Float32Array(0), 'length', { value: 2 ** 30 });
    const net = { shape: { inputSize: 2 ** 30, hiddenSize: 1, numClasses: 1 }, products: 'auto', bfloat16: false };
    const small = { b1: new Float32Array(1), W2: new Float32Array(1), b2: new Float32Array(1) };
    expect(() => binding.prepare({ ...net, threads: 1, parameters: { W1, ...small } } as never, null, null)).toThrow(
      expect.objectContaining({ code: 'ERR_OUT_OF_MEMORY' }),
    );
    expect(scoresOf(binding)).toStrictEqual(before);
  });

  it('starts a Worker for each further thread, once, and goes on where none can start', () => {
    let started = 0;
    const silent = { post() {}, hold() {} };
    const engine = new WasmEngine({ ...hostOf(file), startWorker: () => (++started > 0 ? silent : undefined) });
    for (let i = 0; i < 2; i++) engine.run((exports) => exports.peak(0, 3, 0));
    expect(started).toBe(2); // Workers that never begin

    const alone = wasmBinding({ ...hostOf(file), startWorker: () => undefined }, false);
    expect(alone.peak('float64', 3, 0)).toBeGreaterThan(0);
  });
});

describe.skipIf(wasmMissing !== undefined)(`a training${wasmMissing ? ` (skipped: ${wasmMissing})` : ''}`, () => {
  const train = async (binding: Binding, sleep: number, stop = new Int32Array(1)) => {
    const losses: number[] = [];
    const outcome = await binding.train(callOf(stop), (report) => {
      losses.push(report.losses.length);
      if (losses.length === 5) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, sleep);
      if (losses.length === 9) stop[0] = 1;
    });
    return { outcome, losses };
  };

  it('goes on while JavaScript is busy', async () => {
    const binding = wasmBinding(hostOf(file), false);
    const { outcome, losses } = await train(binding, 100);
    expect(Math.max(...losses)).toBeGreaterThan(1);
    expect(outcome.status).toBe('stopped'); // by a flag that only this thread sees
  });

  it('takes turns with JavaScript where no Worker can start, with the same numbers', async () => {
    const alone = wasmBinding({ ...hostOf(file), startWorker: () => undefined }, false);
    const { outcome, losses } = await train(alone, 0);
    expect(losses).toStrictEqual(losses.map(() => 1));
    expect(outcome).toMatchObject({ status: 'stopped', iterations: 10 });
  });

  it('ends with a code when its thread does', async () => {
    const host = hostOf(file);
    const startWorker: Host['startWorker'] = (_, listener) => {
      setImmediate(() => listener.failed(new Error('no memory for it')));
      return { post() {}, hold() {} };
    };
    const broken = wasmBinding({ ...host, startWorker }, false);
    await expect(train(broken, 0)).rejects.toMatchObject({
      code: 'ERR_NO_THREAD',
      message: 'A thread of the WebAssembly backend has ended: no memory for it',
    });
  });
});

describe('a module that does not load', () => {
  const folder = sharedFolder();

  function folderWith(name: string, write: (to: string) => void): string {
    const place = join(folder, name);
    mkdirSync(place);
    write(join(place, 'two-layer-net-simd.wasm'));
    return place;
  }

  it('is named with the reason', () => {
    const damaged = folderWith('damaged', (to) => writeFileSync(to, 'no module'));
    expect(tryModules([damaged], false)).toMatchObject({
      binding: undefined,
      found: true,
      reasons: [expect.stringMatching(/two-layer-net-simd\.wasm cannot be loaded: .*magic/)],
    });
  });

  it('is not missed where there is none', () => {
    expect(tryModules([folder])).toStrictEqual({
      binding: undefined,
      found: false,
      reasons: [`there is no WebAssembly module in ${folder}`],
    });
  });

  it.skipIf(wasmMissing !== undefined)('gives way to the next one', () => {
    const damaged = folderWith('cut short', (to) => writeFileSync(to, readFileSync(file).subarray(0, 1000)));
    const whole = folderWith('whole', (to) => copyFileSync(join(dirname(file), 'two-layer-net-simd.wasm'), to));
    const { binding } = tryModules([damaged, whole], false);
    expect(binding && relativeError(scoresOf(binding), scoresOf(referenceBinding))).toBeLessThan(1e-5);
  });
});

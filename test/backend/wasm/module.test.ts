import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Reals } from '../../../binding.js';
import { referenceBinding } from '../../../src/backend/reference/reference.js';
import { wasmBinding } from '../../../src/backend/wasm/binding.js';
import { WasmEngine } from '../../../src/backend/wasm/engine.js';
import { hasRelaxedSimd, hostOf, loadWasm, tryModules } from '../../../src/backend/wasm/load.js';
import { relativeError, wasmMissing } from '../../support/backends.js';
import { sharedFolder } from '../../support/temporary-folder.js';

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

describe.skipIf(wasmMissing !== undefined)(`the module${wasmMissing ? ` (skipped: ${wasmMissing})` : ''}`, () => {
  it('says which instructions it uses', () => {
    expect(loaded.binding?.info()).toStrictEqual({
      ...referenceBinding.info(),
      blasCore: 'WebAssembly',
      simdTarget:
        hasRelaxedSimd() && existsSync(join(dirname(file), 'two-layer-net-relaxed.wasm')) ? 'WASM relaxed' : 'WASM',
    });
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

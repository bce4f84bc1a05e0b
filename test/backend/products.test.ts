/** Both kinds of matrix products, and all targets of the SIMD kernels, train the same net. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { loadNative } from '../../src/backend/native/native.js';
import { Matrix, RandomState, TwoLayerNet } from '../../src/index.js';
import { copyParameters, PARAMETERS } from '../../src/validation/parameters.js';
import { describeOnNative } from '../support/backends.js';

const { binding, file = '' } = { file: undefined, ...loadNative() };
const noOwn = binding?.info().simdTarget === 'none' ? 'the addon was built without Highway' : undefined;

const [D, H, C, N] = [131, 23, 7, 300];
const X = new Matrix(
  Uint8Array.from(new RandomState(1).randn(N * D), (value) => 128 + 30 * value),
  D,
  {
    mean: new Float64Array(D).fill(127.25),
  },
);
const y = Int32Array.from({ length: N }, (_, i) => i % C);

function trained(dtype: 'float32' | 'float64', backend: 'native' | 'js', threads = 2) {
  const net = new TwoLayerNet({ inputSize: D, hiddenSize: H, numClasses: C, std: 1e-2, dtype, backend, threads });
  const options = { numIters: 12, batchSize: 61, learningRate: 1e-3, reg: 0.1 };
  const { lossHistory, valAccHistory } = net.trainSync(X, y, X, y, options);
  return { params: copyParameters(net.params), lossHistory, valAccHistory, scores: net.scores(X) };
}

/** The largest difference, relative to the largest magnitude of `expected`. */
function apart(values: ArrayLike<number>, expected: ArrayLike<number>): number {
  let [most, scale] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    most = Math.max(most, Math.abs(values[i] - expected[i]));
    scale = Math.max(scale, Math.abs(expected[i]));
  }
  return most / scale;
}

describeOnNative('TWO_LAYER_NET_PRODUCTS', () => {
  const before = process.env.TWO_LAYER_NET_PRODUCTS;
  afterEach(() => {
    if (before === undefined) delete process.env.TWO_LAYER_NET_PRODUCTS;
    else process.env.TWO_LAYER_NET_PRODUCTS = before;
  });

  describe.each(['blas', 'simd'])('%s', (products) => {
    const skipped = products === 'simd' && noOwn !== undefined;

    it.skipIf(skipped).each([
      ['float32', 2e-5],
      ['float64', 1e-12],
    ] as const)(`trains as TypeScript does in %s${skipped ? ` (skipped: ${noOwn})` : ''}`, (dtype, near) => {
      process.env.TWO_LAYER_NET_PRODUCTS = products;
      const native = trained(dtype, 'native'),
        js = trained(dtype, 'js');
      for (const name of PARAMETERS) expect(apart(native.params[name], js.params[name]), name).toBeLessThan(near);
      expect(apart(native.lossHistory, js.lossHistory)).toBeLessThan(near);
      expect(apart(native.scores, js.scores)).toBeLessThan(near);
      expect(trained(dtype, 'native', 1)).toStrictEqual(native);
      expect(trained(dtype, 'native', 7)).toStrictEqual(native);
    });
  });

  it.skipIf(noOwn !== undefined)('simd and blas round differently, so the variable has an effect', () => {
    process.env.TWO_LAYER_NET_PRODUCTS = 'simd';
    const own = trained('float32', 'native');
    process.env.TWO_LAYER_NET_PRODUCTS = 'blas';
    expect(trained('float32', 'native').params).not.toStrictEqual(own.params);
  });

  it('is only the default of the option, which a net tells', () => {
    process.env.TWO_LAYER_NET_PRODUCTS = 'blas';
    const sizes = { inputSize: D, hiddenSize: H, numClasses: C };
    expect(new TwoLayerNet(sizes).products).toBe('blas');
    expect(new TwoLayerNet({ ...sizes, products: 'simd' }).products).toBe('simd');
  });
});

describeOnNative('TWO_LAYER_NET_SIMD', () => {
  /** The addon's target in a process that asks for `target`, or the error if the addon does not load. */
  function loadedWith(target: string) {
    const script = `console.log(require(${JSON.stringify(file)}).info().simdTarget)`;
    const env = { ...process.env, TWO_LAYER_NET_SIMD: target };
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', script], { env, encoding: 'utf8' });
    return { stdout: stdout.trim(), stderr };
  }
  const x64 = process.arch === 'x64' && noOwn === undefined;
  const hasAvx2 = x64 && process.platform === 'linux' && / avx2 /.test(readFileSync('/proc/cpuinfo', 'utf8'));

  it.skipIf(!hasAvx2).each(['AVX2', 'SSE4'])('%s is used', (target) => {
    expect(loadedWith(target)).toEqual({ stdout: target, stderr: '' });
  });

  it('an empty value selects the best target', () => {
    expect(loadedWith('')).toEqual({ stdout: binding?.info().simdTarget, stderr: '' });
  });

  it('an unknown target is refused with a list of those available', () => {
    expect(loadedWith('MMX').stderr).toMatch(/TWO_LAYER_NET_SIMD is MMX, but this build and processor have \S+/);
  });
});

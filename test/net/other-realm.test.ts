/** Arrays of another realm, and matrices of another copy of the package, are accepted like any other. */
import { runInNewContext } from 'node:vm';
import { expect, it, vi } from 'vitest';
import type { ParameterArrays } from '../../binding.js';
import { Matrix } from '../../src/data/matrix.js';
import { TwoLayerNet } from '../../src/net/two-layer-net.js';
import { RandomState } from '../../src/random/random-state.js';
import { describeOnBackends } from '../support/backends.js';

/** A typed array whose constructor is not this realm's. */
const foreign = <A extends Float32Array | Float64Array | Uint8Array | Int32Array>(array: A): A =>
  runInNewContext(`${array.constructor.name}.from([${array.join()}])`);

describeOnBackends('a net', (backend) => {
  const sizes = { inputSize: 2, hiddenSize: 3, numClasses: 2, std: 1 };
  const net = new TwoLayerNet({ ...sizes, backend });
  const X = Float32Array.of(1, 2, 3, 4);

  it('accepts rows, labels, means and parameters of another realm', () => {
    expect(foreign(X)).not.toBeInstanceOf(Float32Array);
    expect(Array.from(net.scores(foreign(X)))).toEqual(Array.from(net.scores(X)));
    const bytes = new Matrix(foreign(Uint8Array.of(1, 2, 3, 4)), 2, { mean: foreign(Float64Array.of(1, 1)) });
    expect(net.predict(bytes)).toHaveLength(2);
    expect(net.loss(foreign(X), foreign(Int32Array.of(0, 1))).loss).toBe(net.loss(X, [0, 1]).loss);
    const { W1, b1, W2, b2 } = net.params as ParameterArrays<Float32Array>;
    const params = { W1: foreign(W1), b1: foreign(b1), W2: foreign(W2), b2: foreign(b2) };
    expect(Array.from(TwoLayerNet.fromParams(params, { backend }).scores(X))).toEqual(Array.from(net.scores(X)));
  });

  it('accepts a Matrix of another copy of the package', async () => {
    vi.resetModules();
    const { Matrix: OtherMatrix } = await import('../../src/data/matrix.js');
    expect(OtherMatrix).not.toBe(Matrix);
    const mean = Float64Array.of(1, 1);
    const other = new OtherMatrix(X, 2, { mean });
    expect(net.scores(other)).toStrictEqual(net.scores(new Matrix(X, 2, { mean })));
  });

  it('draws from a stream of another copy of the package, and from seeds of another realm', async () => {
    vi.resetModules();
    const { RandomState: OtherState } = await import('../../src/random/random-state.js');
    expect(OtherState).not.toBe(RandomState);
    const drawn = new TwoLayerNet({ ...sizes, backend, random: new OtherState(7) }).params;
    expect(drawn).toEqual(new TwoLayerNet({ ...sizes, backend, random: new RandomState(7) }).params);
    const seeds = runInNewContext('Uint32Array.of(1, 2)');
    expect(new RandomState(seeds).randn()).toBe(new RandomState([1, 2]).randn());
    const state = new RandomState(7).getState();
    expect(() =>
      new RandomState(0).setState({ ...state, key: runInNewContext(`Uint32Array.of(${state.key})`) }),
    ).not.toThrow();
  });

  it('writes into an array of another realm', () => {
    const predictor = net.prepare();
    const out = foreign(new Float32Array(4));
    predictor.scores(foreign(X), out);
    expect(Array.from(out)).toEqual(Array.from(net.scores(X)));
  });

  it('refuses arrays of BigInts and views without numbers', () => {
    for (const view of [new BigInt64Array(4), new BigUint64Array(4), new DataView(new ArrayBuffer(16))]) {
      // @ts-expect-error not numbers
      expect(() => net.predict(view)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_TYPE' }));
    }
  });
});

import { expect, it } from 'vitest';
import type { ParameterArrays } from '../../binding.js';
import { TwoLayerNet } from '../../src/net/two-layer-net.js';
import { describeOnBackends } from '../support/backends.js';
import {
  as,
  type Bad,
  detached,
  expectRefusal,
  labels,
  nameFor,
  newNet,
  rows,
  sizes,
  thrownBy,
} from '../support/bad-input.js';

/** Valid parameters of a net. */
function goodParams(): ParameterArrays<Float32Array> {
  const [W1, b1, W2, b2] = [20, 5, 15, 3].map((length) => new Float32Array(length).fill(0.5));
  return { W1, b1, W2, b2 };
}

const badParams: readonly (readonly [...Bad, name: string])[] = [
  ['float64 for float32', new Float64Array(15), 'ERR_INVALID_TYPE', /Expected a Float32Array for params.W2/, 'W2'],
  ['an array', Array(5).fill(0), 'ERR_INVALID_TYPE', /Float32Array for params.b1 but received an array of 5/, 'b1'],
  ['nothing', undefined, 'ERR_INVALID_TYPE', /Float32Array for params.b2 but received undefined/, 'b2'],
  [
    'one number less',
    new Float32Array(14),
    'ERR_SHAPE',
    /Expected 15 numbers for params.W2 .* Float32Array\(14\)/,
    'W2',
  ],
  [
    'one number more',
    new Float32Array(21),
    'ERR_SHAPE',
    /Expected 20 numbers for params.W1 .* Float32Array\(21\)/,
    'W1',
  ],
  ['a detached array', detached(new Float32Array(5)), 'ERR_DETACHED', /params.b1 but received one whose buffer/, 'b1'],
  ['a detached W1', detached(new Float32Array(20)), 'ERR_DETACHED', /params.W1 but received one whose buffer/, 'W1'],
];

describeOnBackends('bad parameters are refused', (backend) => {
  it.each(badParams)('by every method of a net that contains them: %s', async (_, value, code, message, name) => {
    const key = name as keyof ParameterArrays;
    const putIn = (net: TwoLayerNet, call: () => unknown) => {
      const kept = net.params[key];
      net.params[key] = as<Float32Array>(value);
      const putBack = () => {
        net.params[key] = kept;
      };
      return (async () => call())().finally(putBack);
    };
    await expectRefusal(backend, (net) => putIn(net, () => net.scores(rows)), code, message);
    await expectRefusal(backend, (net) => putIn(net, () => net.predict(rows)), code, message);
    await expectRefusal(backend, (net) => putIn(net, () => net.loss(rows, labels)), code, message);
    await expectRefusal(backend, (net) => putIn(net, () => net.train(rows, labels)), code, message);
    await expectRefusal(backend, (net) => putIn(net, () => net.trainSync(rows, labels)), code, message);
  });

  it.each(badParams)('by a new net and by fromParams: %s', (_, value, code, message, name) => {
    const params = as<ParameterArrays>({ ...goodParams(), [name]: value });
    const error = thrownBy(() => new TwoLayerNet({ ...sizes, params, backend }));
    expect(error).toMatchObject({ name: nameFor(code), code });
    expect(error.message).toMatch(message);
    expect(thrownBy(() => TwoLayerNet.fromParams(params, { backend }))).toMatchObject({ code });
  });

  it.each<Bad>([
    ['null', null, 'ERR_INVALID_TYPE', /Expected an object for params but received null/],
    ['a number', 3, 'ERR_INVALID_TYPE', /for params but received 3/],
    ['an array of another name', { ...goodParams(), W3: 0 }, 'ERR_UNKNOWN_OPTION', /"W3" in params: did you mean W1\?/],
    ['numbers', { W1: 1, b1: 1, W2: 1, b2: 1 }, 'ERR_INVALID_TYPE', /a Float32Array for params.W1 but received 1/],
    ['empty arrays', { ...goodParams(), b2: new Float32Array(0) }, 'ERR_SHAPE', /for params.W2/],
    ['lengths of no net', { ...goodParams(), W1: new Float32Array(21) }, 'ERR_SHAPE', /20 numbers for params.W1/],
  ])('by fromParams: %s', (_, params, code, message) => {
    const error = thrownBy(() => TwoLayerNet.fromParams(as<ParameterArrays>(params), { backend }));
    expect(error).toMatchObject({ code });
    expect(error.message).toMatch(message);
  });

  it('by fromParams: options that are only for new nets', () => {
    const options = as<object>({ backend, hiddenSize: 5 });
    expect(thrownBy(() => TwoLayerNet.fromParams(goodParams(), options)).code).toBe('ERR_UNKNOWN_OPTION');
  });

  it.each(['W1', 'b1', 'W2', 'b2'] as const)('by training when %s is not finite', async (name) => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const net = newNet(backend);
      const random = net.random.getState();
      net.params[name][2] = value;
      const message = `Expected finite numbers for params.${name} but received ${value} at index 2`;
      expect(thrownBy(() => net.trainSync(rows, labels))).toMatchObject({ code: 'ERR_NOT_FINITE', message });
      await expect(net.train(rows, labels)).rejects.toMatchObject({ code: 'ERR_NOT_FINITE', message });
      expect(net.random.getState()).toStrictEqual(random);
      net.params[name][2] = 0;
      net.trainSync(rows, labels, null, null, { numIters: 1 });
    }
  });

  it.each(['predict', 'scores', 'probabilities'] as const)(
    'by %s when they make a score NaN, with the number of the row',
    (call) => {
      const net = newNet(backend);
      net.params.b2[1] = Number.NaN;
      expect(thrownBy(() => net[call](rows))).toMatchObject({
        code: 'ERR_NOT_FINITE',
        message: expect.stringContaining('Expected finite results but received NaN for row 0 of X'),
      });
    },
  );

  it('by loss when they make it NaN', () => {
    const net = newNet(backend);
    net.params.b2[1] = Number.NaN;
    const labels = new Array(rows.length / net.inputSize).fill(0);
    expect(thrownBy(() => net.loss(rows, labels))).toMatchObject({ code: 'ERR_NOT_FINITE' });
  });
});

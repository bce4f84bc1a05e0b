/** The normal draws of both backends, and that large and small numbers of draws are one stream. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { Binding, NormalState } from '../../binding.js';
import { chooseBackend } from '../../src/backend/choose.js';
import { referenceBinding } from '../../src/backend/reference/reference.js';
import { RandomState } from '../../src/random/random-state.js';
import { describeOnBackends, describeOnNative } from '../support/backends.js';
import { givesTurns } from '../support/turns.js';

const { streams } = JSON.parse(readFileSync(new URL('../fixtures/random.json', import.meta.url), 'utf8')) as {
  streams: { seed: number; randn_1000001_sha256_f64le: string }[];
};

/** Draws on a copy of `state`; returns the draws and the state after the last. */
function drawn(binding: Binding, state: NormalState, draws: Float32Array | Float64Array, scale = 1) {
  const random = { ...state, key: state.key.slice() };
  const place = binding.randnSync({ random, scale, draws });
  return { draws, state: { ...place, key: random.key } };
}

function sha256(array: Float64Array): string {
  return createHash('sha256').update(new Uint8Array(array.buffer)).digest('hex');
}

describeOnBackends('randn', (backend) => {
  const { binding } = chooseBackend(backend);

  it.each(streams)('draws what NumPy draws with seed $seed', ({ seed, randn_1000001_sha256_f64le }) => {
    const { draws } = drawn(binding, new RandomState(seed).getState(), new Float64Array(1000001));
    expect(sha256(draws as Float64Array)).toBe(randn_1000001_sha256_f64le);
  });

  // r = RandomState(0); r.randn(size); r.get_state()
  it.each([
    [5, { position: 12, hasGauss: true, cachedGaussian: -0.977277879876411 }, 2443250962],
    [4, { position: 8, hasGauss: false, cachedGaussian: 0 }, 2443250962],
    [1000, { position: 132, hasGauss: false, cachedGaussian: 0 }, 3379721592],
    [0, { position: 624, hasGauss: false, cachedGaussian: 0 }, 0],
  ])('leaves the stream where NumPy leaves it after %d draws', (size, place, word) => {
    const { state } = drawn(binding, new RandomState(0).getState(), new Float64Array(size));
    const { key, ...rest } = state;
    expect(rest).toStrictEqual(place);
    expect(key[0]).toBe(word);
  });

  it('begins with the draw that is waiting', () => {
    const before = { ...new RandomState(8).getState(), hasGauss: true, cachedGaussian: 0.5 };
    const one = drawn(binding, before, new Float64Array(1), 3);
    expect([...one.draws]).toStrictEqual([1.5]);
    expect(one.state).toStrictEqual({ ...before, hasGauss: false, cachedGaussian: 0 });
    const more = drawn(binding, before, new Float64Array(3));
    expect([...more.draws]).toStrictEqual([0.5, ...new RandomState(8).randn(2)]);
  });

  it('multiplies in float64 and rounds to the type of the array', () => {
    const { draws } = drawn(binding, new RandomState(2).getState(), new Float32Array(999), 1e-4);
    expect(draws).toStrictEqual(Float32Array.from(new RandomState(2).randn(999), (draw) => 1e-4 * draw));
  });

  it('draws the same while JavaScript continues', async () => {
    const before = new RandomState(6).getState();
    const expected = drawn(binding, before, new Float32Array(50_001), 0.5);
    const random = { ...before, key: before.key.slice() };
    const draws = new Float32Array(50_001);
    const place = await binding.randn({ random, scale: 0.5, draws });
    expect({ draws, state: { ...place, key: random.key } }).toStrictEqual(expected);
  });

  it('gives the event loop turns', async () => {
    const random = new RandomState(0).getState();
    const draw = () => binding.randn({ random, scale: 1, draws: new Float64Array(1_000_000) });
    expect(await givesTurns(draw)).toBe(true);
  });
});

describeOnNative('the addon', () => {
  it('draws 10 million numbers that TypeScript draws, bit for bit', () => {
    const before = new RandomState(123).getState();
    const native = drawn(chooseBackend('native').binding, before, new Float64Array(10_000_001));
    const typescript = drawn(referenceBinding, before, new Float64Array(10_000_001));
    expect(Buffer.from(native.draws.buffer).equals(Buffer.from(typescript.draws.buffer))).toBe(true);
    expect(native.state).toStrictEqual(typescript.state);
  });
});

it('RandomState draws the same numbers however many at a time', () => {
  const together = new RandomState(9);
  const apart = new RandomState(9);
  // From 10 000 on, the addon draws.
  const sizes = [3, 20_001, 5, 9_999, 10_000, 1, 30_000];
  const parts = sizes.map((size) => [...together.randn(size), together.randomSample()]);
  for (const [i, size] of sizes.entries()) {
    for (let j = 0; j < size; j++) if (apart.randn() !== parts[i][j]) expect.fail(`draw ${j} of part ${i} differs`);
    expect(apart.randomSample()).toBe(parts[i][size]);
  }
  expect(together.getState()).toStrictEqual(apart.getState());
});

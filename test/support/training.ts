import { expect } from 'vitest';
import type { ParameterArrays } from '../../binding.js';
import type { BackendName } from '../../src/backend/choose.js';
import { TwoLayerNet } from '../../src/net/two-layer-net.js';
import { RandomState } from '../../src/random/random-state.js';
import type { TrainingHistory } from '../../src/training/history.js';
import type { TrainOptions } from '../../src/training/options.js';
import type { Dtype } from '../../src/training/settings.js';
import { copyParameters, PARAMETERS } from '../../src/validation/parameters.js';

/** The sizes of {@link newNet}: columns, hidden units and classes. */
export const D = 7;
export const H = 5;
export const C = 3;

/** N rows that a net can learn something from, the same on every call. */
export function rows(N: number, columns = D): { X: Float64Array; y: number[] } {
  const X = new RandomState(11).randn(N * columns);
  return { X, y: Array.from({ length: N }, (_, i) => (X[i * columns] < -0.4 ? 0 : X[i * columns] < 0.4 ? 1 : 2)) };
}

/** The same net on every call, with its own random stream. */
export function newNet(backend: BackendName, dtype: Dtype = 'float64', threads = 2): TwoLayerNet {
  const random = new RandomState(3);
  return new TwoLayerNet({ inputSize: D, hiddenSize: H, numClasses: C, std: 0.5, random, dtype, backend, threads });
}

/** Everything that training changes, to compare two nets bit for bit. */
export function stateOf(net: TwoLayerNet) {
  return { params: copyParameters(net.params), random: net.random.getState() };
}

/** A history without the fields that depend on the clock. */
export function numbersOf({ seconds: _, samplesPerSecond: __, ...numbers }: TrainingHistory) {
  return numbers;
}

/** More iterations than any test waits for. */
export const ENDLESS = 2 ** 31 - 1;

export const { X, y } = rows(40);
export const validation = rows(23);
export const brisk = { batchSize: 9, learningRate: 0.1, reg: 0.01 } satisfies TrainOptions;

/** The state of a new net after exactly `iterations` iterations. */
export function stateAfter(iterations: number, backend: BackendName, options: TrainOptions = brisk) {
  const net = newNet(backend);
  net.trainSync(X, y, null, null, { ...options, numIters: iterations });
  return stateOf(net);
}

export function allFinite(params: ParameterArrays): boolean {
  return PARAMETERS.every((name) => params[name].every(Number.isFinite));
}

/**
 * The error of a training that is to be aborted in its middle. On a busy machine the training may end before JavaScript
 * is told of an iteration: then it begins again, a few times.
 */
export async function interruption(begin: () => Promise<unknown>): Promise<Error & { code?: string }> {
  for (let attempt = 1; attempt < 5; attempt++) {
    const error = await begin().then(
      () => undefined,
      (reason: Error) => reason,
    );
    if (error) return error;
  }
  return rejection(begin());
}

export async function rejection<E = Error & { code?: string }>(promise: Promise<unknown>): Promise<E> {
  return promise.then(
    () => expect.fail('the promise was expected to be rejected'),
    (error: E) => error,
  );
}

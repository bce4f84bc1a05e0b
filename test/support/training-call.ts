/** Trainings as a backend's call has them, beneath the options of `train`. */
import { createHash } from 'node:crypto';
import type { ParameterArrays, Reals, TrainingCall } from '../../binding.js';
import { RandomState } from '../../src/random/random-state.js';
import { type EngineSettings, engineSettings } from '../../src/training/settings.js';
import { slotsOf } from '../../src/training/slots.js';
import { PARAMETERS } from '../../src/validation/parameters.js';

/** What a test says of a call; the rest is as in a new training of the article. */
export type CallParts = Pick<TrainingCall, 'training'> &
  Partial<Omit<TrainingCall, 'settings' | 'net'>> & {
    readonly net: Pick<TrainingCall['net'], 'shape' | 'parameters'> & Partial<TrainingCall['net']>;
    readonly settings: Partial<EngineSettings>;
  };

/** Makes a call. Slots are 0, and as many as binding.d.ts says. */
export function trainingCall({ net, settings, ...others }: CallParts): TrainingCall {
  return {
    net: { products: 'auto', bfloat16: false, threads: 1, ...net },
    settings: engineSettings(settings),
    slots: Array.from({ length: slotsOf({ optimizer: 'sgd', momentum: 0, ...settings }) }, () =>
      zerosLike(net.parameters),
    ),
    weights: null,
    picture: null,
    validation: null,
    rates: null,
    noiseSeed: 0,
    firstIteration: 0,
    best: null,
    random: new RandomState(7).getState(),
    finalAccuracies: false,
    stop: new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)),
    reportInterval: 0,
    profile: false,
    group: null,
    ...others,
  };
}

function mapped(parameters: ParameterArrays, change: (array: Reals) => Reals): ParameterArrays {
  const { W1, b1, W2, b2 } = parameters;
  return { W1: change(W1), b1: change(b1), W2: change(W2), b2: change(b2) };
}

function zerosLike(parameters: ParameterArrays): ParameterArrays {
  return mapped(parameters, (array) => array.slice().fill(0));
}

/** The same numbers in float32, rounded, or in float64. */
export function parametersIn(dtype: 'float32' | 'float64', parameters: ParameterArrays): ParameterArrays {
  return mapped(parameters, (array) => (dtype === 'float32' ? Float32Array.from(array) : Float64Array.from(array)));
}

/** All parameters one after the other. */
export function allOf(parameters: ParameterArrays): number[] {
  return PARAMETERS.flatMap((name) => Array.from(parameters[name] as Reals));
}

/** A hash of each array's bytes, which is faster to compare than thousands of numbers. */
export function digests(arrays: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(arrays as Record<string, ArrayBufferView>).map(([name, { buffer, byteOffset, byteLength }]) => {
      const bytes = new Uint8Array(buffer, byteOffset, byteLength);
      return [name, createHash('sha256').update(bytes).digest('hex')];
    }),
  );
}

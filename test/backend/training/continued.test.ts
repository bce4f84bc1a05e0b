/** A training that is stopped and continued is the same as one without a break, bit for bit. */
import { describe, expect, it } from 'vitest';
import type { Outcome, TrainingCall } from '../../../binding.js';
import { chooseBackend } from '../../../src/backend/choose.js';
import { RandomState } from '../../../src/random/random-state.js';
import { describeOnBackends } from '../../support/backends.js';
import { digests } from '../../support/training-call.js';
import { UPDATE_RULES } from '../../support/update-rules.js';
import { callWithEverything, kindsOf } from './all-settings.js';

/** Two epochs of 4 iterations, with 5 rows left over in each, and two iterations more. */
const SIZES = { picture: { height: 5, width: 4, channels: 3 }, H: 18, C: 4, N: 33, threads: 1 };
const [ITERATIONS, BATCH, EPOCH] = [10, 7, 4];

/** The histories of the parts of a training, and how it ended. */
function joined(parts: readonly Outcome[]) {
  const all = (name: 'losses' | 'trainAccuracies' | 'validationAccuracies' | 'validationLosses') =>
    parts.flatMap((part) => [...part[name]]);
  const { status, iterations, learningRate, position, accuracies } = parts[parts.length - 1];
  const histories = [all('losses'), all('trainAccuracies'), all('validationAccuracies'), all('validationLosses')];
  return { histories, status, iterations, learningRate, position, accuracies };
}

/** What a training leaves behind in the call. */
function left({ net, slots, random }: TrainingCall) {
  return [net.parameters, ...slots, { key: random.key }].map(digests);
}

describeOnBackends('a training in two parts', (backend) => {
  const { binding } = chooseBackend(backend);

  /** Trains with a stop after so many iterations: by the flag, which is seen in the report before the last of them. */
  function stopped(call: TrainingCall, after: number): Outcome {
    if (after === 1) Atomics.store(call.stop, 0, 1);
    const outcomes: Outcome['losses'][] = [];
    const outcome = binding.trainSync(call, (report) => {
      outcomes.push(report.losses);
      if (report.iterations === after - 1) Atomics.store(call.stop, 0, 1);
    });
    Atomics.store(call.stop, 0, 0);
    return { ...outcome, losses: Float64Array.from([...outcomes, outcome.losses].flatMap((losses) => [...losses])) };
  }

  describe.each(Object.entries(UPDATE_RULES))('%s', (_name, rule) => {
    it.each(kindsOf(binding))('is as one without a break: %o', (kind) => {
      const newCall = () =>
        callWithEverything({ ...SIZES, ...kind }, { ...rule, numIters: ITERATIONS, batchSize: BATCH });
      const whole = newCall();
      const expected = joined([binding.trainSync(whole, null)]);
      expect(expected.status).toBe('done');
      for (let stop = 1; stop < ITERATIONS; stop++) {
        const call = newCall();
        const settings = { ...call.settings, numIters: stop };
        const first = binding.trainSync({ ...call, settings, finalAccuracies: false }, null);
        expect(first).toMatchObject({ status: 'done', iterations: stop, accuracies: null });
        const second = binding.trainSync(continuing(call, first), null);
        expect(joined([first, second]), `after ${stop}`).toStrictEqual(expected);
        expect(left(call), `after ${stop}`).toStrictEqual(left(whole));
      }
    });
  });

  it('keeps rates, accuracies and the generator at a stop by the flag', () => {
    const rates = Float64Array.from({ length: ITERATIONS }, (_, t) => 1e-3 / (t + 1));
    const kind = kindsOf(binding)[0];
    const newCall = () => ({
      ...callWithEverything({ ...SIZES, ...kind }, { ...UPDATE_RULES.adam, numIters: ITERATIONS, batchSize: BATCH }),
      rates,
    });
    const whole = newCall();
    const { learningRate } = binding.trainSync(whole, null);
    expect(learningRate).toBe(rates[ITERATIONS - 1]);
    for (let stop = 1; stop < ITERATIONS; stop++) {
      const call = newCall();
      const before = new RandomState(0);
      before.setState({ ...call.random, key: call.random.key.slice(), hasGauss: false, cachedGaussian: 0 });
      const first = stopped(call, stop);
      expect(first).toMatchObject({ status: 'stopped', iterations: stop, accuracies: null, learningRate: rates[stop] });
      // In the middle of an epoch the generator is where it was before the epoch's permutation.
      for (let epoch = 0; epoch < Math.floor(stop / EPOCH); epoch++) before.permutation(SIZES.N);
      expect({ key: call.random.key, position: first.position }).toStrictEqual(generatorOf(before));
      binding.trainSync({ ...continuing(call, first), rates: rates.subarray(stop) }, null);
      expect(left(call), `after ${stop}`).toStrictEqual(left(whole));
    }
  });

  it('needs its slots: a training that forgets them is another one', () => {
    const kind = kindsOf(binding)[0];
    for (const name of ['momentum', 'nesterov', 'adam', 'adamw']) {
      const settings = { ...UPDATE_RULES[name], numIters: 5, batchSize: BATCH };
      const whole = callWithEverything({ ...SIZES, ...kind }, settings);
      binding.trainSync(whole, null);
      const call = callWithEverything({ ...SIZES, ...kind }, settings);
      const first = binding.trainSync({ ...call, settings: { ...call.settings, numIters: 3 } }, null);
      for (const { W1, b1, W2, b2 } of call.slots) for (const array of [W1, b1, W2, b2]) array.fill(0);
      binding.trainSync(continuing(call, first), null);
      expect(call.net.parameters.W1, name).not.toStrictEqual(whole.net.parameters.W1);
    }
  });
});

/** The call that continues one which ended so. */
function continuing(call: TrainingCall, { iterations, learningRate, position }: Outcome): TrainingCall {
  return {
    ...call,
    settings: { ...call.settings, learningRate },
    firstIteration: iterations,
    random: { key: call.random.key, position },
  };
}

function generatorOf(random: RandomState) {
  const { key, position } = random.getState();
  return { key, position };
}

/** Everything that a training does at random, and each update rule: the same bits on any number of threads. */
import { expect, it } from 'vitest';
import { chooseBackend } from '../../../src/backend/choose.js';
import { describeOnNative } from '../../support/backends.js';
import { digests } from '../../support/training-call.js';
import { UPDATE_RULES } from '../../support/update-rules.js';
import { callWithEverything, kindsOf } from './all-settings.js';

describeOnNative("the addon's threads", () => {
  it.each(Object.entries(UPDATE_RULES))('compute the same bits with 1, 2, 3 or 7 of them: %s', (_name, rule) => {
    const { binding } = chooseBackend('native');
    for (const kind of kindsOf(binding)) {
      const [expected, ...others] = [1, 2, 3, 7].map((threads) => {
        const sizes = { picture: { height: 13, width: 14, channels: 3 }, H: 37, C: 7, N: 260, threads };
        const call = callWithEverything({ ...sizes, ...kind }, { ...rule, numIters: 3, batchSize: 101 });
        const { seconds: _, ...outcome } = binding.trainSync(call, null);
        const slots = call.slots.map(digests);
        return { outcome, slots, parameters: digests(call.net.parameters), key: call.random.key };
      });
      expect(expected.outcome.status).toBe('done');
      for (const other of others) expect(other).toStrictEqual(expected);
    }
  });
});

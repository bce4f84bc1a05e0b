/** A trial that is stopped. */
import { expect, it } from 'vitest';
import { Dataset } from '../../src/data/dataset.js';
import type { TrialSettings } from '../../src/tune/settings.js';
import { makeTrial, runTrial } from '../../src/tune/trial.js';
import { completeSettings } from '../../src/tune/trial-id.js';
import { describeOnBackends } from '../support/backends.js';

describeOnBackends('a trial whose cores change at the moment when the search is ended', (backend) => {
  it('is ended for the reason of the search', async () => {
    const part = { X: [[1], [2]], y: [0, 1] };
    const data = Dataset.from({ train: part, validation: part });
    const trial = makeTrial(completeSettings({ hiddenSize: 2, batchSize: 2 }) as TrialSettings, 1);
    const [search, cores] = [new AbortController(), new AbortController()];
    const reason = new Error('enough');
    const run = {
      backend,
      signal: search.signal,
      threads: () => ({ count: 1, changed: cores.signal }),
      onProgress: () => {
        cores.abort();
        search.abort(reason);
      },
    };
    await expect(runTrial(trial, 1_000_000, data, run)).rejects.toMatchObject({ name: 'AbortError', cause: reason });
  });
});

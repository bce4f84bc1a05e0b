/** Workers that are terminated while they work: nothing crashes, and nobody waits for the work to end. */
import { expect, it } from 'vitest';
import { describeOnBackends } from '../support/backends.js';
import { program, runFile } from '../support/run-program.js';
import { cases } from './size.js';

/** Under AddressSanitizer, where a Worker takes seconds to start. */
const SANITIZED = process.env.ASAN_OPTIONS !== undefined;

/** Workers for each kind of work and backend. What their threads are doing when they end is a matter of chance. */
const COUNT = SANITIZED ? 2 : cases(50, 4);

/**
 * Milliseconds until a terminated Worker has ended. The full run has the limit of docs/reliability.md. The sample runs
 * beside other tests, and tells an end from a wait for all the work.
 */
const MOST = SANITIZED ? 10_000 : cases(1000, 5000);

describeOnBackends('a Worker that is terminated in', (backend) => {
  const WORKS = ['train', 'trainSync', 'silentTrainSync', 'sweep', 'predict', 'predictLarge', 'fit', 'create'];

  it.each(WORKS)(`%s, ${COUNT} times, ends`, async (work) => {
    // In another process, since an error at a Worker's end may end the whole process.
    const ended = await runFile(program('terminate.mjs'), [work, backend, String(COUNT)]);
    expect(ended).toMatchObject({ code: 0, signal: null, errors: '' });
    const { codes, count, slowest } = JSON.parse(ended.output);
    expect({ codes, count }).toStrictEqual({ codes: [1], count: COUNT });
    expect(slowest).toBeLessThan(MOST);
  });
});

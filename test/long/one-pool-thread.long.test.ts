/** Trainings leave libuv's pool, which may have a single thread, to reads and look-ups. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeOnBackends } from '../support/backends.js';
import { program, runFile } from '../support/run-program.js';
import { sharedFolder } from '../support/temporary-folder.js';

const scratch = sharedFolder();

describeOnBackends('four trainings beside a pool of one thread', (backend) => {
  it('end, and so do a thousand reads and look-ups', async () => {
    const file = join(scratch, 'file');
    writeFileSync(file, 'x'.repeat(1000));
    const ended = await runFile(program('one-pool-thread.mjs'), [backend, file], { env: { UV_THREADPOOL_SIZE: '1' } });
    expect(ended).toMatchObject({ code: 0, errors: '' });
    const { trained, read, ...delays } = JSON.parse(ended.output);
    expect({ trained, read }).toStrictEqual({ trained: 4, read: 1000 });
    // A figure to look at: tests assert no times.
    console.log(`delay of the event loop (${backend}), ms:`, delays);
  });
});

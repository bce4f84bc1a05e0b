/** Code in the same process that changes how numbers are rounded, or flushes denormals to zero. */
import { expect, it } from 'vitest';
import { describeOnNative } from '../support/backends.js';
import { compiledAddon } from '../support/compiled-addon.js';
import { program, runFile } from '../support/run-program.js';
import { sharedFolder } from '../support/temporary-folder.js';

const scratch = sharedFolder();

describeOnNative('another addon that changes how a thread rounds', () => {
  const neighbour = compiledAddon(scratch, 'float-neighbour');
  const title = neighbour ? '' : ' (skipped: no C compiler, or one for a processor without such modes)';

  it.skipIf(!neighbour)(`changes no bit that the engine computes, and finds its modes unchanged${title}`, async () => {
    // With one thread, the mode that is set there is the one that weights are drawn under.
    const env = { UV_THREADPOOL_SIZE: '1' };
    const ended = await runFile(program('float-neighbour.mjs'), [neighbour ?? ''], { env });
    expect(ended).toMatchObject({ code: 0, errors: '' });
    const found: Record<string, string> = JSON.parse(ended.output);
    expect(Object.entries(found).filter(([, what]) => what !== 'same')).toStrictEqual([]);
    expect(Object.keys(found).length).toBeGreaterThan(80);
  });
});

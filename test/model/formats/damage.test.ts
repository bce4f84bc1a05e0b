/** Ways to cut off a model file, and to flip one of its bits: a model or an error with a code, nothing else. */
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadModel, saveModel } from '../../../src/model/model.js';
import { bitFlips, truncations } from '../../support/damage.js';
import { READABLE } from '../../support/model-files.js';
import { smallNet } from '../../support/small-net.js';
import { freshFolder } from '../../support/temporary-folder.js';

const inFolder = freshFolder();

describe.each(READABLE)('%s with %o', (name, options) => {
  it('is refused when it is truncated anywhere', async () => {
    await saveModel(inFolder(name), smallNet('float32'), options);
    // The newline at the end of JSON is none of its contents.
    const bytes = readFileSync(inFolder(name)).subarray(0, name.endsWith('.json') ? -1 : undefined);
    for (const cut of truncations(bytes)) {
      writeFileSync(inFolder('cut'), cut);
      await expect(loadModel(inFolder('cut')), `${cut.length} bytes`).rejects.toMatchObject({ code: 'ERR_MODEL_FILE' });
    }
  });

  it('loads or is refused with a bit changed', async () => {
    await saveModel(inFolder(name), smallNet('float32'), options);
    let refusals = 0;
    for (const damaged of bitFlips(readFileSync(inFolder(name)))) {
      writeFileSync(inFolder('flipped'), damaged);
      try {
        const { params } = await loadModel(inFolder('flipped'));
        expect(params.W1.every(Number.isFinite)).toBe(true);
      } catch (error) {
        expect(error).toMatchObject({ code: 'ERR_MODEL_FILE' });
        refusals++;
      }
    }
    expect(refusals).toBeGreaterThan(10);
  });
});

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT, startScript } from '../support/run-cli.js';

const range = { median: expect.any(Number), min: expect.any(Number), max: expect.any(Number) };

// With fewer rows, an epoch would be a step or two, and its validation most of the time.
test('npm run bench -- --searches times trials side by side and one after the other, and nothing else', async () => {
  const args = ['--searches', '1,2', '--threads', '2', '--rounds', '1', '--rows', '5000', '--json', '-'];
  const { code, stdout, stderr } = await startScript(join(ROOT, 'bench', 'run.mjs'), args).done;
  expect(code, stderr).toBe(0);
  const { searches, steps, peers } = JSON.parse(stdout);
  expect([steps, peers]).toEqual([[], []]);
  expect(searches).toEqual(
    [1, 2].map((trials) => ({
      trials,
      threads: 2,
      dtype: 'float32',
      numIters: 500,
      sideBySide: range,
      oneAfterOther: range,
      ratio: expect.any(Number),
    })),
  );
  for (const { sideBySide, ratio } of searches) {
    expect(sideBySide.median).toBeGreaterThan(0);
    expect(ratio).toBeGreaterThan(0);
  }
});

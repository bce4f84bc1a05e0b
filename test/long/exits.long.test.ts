/** Processes that end while they work: none crashes, none waits for the work, and what was written stays. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadModel, RandomState, ResultsFile, TwoLayerNet } from '../../src/index.js';
import { describeOnBackends } from '../support/backends.js';
import { type Ended, program, runFile } from '../support/run-program.js';
import { sharedFolder } from '../support/temporary-folder.js';
import { cases } from './size.js';

/** Processes for each kind of work and backend. What their threads are doing when they end is a matter of chance. */
const COUNT = cases(20, 1);
const TOGETHER = 4;

/** What ends the process, and how it then has ended. */
const ENDS = {
  exit: { code: 7, signal: null, errors: /^$/ },
  throw: { code: 1, signal: null, errors: /thrown on purpose/ },
  SIGTERM: { code: null, signal: 'SIGTERM', errors: /^$/ },
} as const;
type End = keyof typeof ENDS;

const WORKS = ['train', 'trainSync', 'silentTrainSync', 'sweep', 'results', 'predict', 'fit', 'create'] as const;

const scratch = sharedFolder();

describeOnBackends('a process that ends in', (backend) => {
  it.each(WORKS)(`%s, ${COUNT} times, leaves what it wrote`, async (work) => {
    // Without callbacks, only a signal can end it.
    const ends = work === 'silentTrainSync' ? (['SIGTERM'] as const) : (Object.keys(ENDS) as End[]);
    const first = WORKS.indexOf(work);
    const waiting = Array.from({ length: COUNT }, (_, i) => ({ end: ends[(first + i) % ends.length], i }));
    const oneAfterTheOther = async () => {
      for (let next = waiting.pop(); next; next = waiting.pop()) {
        const folder = join(scratch, `${work}-${backend}-${next.i}`);
        mkdirSync(folder);
        const signal = next.end === 'SIGTERM' ? next.end : undefined;
        const args = [work, backend, signal ? 'wait' : next.end, folder];
        const ended = await runFile(program('end-in-work.mjs'), args, { signal, delay: Math.random() * 50 });
        const { errors, ...expected } = ENDS[next.end];
        expect(ended).toMatchObject({ ...expected, errors: expect.stringMatching(errors) });
        await checkFiles(folder, ended);
      }
    };
    await Promise.all(Array.from({ length: TOGETHER }, oneAfterTheOther));
  });
});

/** The model is whole, every iteration that was told is in the log, and a search can be continued. */
async function checkFiles(folder: string, { output }: Ended): Promise<void> {
  const saved = new TwoLayerNet({ inputSize: 64, hiddenSize: 32, numClasses: 3, std: 1, random: new RandomState(5) });
  expect((await loadModel(join(folder, 'model.safetensors'))).params).toStrictEqual(saved.params);
  const [head, ...lines] = readFileSync(join(folder, 'log.csv'), 'utf8').trimEnd().split('\n');
  expect(head).toMatch(/^iteration,loss,/);
  const told = output.match(/\d+/g)?.map(Number) ?? [];
  expect(lines.length).toBeGreaterThanOrEqual(Math.max(0, ...told));
  if (!folder.includes('results')) return;
  const { file, saved: search } = await ResultsFile.resume(join(folder, 'results.jsonl'));
  expect(search.data).toBe('none');
  await file.close();
}

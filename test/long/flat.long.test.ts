/** A process that computes all day needs no more memory, threads or files in the evening than in the morning. */
import { expect, it } from 'vitest';
import { describeOnBackends } from '../support/backends.js';
import { program, runFile } from '../support/run-program.js';
import { cases } from './size.js';

/** Calls of each kind. The sample shows threads and files; test/training/memory.long.test.ts looks for lost memory. */
const COUNT = cases(10_000, 30);

const TIMEOUT = cases(600_000, 120_000);

/** 3 KB for each of the calls, and what memory varies by. */
const MOST_BYTES = 30 * 2 ** 20;

/** AddressSanitizer keeps freed memory, to detect its use. */
const countsMore = process.env.ASAN_OPTIONS !== undefined;

const KINDS = [
  'train',
  'trainSync',
  'train, aborted',
  'train, failed',
  'train, diverged',
  'predict',
  'predictAsync',
  'predictAsync, aborted',
  'prepare',
  'sweep',
  'sweep, aborted',
  'fit',
  'create',
];

describeOnBackends(
  `memory, threads and files${countsMore ? ' (skipped: AddressSanitizer keeps memory)' : ''}`,
  (backend) => {
    it.skipIf(countsMore).each(KINDS)(
      `are flat over ${COUNT} times %s`,
      async (kind) => {
        const { code, output, errors } = await runFile(program('flat.mjs'), [kind, backend, String(COUNT)]);
        expect({ code, errors }).toStrictEqual({ code: 0, errors: '' });
        const { heap, outside, ...counts } = JSON.parse(output);
        expect(counts).toStrictEqual({ threads: 0, files: 0, resources: 0 });
        expect(Math.max(heap, outside)).toBeLessThan(MOST_BYTES);
      },
      TIMEOUT,
    );
  },
);

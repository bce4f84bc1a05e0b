/** Eight Workers with the same seed compute the same bits, whatever the others do and however many threads each has. */
import { expect, it } from 'vitest';
import { describeOnBackends } from '../support/backends.js';
import { program, runFile } from '../support/run-program.js';
import { cases } from './size.js';

const ROUNDS = cases(50, 1);
const TIMEOUT = cases(600_000, 120_000);

describeOnBackends('eight Workers', (backend) => {
  it(
    `compute the same bits, ${ROUNDS} × 8 times`,
    async () => {
      const ended = await runFile(program('same-bits.mjs'), [backend, String(ROUNDS)]);
      expect(ended).toMatchObject({ code: 0, errors: '' });
      expect(JSON.parse(ended.output)).toStrictEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
    },
    TIMEOUT,
  );
});

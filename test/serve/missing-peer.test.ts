import { expect, test, vi } from 'vitest';
import { Classifier } from '../../src/classifier/classifier.js';
import { createServer } from '../../src/serve/index.js';
import { pictures } from './support.js';

vi.mock('prom-client', () => {
  throw new Error('it is not installed');
});

test('without prom-client the error names the command that installs both packages', async () => {
  await expect(createServer({ net: Classifier.fromModel(pictures()) })).rejects.toMatchObject({
    code: 'ERR_MISSING_PEER',
    message: expect.stringMatching(/^A server needs .* run: npm install fastify prom-client$/),
  });
});

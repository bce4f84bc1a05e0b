import { expect, test, vi } from 'vitest';
import { loadPostgres, loadRedis } from '../../src/study/peers.js';

vi.mock('bullmq', () => {
  throw new Error('it is not installed');
});

test('without BullMQ the error names the command that installs it with its driver', async () => {
  await expect(loadRedis()).rejects.toMatchObject({
    code: 'ERR_MISSING_PEER',
    message: expect.stringMatching(/^A queue on Redis or Valkey needs .* run: npm install bullmq ioredis$/),
  });
  await expect(loadPostgres()).rejects.toMatchObject({ message: expect.stringMatching(/npm install bullmq pg$/) });
});

/** A connection to a server that is down ends, and what waits for it. */
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { connectToRedis } from '../../src/study/redis-connection.js';

test('while the server is down, its end ends the connection, its copies and the commands that wait', async () => {
  const { client, end } = connectToRedis(Redis, 'redis://127.0.0.1:1');
  const copy = client.duplicate();
  const both = [client, copy];
  for (const one of both) one.on('error', () => {});
  const answers = both.map((one) => one.ping().catch((error: Error) => error.message));
  for (const one of both) await expect.poll(() => one.status, { interval: 1 }).toBe('reconnecting');
  end();
  expect(await Promise.all(answers)).toEqual(['Connection is closed.', 'Connection is closed.']);
  for (const one of both) await expect.poll(() => one.status, { interval: 1 }).toBe('end');
});

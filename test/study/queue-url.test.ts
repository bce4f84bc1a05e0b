import { expect, test } from 'vitest';
import { queue } from '../../src/study/index.js';
import { parseQueueUrl, unreachable, withoutPassword } from '../../src/study/queue-url.js';

test.each([
  ['redis://host', 'redis', 'redis://host'],
  ['rediss://user:s3cret@host:6380/2', 'redis', 'rediss://host:6380/2'],
  ['postgres://user:s3cret@host/db?sslmode=require', 'postgres', 'postgres://host/db'],
])('%s', (url, server, shown) => {
  expect(parseQueueUrl(url)).toEqual({ server, href: url, shown });
});

const OTHERS = [
  ['http://user:s3cret@host'],
  ['s3cret'],
  ['redis://host/s3cret'],
  ['redis://host/1/2'],
  [''],
  [7],
  [undefined],
];

test.each<unknown[]>(OTHERS)('%j is refused and not repeated', (url) => {
  const refused = expect.objectContaining({ code: 'ERR_INVALID_TYPE', message: expect.not.stringContaining('s3cret') });
  expect(() => parseQueueUrl(url)).toThrow(refused);
  expect(() => queue(url as string)).toThrow(refused);
});

test('no message has the password, as it is or as the URL spells it', () => {
  const url = parseQueueUrl('redis://me:p%40ss%2Fword@host');
  const cause = new Error(`me:p@ss/word was refused at ${url.href}: p%40ss%2Fword`);
  const { message, code } = unreachable(url, cause) as Error & { code: string };
  expect(code).toBe('ERR_QUEUE');
  expect(message).toBe(
    'Cannot reach the queue at redis://host: me:*** was refused at redis://host: ***; check that the server runs, ' +
      'and the URL',
  );
  expect(withoutPassword('fine', url)).toBe('fine');
});

test.each([
  [{ name: 'a b' }, 'ERR_OUT_OF_RANGE'],
  [{ data: 3 }, 'ERR_INVALID_TYPE'],
  [{ mixed: 'no' }, 'ERR_INVALID_TYPE'],
  [{ states: -1 }, 'ERR_INVALID_TYPE'],
  [{ nmae: 'x' }, 'ERR_UNKNOWN_OPTION'],
])('queue refuses the options %j', (options, code) => {
  expect(() => queue('redis://host', options as never)).toThrow(expect.objectContaining({ code }));
});

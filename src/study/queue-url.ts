/** The URL of a queue's server, whose password nobody is to read. */
import { describe, withCode, wrongType } from '../validation/errors.js';
import { messageOf } from '../validation/kinds.js';

/** The servers that hold queues, by the protocols of their URLs. */
const SERVERS: Readonly<Record<string, 'redis' | 'postgres'>> = {
  'redis:': 'redis',
  'rediss:': 'redis',
  'postgres:': 'postgres',
  'postgresql:': 'postgres',
};

/** Where a queue is. */
export interface QueueUrl {
  readonly server: 'redis' | 'postgres';
  /** With the password. */
  readonly href: string;
  /** Without the password, for people. */
  readonly shown: string;
}

/**
 * Checks the URL of a queue.
 *
 * @throws TypeError `ERR_INVALID_TYPE`, whose message does not repeat it: it may have a password
 */
export function parseQueueUrl(url: unknown): QueueUrl {
  const parsed = typeof url === 'string' && URL.canParse(url) ? new URL(url) : undefined;
  const server = parsed && SERVERS[parsed.protocol];
  if (!parsed || !server) {
    const given = typeof url === 'string' ? textWords(url) : describe(url);
    const expected = 'the URL of a queue, such as redis://127.0.0.1:6379, rediss://… or postgres://…';
    throw withCode(new TypeError(`Expected ${expected}, but received ${given}`), 'ERR_INVALID_TYPE');
  }
  if (parsed.hostname === '' && server === 'redis') throw wrongType('a host in the URL of the queue', parsed.hostname);
  if (server === 'redis' && !/^\/?\d{0,9}$/.test(parsed.pathname)) {
    const message =
      'Expected nothing or the number of a database after the host in the URL of the queue: redis://HOST/2';
    throw withCode(new TypeError(message), 'ERR_INVALID_TYPE');
  }
  const shown = `${parsed.protocol}//${parsed.host}${parsed.pathname === '/' ? '' : parsed.pathname}`;
  return { server, href: parsed.href, shown };
}

function textWords(text: string): string {
  return text === '' ? 'an empty text' : `another text of ${text.length} characters`;
}

/** A text without what must not be shown of a URL. */
export function withoutPassword(text: string, { href, shown }: QueueUrl): string {
  const { password, username } = new URL(href);
  let clean = text.replaceAll(href, shown);
  for (const secret of [password, decoded(password)]) if (secret !== '') clean = clean.replaceAll(secret, '***');
  return username === '' ? clean : clean.replaceAll(`${username}:***@`, '');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The error for a queue that does not answer. */
export function unreachable(url: QueueUrl, cause: unknown): Error {
  // The cause may name the URL: only its words are kept.
  const reason = withoutPassword(messageOf(cause) || 'no answer', url);
  const message = `Cannot reach the queue at ${url.shown}: ${reason}; check that the server runs, and the URL`;
  return withCode(new Error(message), 'ERR_QUEUE');
}

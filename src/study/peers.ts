/** The optional packages of a queue, loaded when one is opened. */
import { withCode } from '../validation/errors.js';

/** BullMQ's module. */
export type Bull = typeof import('bullmq');

/** What is used of a pool of connections to PostgreSQL. */
export interface Pool {
  on(event: 'error', listener: (error: Error) => void): unknown;
  query(text: string): Promise<unknown>;
  connect(): Promise<{ release(): void }>;
  end(): Promise<void>;
}

interface PoolOptions {
  readonly connectionString: string;
  readonly max: number;
  readonly options: string;
  /** How long to wait for a connection. */
  readonly connectionTimeoutMillis: number;
}

/** What is used of the package pg. */
interface Postgres {
  readonly default: {
    readonly Pool: new (options: PoolOptions) => Pool;
  };
}

/**
 * Loads BullMQ, and ioredis.
 *
 * @throws (as a rejection) Error `ERR_MISSING_PEER`
 */
export async function loadRedis(): Promise<{ readonly bull: Bull; readonly Redis: typeof import('ioredis').Redis }> {
  try {
    const [bull, { Redis }] = await Promise.all([import('bullmq'), import('ioredis')]);
    return { bull, Redis };
  } catch (cause) {
    throw missing('ioredis', 'Redis or Valkey', cause);
  }
}

/**
 * Loads BullMQ, and pg.
 *
 * @throws (as a rejection) Error `ERR_MISSING_PEER`
 */
export async function loadPostgres(): Promise<{ readonly bull: Bull; readonly pg: Postgres['default'] }> {
  // It has no types of its own: by a name that the compiler does not look for.
  const name: string = 'pg';
  try {
    const [bull, { default: pg }] = await Promise.all([import('bullmq'), import(name) as Promise<Postgres>]);
    return { bull, pg };
  } catch (cause) {
    throw missing('pg', 'PostgreSQL', cause);
  }
}

function missing(driver: string, server: string, cause: unknown): Error {
  const message = `A queue on ${server} needs the packages bullmq and ${driver}, and they cannot be loaded.`;
  const remedy = `To install them, run: npm install bullmq ${driver}`;
  return withCode(new Error(`${message} ${remedy}`, { cause }), 'ERR_MISSING_PEER');
}

/** BullMQ's queues, workers and events on one server. */
import type { Job, Processor, Queue, QueueEvents, Worker, WorkerOptions } from 'bullmq';
import { disown } from '../validation/callback.js';
import { atMost, LAST_WORD } from './at-most.js';
import { type Bull, loadPostgres, loadRedis } from './peers.js';
import { parseQueueUrl, type QueueUrl, unreachable, withoutPassword } from './queue-url.js';
import { connectToRedis } from './redis-connection.js';

/** Milliseconds to wait for a server at the start; later, BullMQ waits for it as long as it takes. */
const PATIENCE = 10_000;
/** Milliseconds until a worker tries again what failed with its connection to PostgreSQL; BullMQ's own are 15 000. */
const RETRY = 1000;
/** Connections to PostgreSQL of one process: each worker keeps one, to be told of new jobs. */
const POOL = 12;
/** BullMQ's own, in which its tables are. */
const SCHEMA = 'bullmq';

/** What opens queues on a server. */
export interface Queues {
  readonly bull: Bull;
  /** Where the server is, without its password. */
  readonly where: string;
  /** A queue, which stays open until {@link Queues.close}; the same for the same name. */
  queue<Data, Result = unknown>(name: string): Queue<Job<Data, Result>>;
  /** Takes jobs of a queue. Whoever asks for it closes it. */
  worker<Data, Result>(
    name: string,
    work: Processor<Data, Result>,
    options: Omit<WorkerOptions, 'connection'>,
  ): Worker<Data, Result>;
  /** What happens in a queue. Whoever asks for it closes it. */
  events(name: string): QueueEvents;
  /** A text without the password of the server. */
  clean(text: string): string;
  close(): Promise<void>;
}

/** A connection that all share. */
interface Connection {
  readonly bull: Bull;
  readonly options: { readonly connection: never };
  /** What BullMQ is told last: how it talks to the server. */
  readonly backend: readonly never[];
  /** Resolved when the server has answered. */
  ready(): Promise<unknown>;
  /** The last error of the connection. */
  error(): unknown;
  end(): Promise<unknown>;
}

/**
 * Opens queues on a server.
 *
 * @param patience - milliseconds to wait for its first answer
 * @throws (as a rejection) Error `ERR_QUEUE` when it does not answer; `ERR_MISSING_PEER`; TypeError for another URL
 */
export async function openQueues(url: string, patience = PATIENCE): Promise<Queues> {
  const parsed = parseQueueUrl(url);
  const connection = await (parsed.server === 'redis' ? redis(parsed) : postgres(parsed, patience));
  await answered(parsed, connection, patience);
  const { bull, options, backend } = connection;
  const open = new Map<string, Queue>();
  // Errors of the connection pass: each is followed by a new try.
  const quiet = <T extends { on(event: 'error', listener: () => void): unknown }>(one: T): T => {
    one.on('error', () => {});
    return one;
  };
  return {
    bull,
    where: parsed.shown,
    queue(name) {
      const queue = open.get(name) ?? quiet(new bull.Queue(name, options, ...backend));
      open.set(name, queue);
      return queue as never;
    },
    worker: (name, work, given) =>
      quiet(new bull.Worker(name, work, { runRetryDelay: RETRY, ...given, ...options }, ...backend)),
    events: (name) => quiet(new bull.QueueEvents(name, options, ...backend)),
    clean: (text) => withoutPassword(text, parsed),
    async close() {
      // What waits for a server that is down ends with the connection.
      await atMost(LAST_WORD, Promise.all([...open.values()].map((queue) => queue.close())));
      await connection.end();
    },
  };
}

/** Waits for the first answer of a server, within reason. */
async function answered(url: QueueUrl, connection: Connection, patience: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(connection.error() ?? new Error('no answer')), patience);
  });
  try {
    await Promise.race([connection.ready(), late]);
  } catch (error) {
    await connection.end().catch(() => {});
    throw unreachable(url, error);
  } finally {
    clearTimeout(timer);
  }
}

async function redis({ href }: QueueUrl): Promise<Connection> {
  const { bull, Redis } = await loadRedis();
  // ioredis asks for it, too, but goes on with database 0 where there is no such one.
  const database = Number(new URL(href).pathname.slice(1));
  let last: unknown;
  const { client, end } = connectToRedis(Redis, href);
  client.on('error', (error) => {
    last = error;
  });
  // A wrong password does not become right.
  const refused = new Promise<never>((_, reject) => {
    client.on('error', (error) => /WRONGPASS|NOAUTH|NOPERM/.test(error.message) && reject(error));
  });
  disown(refused);
  return {
    bull,
    options: { connection: client as never },
    backend: [],
    ready: () => Promise.race([client.ping().then(() => client.select(database)), refused]),
    error: () => last,
    end: async () => end(),
  };
}

async function postgres({ href }: QueueUrl, patience: number): Promise<Connection> {
  const { bull, pg } = await loadPostgres();
  const options = `-c search_path=${SCHEMA}`;
  const pool = new pg.Pool({ connectionString: href, max: POOL, options, connectionTimeoutMillis: patience });
  let last: unknown;
  pool.on('error', (error) => {
    last = error;
  });
  return {
    bull,
    options: { connection: pool as never },
    backend: [bull.createPostgresBackend as never],
    ready: async () => {
      const client = await pool.connect();
      try {
        // Once for a database; otherwise it only looks.
        await bull.runMigrations(client as never, SCHEMA);
      } finally {
        client.release();
      }
    },
    error: () => last,
    end: () => pool.end(),
  };
}

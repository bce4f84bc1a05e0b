/** Connections to Redis that end when they are told to, also while the server is down. */
import type { Redis as Connection, RedisOptions } from 'ioredis';
import { disown } from '../validation/callback.js';

/** Milliseconds between two tries to reach a server that went away, at most. */
const LONGEST_PAUSE = 2000;

/** A connection, and what ends it with all its copies. */
export interface RedisConnection {
  readonly client: Connection;
  end(): void;
}

/**
 * Connects to a server, and again whenever it goes away.
 *
 * @param Redis - the class of the package ioredis
 */
export function connectToRedis(Redis: typeof Connection, href: string): RedisConnection {
  /** BullMQ copies a connection for commands that block. */
  const open = new Set<Connection>();
  class Lasting extends Redis {
    override duplicate(given?: Partial<RedisOptions>): Lasting {
      return opened(new Lasting({ ...this.options, ...given }));
    }

    override disconnect(reconnect = false): void {
      // ioredis only forgets the next try then: it never says that it has ended, for which BullMQ waits, nor rejects
      // the commands that wait. A try that is ended does both.
      if (!reconnect && this.status === 'reconnecting') disown(this.connect());
      super.disconnect(reconnect);
    }
  }
  const opened = (one: Lasting) => {
    open.add(one);
    return one.once('end', () => open.delete(one));
  };
  const client = opened(
    new Lasting(href, {
      // Commands wait for a server that is started again.
      maxRetriesPerRequest: null,
      retryStrategy: (times) => Math.min(LONGEST_PAUSE, 50 * 2 ** Math.min(times, 6)),
    }),
  );
  return {
    client,
    end() {
      for (const one of open) one.disconnect();
    },
  };
}

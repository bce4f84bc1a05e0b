/** Keeps the connections of a server few, whoever connects: files need descriptors too, and a model is to be saved. */
import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { possibleConnections } from '../../platform/free-descriptors.js';

/** The most connections at a time. */
const MOST = 24;

/** Milliseconds within which a request must be complete. */
const REQUEST = 10_000;
/** Milliseconds after which a client is dropped that does not take what was sent. */
const STALLED = 30_000;

/** The connections of a server. A new one is always accepted; when there are too many, another one is dropped. */
export class BoundedConnections {
  /** Oldest first, with the response that goes on for as long as the connection does. */
  readonly #open = new Map<Socket, ServerResponse | undefined>();
  readonly #most: number;

  constructor(server: Server) {
    this.#most = possibleConnections(MOST);
    server.headersTimeout = REQUEST;
    server.requestTimeout = REQUEST;
    server.on('connection', (socket) => this.#add(socket));
    server.setTimeout(STALLED, (socket) => {
      const stream = this.#open.get(socket);
      // A stream without news is silent for as long as there are none.
      if (!stream || stream.writableNeedDrain) socket.destroy();
    });
  }

  /** Says that this response has no end: others are dropped rather than its connection. */
  keep(response: ServerResponse): void {
    if (response.socket && this.#open.has(response.socket)) this.#open.set(response.socket, response);
  }

  #add(socket: Socket): void {
    if (this.#open.size >= this.#most) this.#dropOne();
    this.#open.set(socket, undefined);
    socket.on('close', () => this.#open.delete(socket));
  }

  /** Drops the oldest connection without a stream, else with one that is not read, else with any. */
  #dropOne(): void {
    const all = [...this.#open];
    const [dropped] =
      all.find(([, stream]) => stream === undefined) ?? all.find(([, stream]) => stream?.writableNeedDrain) ?? all[0];
    this.#open.delete(dropped);
    dropped.destroy();
  }
}

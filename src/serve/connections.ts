/** Keeps the connections of a server to a number, whoever connects. */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { possibleConnections } from '../platform/free-descriptors.js';

/** Milliseconds after which a client is dropped that neither sends nor takes anything. */
const STALLED = 30_000;

/**
 * Accepts every connection; when there are too many, the oldest of those without a request is dropped, and the new one
 * if there is none.
 */
export function boundConnections(server: Server, wanted: number): void {
  const most = possibleConnections(wanted);
  /** Oldest first, each with the number of its requests that are in work. */
  const open = new Map<Socket, number>();
  const count = (socket: Socket, change: number) => {
    const before = open.get(socket);
    if (before !== undefined) open.set(socket, before + change);
  };
  server.on('connection', (socket: Socket) => {
    if (open.size >= most) {
      const [idle] = [...open].find(([, requests]) => requests === 0) ?? [];
      if (!idle) {
        socket.destroy();
        return;
      }
      open.delete(idle);
      idle.destroy();
    }
    open.set(socket, 0);
    socket.once('close', () => open.delete(socket));
  });
  server.on('request', ({ socket }, response) => {
    count(socket, 1);
    response.once('close', () => count(socket, -1));
  });
  server.setTimeout(STALLED, (socket) => socket.destroy());
}

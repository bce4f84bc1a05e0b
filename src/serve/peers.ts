/** The optional packages of a server, loaded when one is made. */
import { withCode } from '../validation/errors.js';

/**
 * Loads Fastify and prom-client.
 *
 * @throws (as a rejection) Error `ERR_MISSING_PEER`
 */
export async function loadPeers() {
  try {
    const [{ fastify }, prometheus] = await Promise.all([import('fastify'), import('prom-client')]);
    return { fastify, prometheus };
  } catch (cause) {
    const message =
      'A server needs the packages fastify and prom-client, and they cannot be loaded. To install them, run: npm ';
    throw withCode(new Error(`${message}install fastify prom-client`, { cause }), 'ERR_MISSING_PEER');
  }
}

/** prom-client's module. */
export type Prometheus = Awaited<ReturnType<typeof loadPeers>>['prometheus'];

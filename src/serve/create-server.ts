import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { isSystemError } from '../platform/replace-file.js';
import { withCode } from '../validation/errors.js';
import { isError } from '../validation/kinds.js';
import { boundConnections } from './connections.js';
import { placeCheck } from './guard.js';
import { checkModels } from './models.js';
import { type CheckedServer, checkServer, type ServedModels, type ServeOptions } from './options.js';
import { loadPeers } from './peers.js';
import { answerOf, Refusal } from './refusal.js';
import { Routes } from './routes.js';

/** Milliseconds within which the headers of a request, and all of it, must have come. */
const [HEADERS, REQUEST] = [10_000, 30_000];

/** Milliseconds that a connection is kept for a further request: longer than proxies keep theirs. */
const KEEP_ALIVE = 72_000;

const nothing = () => {};

/** Tells of errors that are not a request's: those have nothing secret, as its headers do. */
const ERRORS = {
  level: 'error',
  error: (error: unknown) => process.stderr.write(`error: ${isError(error) ? error.stack : String(error)}\n`),
  fatal: nothing,
  warn: nothing,
  info: nothing,
  debug: nothing,
  trace: nothing,
  silent: nothing,
  child: () => ERRORS,
} as unknown as FastifyBaseLogger;

/** A server of predictions. {@link createServer} makes it. */
export class ModelServer {
  readonly #app: FastifyInstance;
  readonly #routes: Routes;
  readonly #options: CheckedServer;
  #closing: Promise<void> | undefined;

  /** @internal For {@link createServer}. */
  constructor(app: FastifyInstance, routes: Routes, options: CheckedServer) {
    this.#app = app;
    this.#routes = routes;
    this.#options = options;
  }

  /**
   * Begins to listen.
   *
   * @returns the address of the page to try predictions; it ends with a slash
   * @throws (as a rejection) Error `ERR_SERVE` if the port is in use or not permitted, or the address is not this
   * machine's
   */
  async listen(): Promise<string> {
    const { host, port } = this.#options;
    try {
      return `${await this.#app.listen({ host, port })}/`;
    } catch (error) {
      if (!isSystemError(error)) throw error;
      const reason =
        error.code === 'EADDRINUSE' ? 'another program is using it; choose another port, or 0' : error.message;
      throw withCode(new Error(`Cannot serve on port ${port} of ${host}: ${reason}`, { cause: error }), 'ERR_SERVE');
    }
  }

  /**
   * Ends the server: those requests that were taken are answered, within the option `drainTimeout`, and further ones
   * refused meanwhile (503). Closing again waits for the same.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const force = setTimeout(() => this.#app.server.closeAllConnections(), this.#options.drainTimeout);
    try {
      await this.#routes.drain();
      await this.#app.close();
    } finally {
      clearTimeout(force);
    }
  }
}

/**
 * Makes a server that predicts with models over HTTP, on Fastify. It needs the packages `fastify` and `prom-client`.
 *
 * @param models - the file of each model by its name, or a `Classifier`
 * @throws (as a rejection) Error `ERR_MISSING_PEER` without these packages; `ERR_MODEL_FILE` for a file that is not a
 * model; TypeError or RangeError for options that do not fit
 * @example
 * const server = await createServer({ fruit: 'fruit.safetensors' }, { port: 8080 });
 * console.log(await server.listen());
 */
export async function createServer(models: ServedModels, options: ServeOptions = {}): Promise<ModelServer> {
  const { host, port, allowedHosts, allowedOrigins, maxConnections, drainTimeout, ...ofRoutes } = options;
  const checked = checkServer(options);
  checkModels(models);
  const { fastify } = await loadPeers();
  const app = fastify({
    http: { connectionsCheckingInterval: 1000, headersTimeout: HEADERS },
    requestTimeout: REQUEST,
    keepAliveTimeout: KEEP_ALIVE,
    return503OnClosing: false,
    loggerInstance: ERRORS,
  }) as unknown as FastifyInstance;
  app.addHook('onRequest', placeCheck(checked));
  const refuse = (error: unknown) => {
    const { status, code, message } = answerOf(error);
    return { status, body: { error: { code, message } } };
  };
  app.setErrorHandler((error, _, reply) => {
    const { status, body } = refuse(error);
    return reply.code(status).send(body);
  });
  app.setNotFoundHandler((_, reply) => {
    const { status, body } = refuse(
      new Refusal(404, 'ERR_NOT_FOUND', 'Nothing is at this address, for this method: /openapi.json has all of them'),
    );
    return reply.code(status).send(body);
  });
  const routes = await Routes.make({ ...ofRoutes, models });
  await app.register(async (instance) => routes.register(instance));
  await app.ready();
  boundConnections(app.server, checked.maxConnections);
  return new ModelServer(app, routes, checked);
}

/**
 * two-layer-net/serve: predictions over HTTP, on Fastify.
 *
 * @packageDocumentation
 */
export { createServer, type ModelServer } from './create-server.js';
export type { ModelRoutesOptions, ServedModels, ServeOptions } from './options.js';
export { modelRoutes } from './routes.js';

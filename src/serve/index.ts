/**
 * Predictions over HTTP, on Fastify: see [Serving](../../docs/serving.md).
 *
 * @module two-layer-net/serve
 */
export { createServer, type ModelServer } from './create-server.js';
export type { ModelRoutesOptions, ServedModels, ServeOptions } from './options.js';
export { modelRoutes } from './routes.js';

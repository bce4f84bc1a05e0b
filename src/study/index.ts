/**
 * two-layer-net/study: searches on many machines, by a queue on Redis, Valkey or PostgreSQL.
 *
 * @packageDocumentation
 */
export { type QueueOptions, queue } from './executor.js';

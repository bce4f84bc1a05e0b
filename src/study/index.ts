/**
 * Searches on many machines, by a queue on Redis, Valkey or PostgreSQL.
 *
 * @module two-layer-net/study
 */
export { type QueueOptions, queue } from './executor.js';

/** Who may ask: by host, by origin, by token. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from './refusal.js';

const hashOf = (text: string) => createHash('sha256').update(text).digest();

/** Checks tokens in a time that does not depend on how much of one is right. */
export function tokenCheck(token: string | undefined): (header: string | undefined) => void {
  if (token === undefined) return () => {};
  const own = hashOf(`Bearer ${token}`);
  return (header) => {
    if (header !== undefined && timingSafeEqual(hashOf(header.replace(/^bearer /i, 'Bearer ')), own)) return;
    throw new Refusal(401, 'ERR_UNAUTHORIZED', 'Expected the header Authorization: Bearer TOKEN with the right token');
  };
}

/** What decides about hosts and origins. */
export interface Places {
  readonly allowedHosts: readonly string[];
  readonly allowedOrigins: readonly string[];
}

/**
 * A hook that refuses requests for a name that is not this server's, and those of pages of other origins: any page in
 * a browser of this machine can send them. It answers for browsers that ask first (CORS).
 */
export function placeCheck({ allowedHosts, allowedOrigins }: Places) {
  const names = new Set(['localhost', ...allowedHosts.map((name) => name.toLowerCase())]);
  const origins = new Set(allowedOrigins);
  // Almost all requests have the same header.
  let last = '';
  const isOurs = (host: string) => {
    if (host === last) return true;
    const name = /^(\[[\da-f:.]+\]|[^:/@\s]+)(:\d{1,5})?$/i.exec(host)?.[1].toLowerCase();
    const ours = name !== undefined && (names.has(name) || isIP(name.replace(/^\[|\]$/g, '')) !== 0);
    if (ours) last = host;
    return ours;
  };
  return (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void) => {
    const { host = '', origin } = request.headers;
    if (!isOurs(host)) return done(new Refusal(403, 'ERR_FORBIDDEN', 'This server is not for that host'));
    if (origin === undefined || origin === `http://${host}` || origin === `https://${host}`) return done();
    if (!origins.has(origin)) {
      return done(new Refusal(403, 'ERR_FORBIDDEN', 'This server is not for pages of that origin'));
    }
    reply.header('access-control-allow-origin', origin).header('vary', 'origin');
    if (request.method !== 'OPTIONS') return done();
    reply
      .header('access-control-allow-methods', 'GET, POST')
      .header('access-control-allow-headers', 'authorization, content-type')
      .header('access-control-max-age', '600')
      .code(204)
      .send();
  };
}

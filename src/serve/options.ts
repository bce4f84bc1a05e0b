/** What a server is made with. */
import type { Classifier } from '../classifier/classifier.js';
import type { ComputeOptions } from '../net/options.js';
import { checkNumber, checkOptions } from '../validation/check.js';
import { withCode, wrongType } from '../validation/errors.js';

/**
 * The models of a server by name: the file of each, or a classifier in memory. A name is 1 … 64 letters, digits, `.`,
 * `_` and `-`, and begins with a letter or a digit.
 */
export type ServedModels = Readonly<Record<string, string | Classifier>>;

/** Options of the routes: of {@link createServer}, and of the plugin {@link modelRoutes}. */
export interface ModelRoutesOptions {
  /** What computes, for models in files. See `TwoLayerNetOptions`. */
  readonly backend?: ComputeOptions['backend'] | undefined;
  /** Threads for one computation, for models in files. See `TwoLayerNetOptions`. */
  readonly threads?: number | undefined;
  /**
   * What requests must have in their header `Authorization: Bearer …`, all but those for `/healthz`, `/readyz`, the
   * page and the OpenAPI document: at least 16 characters without spaces.
   * @defaultValue none: everyone who reaches the server may ask
   */
  readonly token?: string | undefined;
  /**
   * The most bytes of one request's body; longer ones are refused (413).
   * @defaultValue 8 MiB
   */
  readonly maxBody?: number | undefined;
  /**
   * The most rows of one request; more are refused (413).
   * @defaultValue 1024
   */
  readonly maxRows?: number | undefined;
  /**
   * The most requests that are in work at a time; further ones are refused (429).
   * @defaultValue 1024
   */
  readonly maxRequests?: number | undefined;
  /**
   * The most bytes of bodies and answers that are held at a time; requests beyond that are refused (429).
   * @defaultValue 256 MiB
   */
  readonly maxMemory?: number | undefined;
  /**
   * Milliseconds that a request may wait for its computation; then it is refused (503).
   * @defaultValue 10 000
   */
  readonly timeout?: number | undefined;
  /**
   * Milliseconds that a request waits at most for others, to be computed with them. None waits while a single
   * connection has requests.
   * @defaultValue 1
   */
  readonly batchWait?: number | undefined;
  /**
   * Milliseconds between looks at the files of models; 0 reads each only once.
   * @defaultValue 1000
   */
  readonly reloadEvery?: number | undefined;
  /**
   * Called with a line for people when a model was read again, or could not be. What it throws, or rejects with, is
   * logged as an error of the server, which goes on.
   */
  readonly onReload?: ((line: string) => unknown) | undefined;
}

/** Options of {@link createServer}. */
export interface ServeOptions extends ModelRoutesOptions {
  /**
   * The address to listen at; `0.0.0.0` or `::` for all of this machine.
   * @defaultValue '127.0.0.1', which other machines cannot reach
   */
  readonly host?: string | undefined;
  /**
   * 0 … 65535; 0 for any free port.
   * @defaultValue 8080
   */
  readonly port?: number | undefined;
  /**
   * Names under which the server is reached, besides localhost and IP addresses: requests for other hosts are refused
   * (403), since a page in a browser could send them after its name has been made to lead here.
   * @defaultValue []
   */
  readonly allowedHosts?: readonly string[] | undefined;
  /**
   * Origins, such as `https://example.org`, whose pages may ask this server (CORS). Requests from pages of others are
   * refused (403).
   * @defaultValue []
   */
  readonly allowedOrigins?: readonly string[] | undefined;
  /**
   * The most connections at a time. Beyond that, those without a request are closed first, the oldest of them first.
   * @defaultValue 1024, fewer if the process may not open as many files
   */
  readonly maxConnections?: number | undefined;
  /**
   * Milliseconds that requests have to end when the server is closed.
   * @defaultValue 10 000
   */
  readonly drainTimeout?: number | undefined;
}

/** Options of the routes, all of them set. */
export type Limits = Required<
  Pick<
    { [Name in keyof ModelRoutesOptions]-?: Exclude<ModelRoutesOptions[Name], undefined> },
    'maxBody' | 'maxRows' | 'maxRequests' | 'maxMemory' | 'timeout' | 'batchWait' | 'reloadEvery'
  >
>;

const MIB = 2 ** 20;

/** Each limit: its default, its range, and its option on the command line with what that says of it. */
export const LIMITS = {
  maxBody: { value: 8 * MIB, min: 1, max: 2 ** 30, flag: '--max-body <bytes>', help: 'most bytes of a request' },
  maxRows: { value: 1024, min: 1, max: 2 ** 20, flag: '--max-rows <n>', help: 'most rows of a request' },
  maxRequests: { value: 1024, min: 1, max: 2 ** 20, flag: '--max-requests <n>', help: 'most requests at a time' },
  maxMemory: {
    value: 256 * MIB,
    min: 1,
    max: 2 ** 40,
    flag: '--max-memory <bytes>',
    help: 'most bytes of requests and answers at a time',
  },
  timeout: {
    value: 10_000,
    min: 1,
    max: 2 ** 31 - 1,
    flag: '--timeout <ms>',
    help: 'milliseconds that a request may wait for its computation',
  },
  batchWait: {
    value: 1,
    min: 0,
    max: 1000,
    flag: '--batch-wait <ms>',
    help: 'milliseconds to wait for requests of others, to compute them together',
  },
  reloadEvery: {
    value: 1000,
    min: 0,
    max: 2 ** 31 - 1,
    flag: '--reload-every <ms>',
    help: 'milliseconds between looks at the files of models, 0 for none',
  },
} as const satisfies Record<keyof Limits, { value: number; min: number; max: number; flag: string; help: string }>;

const ROUTES = ['backend', 'threads', 'token', 'onReload', ...(Object.keys(LIMITS) as (keyof Limits)[])] as const;
const SERVER = ['host', 'port', 'allowedHosts', 'allowedOrigins', 'maxConnections', 'drainTimeout'] as const;

/** The limits of options that were given. */
export function limitsOf(options: ModelRoutesOptions): Limits {
  const limits = Object.entries(LIMITS).map(([name, { value, min, max }]) => {
    const given = options[name as keyof Limits] ?? value;
    return [name, checkNumber(given, name, { integer: true, min, max })];
  });
  return Object.fromEntries(limits) as Limits;
}

/** Checks the options of the plugin; Fastify's own, such as `prefix`, are among them. */
export function checkRoutes<T extends ModelRoutesOptions>(options: T, known: readonly string[]): T {
  checkOptions(options, 'the options of modelRoutes', [...ROUTES, ...known] as (keyof T & string)[]);
  checkToken(options.token);
  return options;
}

/** The options of a server besides those of its routes, all of them set. */
export type CheckedServer = {
  readonly [Name in (typeof SERVER)[number]]-?: Exclude<ServeOptions[Name], undefined>;
};

/** Checks the options of a server. */
export function checkServer(options: ServeOptions): CheckedServer {
  checkOptions(options, 'the options of createServer', [...ROUTES, ...SERVER]);
  checkToken(options.token);
  limitsOf(options);
  const { host = '127.0.0.1', port = 8080, allowedHosts = [], allowedOrigins = [] } = options;
  const { maxConnections = 1024, drainTimeout = 10_000 } = options;
  if (typeof host !== 'string' || host === '') throw wrongType('an address, such as 127.0.0.1, for host', host);
  checkNumber(port, 'port', { integer: true, min: 0, max: 65_535 });
  checkNumber(maxConnections, 'maxConnections', { integer: true, min: 1, max: 2 ** 20 });
  checkNumber(drainTimeout, 'drainTimeout', { integer: true, min: 0, max: 2 ** 31 - 1 });
  for (const name of checkList(allowedHosts, 'allowedHosts')) {
    if (!/^[\w.-]+$/.test(name)) throw wrongType('names of hosts without ports for allowedHosts', name);
  }
  for (const origin of checkList(allowedOrigins, 'allowedOrigins')) {
    if (!URL.canParse(origin) || new URL(origin).origin !== origin) {
      throw wrongType('origins, such as https://example.org, for allowedOrigins', origin);
    }
  }
  return { host, port, allowedHosts, allowedOrigins, maxConnections, drainTimeout };
}

function checkList(list: readonly string[], name: string): readonly string[] {
  if (Array.isArray(list) && list.every((item) => typeof item === 'string')) return list;
  throw wrongType(`an array of strings for ${name}`, list);
}

/** The message does not have the token: it may come into a log. */
function checkToken(token: unknown): void {
  if (token === undefined || (typeof token === 'string' && /^[\x21-\x7e]{16,}$/.test(token))) return;
  throw withCode(
    new TypeError('Expected at least 16 characters (ASCII without spaces) for token but received something else'),
    'ERR_INVALID_TYPE',
  );
}

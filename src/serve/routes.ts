/** The addresses of a server, as a plugin of Fastify. */
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Products } from '../../binding.js';
import { type BackendChoice, backendInfo } from '../backend/choose.js';
import { mostProbable } from '../classifier/class-predictions.js';
import { failureOf } from '../validation/callback.js';
import type { Judged } from './batcher.js';
import { Budget, Held, readBody } from './body.js';
import { tokenCheck } from './guard.js';
import { Metrics } from './metrics.js';
import { checkModels, type LoadedModel, ServedModel } from './models.js';
import { openApi } from './openapi.js';
import { checkRoutes, limitsOf, type ModelRoutesOptions, type ServedModels } from './options.js';
import { PAGE, PAGE_POLICY } from './page.js';
import { loadPeers } from './peers.js';
import { RecentConnections } from './recent.js';
import { answerOf, Refusal } from './refusal.js';
import { type Query, readAsked } from './rows.js';

/** Options that Fastify itself takes with a plugin. */
const OF_FASTIFY = ['models', 'prefix', 'logLevel', 'logSerializers'];

/** What belongs to a request for predictions. */
interface Work {
  readonly held: Held;
  readonly begun: number;
  model: string;
}

const JSON_TYPE = 'application/json; charset=utf-8';

/**
 * A plugin of Fastify 5 with the addresses of {@link createServer}, for a server of one's own. Whom it answers (hosts,
 * origins, connections) is then up to that server.
 *
 * @param app - Fastify's instance
 * @param options - `models` and the limits
 * @throws (as a rejection) as `createServer`
 * @example
 * await app.register(modelRoutes, { models: { fruit: 'fruit.safetensors' }, prefix: '/classify' });
 */
export async function modelRoutes(
  app: unknown,
  options: ModelRoutesOptions & { readonly models: ServedModels },
): Promise<void> {
  const routes = await Routes.make(options);
  routes.register(app as FastifyInstance);
}

/** What the addresses have in common. */
export class Routes {
  readonly #limits;
  readonly #budget: Budget;
  readonly #models = new Map<string, ServedModel>();
  readonly #metrics: Metrics;
  readonly #checkToken;
  readonly #works = new WeakMap<IncomingMessage, Work>();
  readonly #onReload: ModelRoutesOptions['onReload'];
  readonly #recent = new RecentConnections();
  /** Requests in work. */
  #working = 0;
  #draining = false;
  #onIdle = () => {};
  #timer: NodeJS.Timeout | undefined;

  private constructor(
    options: ModelRoutesOptions,
    metrics: (levels: ConstructorParameters<typeof Metrics>[1]) => Metrics,
  ) {
    this.#limits = limitsOf(options);
    this.#budget = new Budget(this.#limits.maxMemory);
    this.#checkToken = tokenCheck(options.token);
    this.#onReload = options.onReload;
    this.#metrics = metrics({ requests: () => this.#working, bytes: () => this.#budget.held });
  }

  static async make(options: ModelRoutesOptions & { readonly models: ServedModels }): Promise<Routes> {
    const { models, backend, threads } = checkRoutes(options, OF_FASTIFY);
    const sources = checkModels(models);
    const { prometheus } = await loadPeers();
    const routes = new Routes(options, (levels) => new Metrics(prometheus, levels));
    const compute = { products: productsFor(backend), ...(backend && { backend }), ...(threads && { threads }) };
    const { batchWait, timeout } = routes.#limits;
    const expected = () => routes.#recent.count;
    const onBatch = (model: string, rows: number) => routes.#metrics.batch(model, rows);
    for (const [name, source] of sources) {
      const batching = { batchWait, timeout, expected, onBatch };
      routes.#models.set(name, await ServedModel.load(name, source, compute, batching));
    }
    return routes;
  }

  register(app: FastifyInstance): void {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', (request, _payload, done) => {
      this.#read(request).then((body) => done(null, body), done);
    });
    app.setErrorHandler((error, request, reply) => this.#refuse(error, request, reply));
    const guarded = {
      onRequest: (request: FastifyRequest, _: unknown, done: (error?: Error) => void) => this.#admit(request, done),
    };
    app.post<{ Params: { call: string }; Querystring: Query }>(
      '/v1/models/:call',
      { onRequest: (request, reply, done) => this.#begin(request, reply, done) },
      (request, reply) => this.#predict(request, reply),
    );
    app.get('/v1/models', guarded, () => ({ models: [...this.#models.values()].map(described) }));
    app.get('/metrics', guarded, async (_, reply) => reply.type(this.#metrics.type).send(await this.#metrics.text()));
    app.get('/healthz', () => ({ status: 'ok' }));
    app.get('/readyz', () => {
      if (this.#draining) throw draining();
      return { status: 'ready' };
    });
    app.get('/openapi.json', () => openApi(app.prefix));
    app.get('/', (_, reply) =>
      reply
        .headers({ 'content-security-policy': PAGE_POLICY, 'x-content-type-options': 'nosniff' })
        .type('text/html; charset=utf-8')
        .send(PAGE),
    );
    this.#follow(app);
  }

  /** Refuses further requests, and waits until those that were taken have been answered. */
  async drain(): Promise<void> {
    this.#draining = true;
    if (this.#working > 0) {
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve;
      });
    }
  }

  #follow(app: FastifyInstance): void {
    const { reloadEvery } = this.#limits;
    const look = async () => {
      for (const model of this.#models.values()) {
        const reload = await model.look();
        if (!reload) continue;
        this.#metrics.reloaded(model.name, reload.ok);
        // Not waited for: files are looked at again, whatever becomes of it.
        void failureOf(() => this.#onReload?.(reload.line)).then((failure) => failure && app.log.error(failure.error));
      }
      if (!this.#draining) this.#timer = setTimeout(look, reloadEvery).unref();
    };
    if (reloadEvery > 0) this.#timer = setTimeout(look, reloadEvery).unref();
    app.addHook('preClose', (done) => {
      this.#draining = true;
      clearTimeout(this.#timer);
      done();
    });
    app.addHook('onSend', (_, reply, payload, done) => {
      // Clients are to connect elsewhere.
      if (this.#draining) reply.header('connection', 'close');
      done(null, payload);
    });
    app.addHook('onClose', (_, done) => {
      for (const model of this.#models.values()) model.close();
      done();
    });
  }

  #admit(request: FastifyRequest, done: (error?: Error) => void): void {
    try {
      this.#checkToken(request.headers.authorization);
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  /** Takes a request, or refuses it before its body is read. */
  #begin(request: FastifyRequest<{ Params: { call: string } }>, { raw }: FastifyReply, done: (error?: Error) => void) {
    const work: Work = { held: new Held(this.#budget), begun: performance.now(), model: '' };
    this.#works.set(request.raw, work);
    this.#working++;
    raw.once('close', () => {
      if (--this.#working === 0) this.#onIdle();
      work.held.end();
      this.#metrics.answered(work.model, raw.statusCode, (performance.now() - work.begun) / 1000);
    });
    try {
      if (this.#draining) throw draining();
      this.#checkToken(request.headers.authorization);
      work.model = this.#modelOf(request.params.call).name;
      if (this.#working > this.#limits.maxRequests) {
        throw new Refusal(429, 'ERR_TOO_MANY_REQUESTS', 'The server has as many requests in work as it may', true);
      }
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  #modelOf(call: string): ServedModel {
    const model = call.endsWith(':predict') ? this.#models.get(call.slice(0, -':predict'.length)) : undefined;
    if (model) return model;
    throw new Refusal(404, 'ERR_NOT_FOUND', 'Expected POST /v1/models/NAME:predict with a NAME of GET /v1/models');
  }

  async #read(request: FastifyRequest): Promise<Buffer> {
    const work = this.#works.get(request.raw);
    // Other addresses take no bodies.
    if (!work) return Buffer.alloc(0);
    const announced = Number(request.headers['content-length'] ?? 0);
    const body = await readBody(request.raw, announced, this.#limits.maxBody, work.held);
    this.#recent.add(request.raw.socket);
    return body;
  }

  async #predict(request: FastifyRequest<{ Params: { call: string }; Querystring: Query }>, reply: FastifyReply) {
    const { held } = this.#works.get(request.raw) as Work;
    const model = this.#modelOf(request.params.call);
    const { current } = model;
    current.use();
    try {
      const body = (request.body as Buffer | undefined) ?? Buffer.alloc(0);
      const type = request.headers['content-type'];
      const { X, top } = await readAsked(current, body, type, request.query, this.#limits.maxRows);
      const judged = await current.batcher.predict(X);
      const text = answer(model.name, current, judged, top);
      held.take(text.length);
      reply.header('content-type', JSON_TYPE);
      return text;
    } finally {
      current.release();
    }
  }

  #refuse(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const { status, code, message, again } = answerOf(error);
    if (status >= 500 && status !== 503) request.log.error(error);
    if (again) reply.header('retry-after', '1');
    if (status === 401) reply.header('www-authenticate', 'Bearer');
    // What was not read to its end would have to be.
    if (status === 413) reply.header('connection', 'close');
    reply
      .code(status)
      .header('content-type', JSON_TYPE)
      .send(JSON.stringify({ error: { code, message } }));
  }
}

/** Products with which the results of a row are the same, bit for bit, whatever rows it is computed with. */
function productsFor(backend: BackendChoice | undefined): Products {
  const { simdTarget, products } = backendInfo(backend);
  return products === 'auto' && simdTarget !== 'none' ? 'simd' : products;
}

function draining(): Refusal {
  return new Refusal(503, 'ERR_DRAINING', 'The server is ending', true);
}

/** The answer, as `predict --output jsonl` writes classes. */
function answer(name: string, { labels }: LoadedModel, { probabilities, classes }: Judged, top: number): string {
  const C = labels.length;
  const one = (row: number, c: number) => `"class":${labels[c]},"probability":${probabilities[row * C + c]}`;
  const predictions = Array.from(classes, (c, row) => {
    if (top === 1) return `{${one(row, c)}}`;
    const best = mostProbable(probabilities, row * C, C, c).slice(0, top);
    return `{${one(row, c)},"top":[${best.map((index) => `{${one(row, index)}}`).join(',')}]}`;
  });
  return `{"model":"${name}","predictions":[${predictions.join(',')}]}`;
}

/** What `GET /v1/models` tells of a model. */
function described({ name, current: { classifier, inputSize, imageShape, labels, loaded } }: ServedModel) {
  const classes = labels.map((label) => JSON.parse(label) as unknown);
  return { name, inputSize, classes, columns: classifier.columns, imageShape, loaded };
}

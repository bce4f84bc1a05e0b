import { once } from 'node:events';
import { renameSync, writeFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { type FastifyBaseLogger, fastify } from 'fastify';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { ClassPredictions } from '../../src/classifier/class-predictions.js';
import { Classifier } from '../../src/classifier/classifier.js';
import { TwoLayerNet } from '../../src/net/two-layer-net.js';
import { createServer, modelRoutes } from '../../src/serve/index.js';
import { png } from '../support/pictures.js';
import { sharedFolder } from '../support/temporary-folder.js';
import { answerTo, ask, begin, FLOWERS, flowers, JSON_BODY, pictures, type Serving, serve } from './support.js';

const TOKEN = '0123456789abcdef-token';
const folder = sharedFolder();

const nothing = () => {};
/** A logger that keeps errors, and nothing else. */
const loggerTo = (errors: unknown[]): FastifyBaseLogger => {
  const logger = { level: 'error', error: (error: unknown) => errors.push(error), child: () => logger };
  const others = { fatal: nothing, warn: nothing, info: nothing, debug: nothing, trace: nothing, silent: nothing };
  return Object.assign(logger, others) as unknown as FastifyBaseLogger;
};

let classifier: Classifier;
let images: Classifier;
let open: Serving;
let closed: Serving;
const at = (model: string, query = '') => `${open.url}v1/models/${model}:predict${query}`;

beforeAll(async () => {
  const fitted = await flowers();
  classifier = Classifier.fromModel(fitted.toModel(), { products: 'simd' });
  images = Classifier.fromModel(pictures(), { products: 'simd' });
  open = await serve({ flowers: classifier, images }, { maxRows: 100, maxBody: 60_000 });
  const limits = { maxRequests: 2, maxMemory: 5000, allowedHosts: ['models.example'] };
  closed = await serve({ flowers: classifier }, { token: TOKEN, allowedOrigins: ['https://app.example'], ...limits });
});
afterAll(() => Promise.all([open.server.close(), closed.server.close()]));

describe('predictions', () => {
  const rows = FLOWERS.slice(0, 5);
  const csv = `color,other,petals\n${rows.map(({ petals, color }) => `${color},1,${petals}`).join('\n')}\n`;

  test.each([
    ['objects by column name', JSON_BODY, JSON.stringify({ rows, top: 2 })],
    ['arrays in the order of the columns', JSON_BODY, JSON.stringify({ rows: rows.map(Object.values), top: 2 })],
    ['CSV with other columns and another order', { 'content-type': 'text/csv; charset=utf-8' }, csv],
  ])('%s have the names and probabilities of the classifier', async (_, headers, body) => {
    const { status, body: text } = await ask(at('flowers', '?top=2'), headers, body);
    expect(status).toBe(200);
    const expected = rows.map((row) => {
      const top = classifier.prepare().top(row, 2);
      const told = top.map(({ label, probability }) => ({ class: label, probability }));
      return { ...told[0], top: told };
    });
    expect(JSON.parse(text)).toEqual({ model: 'flowers', predictions: expected });
  });

  test('raw numbers, JSON and a picture of the same pixels have the same prediction', async () => {
    const pixels = [250, 3, 90, 17, 200, 44];
    const [probability] = images.prepare().top(pixels);
    const bodies: [string, string, string | Uint8Array][] = [
      ['', 'application/json', JSON.stringify({ rows: [pixels] })],
      ['?type=uint8', 'application/octet-stream', Uint8Array.from(pixels)],
      ['', 'application/octet-stream', new Uint8Array(Float32Array.from(pixels).buffer)],
      ['?type=float64', 'application/octet-stream', new Uint8Array(Float64Array.from(pixels).buffer)],
      ['', 'image/png', await png(2, 1, pixels)],
    ];
    for (const [query, type, body] of bodies) {
      const { body: text } = await ask(at('images', query), { 'content-type': type }, body);
      const [prediction] = JSON.parse(text).predictions ?? [text];
      expect(prediction, type).toEqual({ class: probability.name, probability: probability.probability });
    }
  });

  test('requests that arrive together are computed together, to the same bits; a bad one fails alone', async () => {
    const before = Number(/batch_rows_count\{model="images"\} (\d+)/.exec((await ask(`${open.url}metrics`)).body)?.[1]);
    // Row 20 has sums that are not finite.
    const all = Array.from({ length: 40 }, (_, i) => (i === 20 ? Array(6).fill(3e38) : [i / 99, 2 * i, i, -i, 7, 1]));
    const answers = await Promise.all(
      all.map((row) =>
        ask(at('images'), JSON_BODY, JSON.stringify({ rows: [row] })).then(({ body }) => JSON.parse(body)),
      ),
    );
    const predictor = images.prepare();
    answers.forEach(({ predictions, error }, i) => {
      if (i === 20) {
        expect(error.code).toBe('ERR_NOT_FINITE');
        return;
      }
      const [{ name, probability }] = predictor.top(all[i]);
      expect(predictions).toEqual([{ class: name, probability }]);
    });
    const after = Number(/batch_rows_count\{model="images"\} (\d+)/.exec((await ask(`${open.url}metrics`)).body)?.[1]);
    expect(after - before).toBeGreaterThan(0);
    expect(after - before).toBeLessThan(40);
  });
});

describe('what does not fit is refused, with a code', () => {
  const csvType = { 'content-type': 'text/csv' };
  const raw = { 'content-type': 'application/octet-stream' };
  test.each([
    ['flowers', JSON_BODY, '{"rows":', 400, 'ERR_INVALID_BODY'],
    ['flowers', JSON_BODY, '[1]', 400, 'ERR_INVALID_BODY'],
    ['flowers', JSON_BODY, '{"rows":[]}', 400, 'ERR_INVALID_TYPE'],
    ['flowers', JSON_BODY, '{"rows":[{"petals":1}]}', 400, 'ERR_COLUMN'],
    ['flowers', JSON_BODY, '{"rows":[{"petals":1,"color":"blue"}]}', 400, 'ERR_CATEGORY'],
    ['flowers', JSON_BODY, '{"rows":[{"__proto__":{"petals":1,"color":"red"}}]}', 400, 'ERR_COLUMN'],
    ['flowers', JSON_BODY, '{"rows":[[1,"red"]],"top":0}', 400, 'ERR_OUT_OF_RANGE'],
    ['flowers', csvType, 'a,b\n1,2\n', 400, 'ERR_COLUMN'],
    ['flowers', csvType, '', 400, 'ERR_DATA_FILE'],
    ['flowers', raw, 'abcd', 400, 'ERR_INVALID_TYPE'],
    ['flowers', { 'content-type': 'image/png' }, 'abcd', 415, 'ERR_MEDIA_TYPE'],
    ['flowers', { 'content-type': 'text/html' }, 'abcd', 415, 'ERR_MEDIA_TYPE'],
    ['flowers', {}, 'abcd', 415, 'ERR_MEDIA_TYPE'],
    ['images', JSON_BODY, '{"rows":[[1,2,3]]}', 400, 'ERR_SHAPE'],
    ['images', JSON_BODY, '{"rows":[[1,2,3,4,5,1e999]]}', 400, 'ERR_NOT_FINITE'],
    ['images', JSON_BODY, '{"rows":[[1,2,3,4,5,null]]}', 400, 'ERR_INVALID_TYPE'],
    ['images', JSON_BODY, '{"rows":[{"a":1}]}', 400, 'ERR_INVALID_TYPE'],
    ['images', raw, 'abc', 400, 'ERR_SHAPE'],
    ['images', { 'content-type': 'image/png' }, 'abcd', 400, 'ERR_DATA_FILE'],
    ['images', JSON_BODY, JSON.stringify({ rows: Array(101).fill([1, 2, 3, 4, 5, 6]) }), 413, 'ERR_TOO_LARGE'],
    ['images', JSON_BODY, 'x'.repeat(60_001), 413, 'ERR_TOO_LARGE'],
    ['images', { ...JSON_BODY, 'transfer-encoding': 'chunked' }, 'x'.repeat(60_001), 413, 'ERR_TOO_LARGE'],
    ['nobody', JSON_BODY, '{}', 404, 'ERR_NOT_FOUND'],
  ])('%s, case %#', async (model, headers, body, status, code) => {
    const answer = await ask(at(model), headers, body);
    expect({ status: answer.status, code: JSON.parse(answer.body).error?.code }).toEqual({ status, code });
  });
});

test('a picture of very many pixels in few bytes is refused before it is decoded', async () => {
  const large = Buffer.concat([await png(1, 1, [1, 2, 3]), Buffer.alloc(5000)]);
  // Its header says so: width, height and the checksum.
  large.writeUInt32BE(8192, 16);
  large.writeUInt32BE(4096, 20);
  large.writeUInt32BE(crc32(large.subarray(12, 29)), 29);
  const { status, body } = await ask(at('images'), { 'content-type': 'image/png' }, large);
  expect([status, body]).toEqual([400, expect.stringMatching(/ERR_DATA_FILE.*at most \d+ pixels/)]);
});

describe('who may ask', () => {
  const health = () => `${closed.url}healthz`;
  test.each([
    [{ host: 'evil.example' }, 403],
    [{ host: 'models.example:8080' }, 200],
    [{ host: '[::1]:80' }, 200],
    [{ host: 'user@localhost' }, 403],
    [{ origin: 'https://evil.example' }, 403],
    [{ origin: 'null' }, 403],
    [{ origin: 'https://app.example' }, 200],
  ])('%j: %i', async (headers, status) => expect((await ask(health(), headers)).status).toBe(status));

  test('a page of an allowed origin may ask first (CORS); others are told nothing', async () => {
    const url = `${closed.url}v1/models/flowers:predict`;
    const preflight = async (origin: string) => {
      const asked = begin(url, { origin, 'access-control-request-method': 'POST' }, 'OPTIONS');
      const answered = answerTo(asked);
      asked.end();
      const { status, headers } = await answered;
      return [status, headers['access-control-allow-origin']];
    };
    expect(await preflight('https://app.example')).toEqual([204, 'https://app.example']);
    expect(await preflight('https://evil.example')).toEqual([403, undefined]);
  });

  test('without the token: 401 for predictions, models and metrics; no answer has it', async () => {
    for (const [path, body] of [['v1/models'], ['metrics'], ['v1/models/flowers:predict', '{}']]) {
      for (const authorization of [undefined, 'Bearer wrong', TOKEN, `Bearer ${TOKEN}x`]) {
        const answer = await ask(closed.url + path, authorization ? { authorization } : {}, body);
        expect(answer.status).toBe(401);
        expect(answer.headers['www-authenticate']).toBe('Bearer');
        expect(answer.body).not.toContain(TOKEN);
      }
    }
    expect((await ask(`${closed.url}v1/models`, { authorization: `bearer ${TOKEN}` })).status).toBe(200);
    await expect(createServer({ flowers: classifier }, { token: 'short secret' })).rejects.toThrow(
      /^(?!.*secret).*16 characters/,
    );
  });
});

describe('limits', () => {
  const headers = { ...JSON_BODY, authorization: `Bearer ${TOKEN}` };
  const url = () => `${closed.url}v1/models/flowers:predict`;
  const body = JSON.stringify({ rows: FLOWERS.slice(0, 1) });

  test('requests and bytes beyond what may be held: 429 with Retry-After, and then as before', async () => {
    const slow = [0, 1].map(() => begin(url(), { ...headers, 'content-length': String(body.length) }));
    const answers = slow.map(answerTo);
    for (const asked of slow) asked.write(body.slice(0, 5));
    const metrics = async () => (await ask(`${closed.url}metrics`, headers)).body;
    await expect.poll(metrics).toMatch(/requests_in_work 2\n[\s\S]*held_bytes 10\n/);
    const refused = await ask(url(), headers, body);
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '1']);
    for (const asked of slow) asked.end(body.slice(5));
    for (const { status } of await Promise.all(answers)) expect(status).toBe(200);
    const tooMuch = await ask(url(), headers, 'x'.repeat(5001));
    expect([tooMuch.status, JSON.parse(tooMuch.body).error.code]).toEqual([429, 'ERR_TOO_MANY_REQUESTS']);
    expect((await ask(url(), headers, body)).status).toBe(200);
    await expect.poll(metrics).toMatch(/held_bytes 0\n/);
  });
});

test('a request that waits too long for its computation: 503 with Retry-After; those after it as before', async () => {
  const large = Classifier.fromModel(new TwoLayerNet({ inputSize: 6, hiddenSize: 20_000, numClasses: 3 }));
  const { server, url } = await serve({ large }, { timeout: 200 });
  const bytes = { 'content-type': 'application/octet-stream' };
  const predict = (rows: number) => ask(`${url}v1/models/large:predict?type=uint8`, bytes, new Uint8Array(6 * rows));
  // So many rows are computed beside JavaScript's thread, here when the test says.
  const { judge } = ClassPredictions.prototype;
  let release = nothing;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const held = vi.spyOn(ClassPredictions.prototype, 'judge').mockImplementation(async function (this: never, rows) {
    await released;
    return judge.call(this, rows);
  });
  try {
    const first = predict(200);
    await expect.poll(() => held).toHaveBeenCalledOnce();
    const second = predict(1);
    await expect.poll(async () => (await ask(`${url}metrics`)).body).toMatch(/requests_in_work 2\n/);
    await new Promise((resolve) => setTimeout(resolve, 220));
    release();
    const late = await second;
    expect([late.status, late.headers['retry-after']]).toEqual([503, '1']);
    expect(JSON.parse(late.body).error.code).toBe('ERR_TIMEOUT');
    expect((await first).status).toBe(200);
    expect((await predict(1)).status).toBe(200);
  } finally {
    release();
    held.mockRestore();
    await server.close();
  }
});

/** In one step: a server that looks while a file is written would read it twice, and say so twice. */
function replace(file: string, text: string): void {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}

test('a changed file is read again; a bad one is not used, and a good one after it is', async () => {
  const file = `${folder}/flowers.safetensors`;
  await classifier.save(file);
  const lines: string[] = [];
  const { server, url } = await serve({ flowers: file }, { reloadEvery: 10, onReload: (line) => lines.push(line) });
  const now = async () => (await ask(`${url}v1/models/flowers:predict`, JSON_BODY, '{"rows":[[3.5,"red"]]}')).body;
  try {
    const first = await now();
    replace(file, 'no model');
    const refused = /^flowers: the new file is not used: Cannot read the model/;
    await expect.poll(() => lines).toEqual([expect.stringMatching(refused)]);
    expect(await now()).toBe(first);
    await (await flowers(1)).save(file);
    await expect.poll(() => lines.at(-1)).toBe(`flowers: read again from ${file}`);
    expect(await now()).not.toBe(first);
  } finally {
    await server.close();
  }
});

test('files are read again whatever becomes of onReload, and what it throws is logged', async () => {
  const file = `${folder}/reload.safetensors`;
  await classifier.save(file);
  const failures = [() => Promise.reject(new Error('from onReload')), () => new Promise(() => {})];
  const lines: string[] = [];
  const onReload = (line: string) => {
    lines.push(line);
    const failure = failures.shift();
    if (failure) return failure();
    throw new Error('from onReload');
  };
  const logged: unknown[] = [];
  const app = fastify({ loggerInstance: loggerTo(logged) });
  await app.register(modelRoutes, { models: { flowers: file }, reloadEvery: 10, onReload });
  await app.ready();
  for (let changes = 1; changes <= 4; changes++) {
    replace(file, 'no model'.repeat(changes));
    await expect.poll(() => lines).toHaveLength(changes);
  }
  await app.close();
  expect(lines.join()).not.toContain('from onReload');
  expect(logged).toEqual([0, 1, 2].map(() => expect.objectContaining({ message: 'from onReload' })));
});

test('closing answers what was taken, and refuses what comes meanwhile', async () => {
  const { server, url } = await serve({ flowers: classifier });
  const [body, path] = ['{"rows":[[3.5,"red"]]}', `${url}v1/models/flowers:predict`];
  const asked = begin(path, { ...JSON_BODY, 'content-length': String(body.length), expect: '100-continue' });
  const answered = answerTo(asked);
  asked.flushHeaders();
  await once(asked, 'continue');
  const closing = server.close();
  const late = await ask(path, JSON_BODY, body);
  expect([late.status, late.headers['retry-after'], late.headers.connection]).toEqual([503, '1', 'close']);
  expect([(await ask(`${url}readyz`)).status, (await ask(`${url}healthz`)).status]).toEqual([503, 200]);
  asked.end(body);
  expect(await answered).toMatchObject({ status: 200, headers: { connection: 'close' } });
  await closing;
  await expect(ask(`${url}healthz`)).rejects.toThrow(/ECONNREFUSED/);
});

test('the OpenAPI document has every address, and the statuses that they answer with', async () => {
  const document = JSON.parse((await ask(`${open.url}openapi.json`)).body);
  const app = fastify();
  const routes: string[] = [];
  app.addHook('onRoute', ({ url, method }) => void (method === 'HEAD' || routes.push(url)));
  await app.register(modelRoutes, { models: { flowers: classifier } });
  await app.close();
  const paths = Object.keys(document.paths);
  expect(paths.map((path) => path.replace('{name}:predict', ':call')).sort()).toEqual(routes.sort());
  for (const path of paths.filter((one) => !one.includes('{'))) {
    const { status, headers } = await ask(open.url + path.slice(1));
    const { content } = document.paths[path].get.responses[status];
    expect(headers['content-type']).toContain(Object.keys(content)[0]);
  }
  const text = JSON.stringify(document);
  for (const [, name] of text.matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
    expect(document.components.schemas).toHaveProperty(name);
  }
});

test("the plugin serves below a prefix of a server of one's own", async () => {
  const app = fastify();
  await app.register(modelRoutes, { models: { flowers: classifier }, prefix: '/ml' });
  const payload = { rows: FLOWERS.slice(0, 2) };
  const { statusCode, body } = await app.inject({ method: 'POST', url: '/ml/v1/models/flowers:predict', payload });
  expect([statusCode, JSON.parse(body).predictions.length]).toEqual([200, 2]);
  await app.close();
});

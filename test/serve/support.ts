/** Servers for the tests, and requests to them. */
import { type ClientRequest, type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { Classifier } from '../../src/classifier/classifier.js';
import { datasetFromRecords } from '../../src/data/dataset-from-records.js';
import { TwoLayerNet } from '../../src/net/two-layer-net.js';
import { RandomState } from '../../src/random/random-state.js';
import { createServer, type ModelServer, type ServedModels, type ServeOptions } from '../../src/serve/index.js';

/** Rows of a table with a number and a word. */
export const FLOWERS = Array.from({ length: 60 }, (_, i) => ({
  petals: (i % 3) * 2 + (i % 7) / 7,
  color: i % 2 ? 'red' : 'white',
}));

/** A classifier of {@link FLOWERS}, the same for the same seed. */
export async function flowers(seed = 0): Promise<Classifier> {
  const train = FLOWERS.map((row, i) => ({ ...row, kind: `kind ${i % 3}` }));
  return Classifier.fit(await datasetFromRecords(train, { label: 'kind' }), { seed, epochs: 20 });
}

/** A net for rows of 6 numbers, which are pictures of 2 × 1 pixels. */
export function pictures(): TwoLayerNet {
  const imageShape = { width: 2, height: 1, channels: 3 };
  const sizes = { inputSize: 6, hiddenSize: 64, numClasses: 3, std: 0.01, classNames: ['a', 'b', 'c'] };
  const net = new TwoLayerNet({ ...sizes, imageShape, products: 'simd', random: new RandomState(3) });
  // Numbers that float32 has can then overflow.
  net.params.W1[0] = 40;
  return net;
}

/** A server at a free port, with the address that it has. */
export interface Serving {
  readonly server: ModelServer;
  readonly url: string;
}

export async function serve(models: ServedModels, options: ServeOptions = {}): Promise<Serving> {
  const server = await createServer(models, { port: 0, ...options });
  return { server, url: await server.listen() };
}

/** An answer. */
export interface Answered {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Begins a request with any headers. */
export function begin(url: string, headers: OutgoingHttpHeaders = {}, method = 'POST'): ClientRequest {
  return request(url, { method, headers, agent: false });
}

export async function answerTo(asked: ClientRequest): Promise<Answered> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    asked.on('response', resolve).on('error', reject);
  });
  return { status: response.statusCode ?? 0, headers: response.headers, body: await text(response) };
}

/** Sends a request with a body, or a GET without one. */
export function ask(url: string, headers: OutgoingHttpHeaders = {}, body?: string | Uint8Array): Promise<Answered> {
  const asked = begin(url, headers, body === undefined ? 'GET' : 'POST');
  const answered = answerTo(asked);
  asked.end(body);
  return answered;
}

export const JSON_BODY = { 'content-type': 'application/json' };

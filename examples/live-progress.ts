/**
 * A server that trains without falling silent: a training runs in the background, a page follows its loss and accuracy
 * live, and every other request is answered meanwhile, since `train` computes on threads of its own.
 *
 *   node examples/live-progress.ts [PORT]         Node 22.18 or newer
 *   npx tsx examples/live-progress.ts [PORT]      older
 *
 * Open the address that it prints. PORT is any free one unless given. Ctrl-C ends it.
 *
 *   POST /train     starts a training: 202, or 409 while one runs
 *   POST /stop      ends it after the current iteration: 202, or 409 when none runs
 *   GET /progress   server-sent events: `progress` with iteration, loss and accuracy, and `end` with how it ended
 *   GET /health     for whether the server still answers
 *   GET /           the page
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { RandomState, TrainingAbortedError, TwoLayerNet } from 'two-layer-net';

// Something to learn: on which arm of a spiral does a point lie? Every fourth point validates.
const ARMS = 3;
const TURN = (2 * Math.PI) / ARMS;
const { X, y, Xval, yval } = makeSpiral(4000);

function makeSpiral(points: number) {
  const random = new RandomState(0);
  const [X, y, Xval, yval] = [[], [], [], []] as [number[][], number[], number[][], number[]];
  for (let i = 0; i < points; i++) {
    const arm = random.randint(0, ARMS);
    const radius = random.uniform(0, 1);
    const angle = arm * TURN + 12 * radius + random.uniform(-0.3, 0.3) * TURN;
    const point = [2 * radius * Math.cos(angle), 2 * radius * Math.sin(angle)];
    (i % 4 === 0 ? Xval : X).push(point);
    (i % 4 === 0 ? yval : y).push(arm);
  }
  return { X, y, Xval, yval };
}

/** The training on its way, if any: how to end it, and when it has ended. */
let current: { controller: AbortController; done: Promise<void> } | undefined;

/** Those who listen to `GET /progress`. */
const listeners = new Set<ServerResponse>();

/** Sends an event to all listeners; `data` is a line of JSON, as the page expects. */
function broadcast(event: 'progress' | 'end', data: object): void {
  for (const listener of listeners) {
    // A listener that does not read misses reports; kept for it, they would fill the memory.
    if (event === 'progress' && listener.writableNeedDrain) continue;
    listener.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }
}

/** Trains a new net; never rejects, since nobody awaits it when the error comes. */
async function train(signal: AbortSignal): Promise<void> {
  try {
    // One thread: the server's own work keeps the other processors.
    const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 100, numClasses: ARMS, std: 0.5, threads: 1 });
    await net.train(X, y, Xval, yval, {
      numIters: 400_000,
      learningRate: 0.1,
      learningRateDecay: 1,
      signal,
      // Ten times a second; see progressInterval. The validation accuracy is taken once per epoch.
      onProgress: ({ iteration, numIters, loss, history }) =>
        broadcast('progress', { iteration, numIters, loss, accuracy: history.valAccHistory.at(-1) }),
    });
    broadcast('end', { how: 'done' });
  } catch (error) {
    const stopped = error instanceof TrainingAbortedError;
    if (!stopped) console.error(error);
    broadcast('end', { how: stopped ? 'stopped' : 'failed' });
  }
}

/** Starts a training without waiting for its end. */
function start(): number {
  if (current) return 409;
  const controller = new AbortController();
  const done = train(controller.signal).finally(() => {
    current = undefined;
  });
  current = { controller, done };
  return 202;
}

function stop(): number {
  if (!current) return 409;
  current.controller.abort();
  return 202;
}

/** Keeps the answer open; `broadcast` writes to it until the listener goes. */
function listen(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', connection: 'close' });
  response.flushHeaders();
  listeners.add(response);
  response.on('close', () => listeners.delete(response));
}

function answer(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': `${type}; charset=utf-8` }).end(body);
}

/**
 * Whether the request was meant for this server. A server on 127.0.0.1 is within reach of every page that the user's
 * browser opens: a strange host name may have been made to lead here (DNS rebinding) and shows in Host, and another
 * site's form may POST here and shows in Origin.
 */
function isOurs({ headers }: IncomingMessage): boolean {
  const { host, origin } = headers;
  return addresses.some((own) => own.host === host) && (!origin || addresses.some((own) => own.origin === origin));
}

const server = createServer((request, response) => {
  if (!isOurs(request)) return answer(response, 403, 'text/plain', 'This server is for its own pages\n');
  switch (`${request.method} ${request.url}`) {
    case 'GET /':
      return answer(response, 200, 'text/html', PAGE);
    case 'GET /health':
      return answer(response, 200, 'application/json', JSON.stringify({ training: current !== undefined }));
    case 'GET /progress':
      return listen(response);
    case 'POST /train':
      return answer(response, start(), 'text/plain', '');
    case 'POST /stop':
      return answer(response, stop(), 'text/plain', '');
    default:
      return answer(response, 404, 'text/plain', 'Not found\n');
  }
});

/** The server's own addresses, known when it listens. */
let addresses: URL[] = [];
server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Expected a port to listen on');
  addresses = ['127.0.0.1', 'localhost'].map((name) => new URL(`http://${name}:${address.port}`));
  console.log(`listening on ${addresses[0].href}`);
});

/** Ends the training, then the listeners, then the server: with nothing left to do, the process exits by itself. */
async function close(): Promise<void> {
  server.close();
  stop();
  await current?.done;
  for (const listener of listeners) listener.end();
  // Whoever still holds a connection has a second to let go of it.
  setTimeout(() => server.closeAllConnections(), 1000).unref();
}
process.once('SIGINT', close);
process.once('SIGTERM', close);

const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Live progress</title>
<h1>Live progress</h1>
<button onclick="post('train')">Train</button>
<button onclick="post('stop')">Stop</button>
<p><progress value="0"></progress></p>
<p role="status">No training yet</p>
<script>
  const bar = document.querySelector('progress');
  const line = document.querySelector('[role=status]');
  const post = (what) => fetch(what, { method: 'POST' });
  const events = new EventSource('progress');
  events.addEventListener('progress', ({ data }) => {
    const { iteration, numIters, loss, accuracy } = JSON.parse(data);
    bar.value = iteration / numIters;
    line.textContent = 'iteration ' + iteration + ': loss ' + loss.toFixed(4) + ', accuracy ' + accuracy.toFixed(3);
  });
  events.addEventListener('end', ({ data }) => {
    line.textContent += ' (' + JSON.parse(data).how + ')';
  });
</script>
`;

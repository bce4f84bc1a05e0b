/**
 * A server that trains in the background. A page shows the loss and accuracy live, and the server keeps answering other
 * requests, since `train` computes on its own threads.
 *
 *   node examples/live-progress.ts [PORT]         Node 22.18 or newer
 *   npx tsx examples/live-progress.ts [PORT]      older
 *
 * Open the address that it prints. By default PORT is any free port. Press Ctrl-C to stop.
 *
 *   POST /train     starts a training: 202, or 409 while one is running
 *   POST /stop      stops it after the current iteration: 202, or 409 if none is running
 *   GET /progress   server-sent events: `progress` with iteration, loss and accuracy, and `end` with how it ended
 *   GET /health     whether a training is running, as JSON
 *   GET /           the page
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { RandomState, TrainingAbortedError, TwoLayerNet } from 'two-layer-net';

// The task: which arm of a spiral does a point belong to? Every fourth point is for validation.
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

/** The running training, if any: how to stop it, and a promise that resolves when it has ended. */
let current: { controller: AbortController; done: Promise<void> } | undefined;

/** The open connections of `GET /progress`. */
const listeners = new Set<ServerResponse>();

/** Sends an event to all listeners, with its data as one line of JSON. */
function broadcast(event: 'progress' | 'end', data: object): void {
  for (const listener of listeners) {
    // Skip listeners that do not read: queued reports would fill the memory.
    if (event === 'progress' && listener.writableNeedDrain) continue;
    listener.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }
}

/** Trains a new net. Never rejects, since nothing awaits it while it runs. */
async function train(signal: AbortSignal): Promise<void> {
  try {
    // One thread leaves the other processors to the server.
    const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 100, numClasses: ARMS, std: 0.5, threads: 1 });
    await net.train(X, y, Xval, yval, {
      numIters: 400_000,
      learningRate: 0.1,
      learningRateDecay: 1,
      signal,
      // Called ten times a second; see progressInterval. The validation accuracy is measured once per epoch.
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

/** Starts a training without waiting for it to end. */
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

/** Keeps the response open. `broadcast` writes to it until the client disconnects. */
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
 * Whether the request was meant for this server. Every page in the user's browser can reach a server on 127.0.0.1: an
 * attacker's host name may resolve to this address (DNS rebinding), which the Host header reveals, and another site's
 * form may POST here, which the Origin header reveals.
 */
function isOurs({ headers }: IncomingMessage): boolean {
  const { host, origin } = headers;
  return addresses.some((own) => own.host === host) && (!origin || addresses.some((own) => own.origin === origin));
}

const server = createServer((request, response) => {
  if (!isOurs(request)) return answer(response, 403, 'text/plain', 'This server only answers its own page\n');
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

/** The server's own addresses, known once it is listening. */
let addresses: URL[] = [];
server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Expected a port to listen on');
  addresses = ['127.0.0.1', 'localhost'].map((name) => new URL(`http://${name}:${address.port}`));
  console.log(`listening on ${addresses[0].href}`);
});

/** Stops the training, then the listeners, then the server. With nothing left to do, the process exits. */
async function close(): Promise<void> {
  server.close();
  stop();
  await current?.done;
  for (const listener of listeners) listener.end();
  // Give open connections a second to close.
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

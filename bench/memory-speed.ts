/** The speed of memory: arrays that no cache holds, copied by several threads at once. */
import { Worker } from 'node:worker_threads';

/** Bytes of the array that each thread copies. */
const BYTES = 2 ** 27;
/** Milliseconds of copying, after one copy that gives the arrays their pages. */
const DURATION = 200;

const COPY = `
  const { parentPort } = require('node:worker_threads');
  const [from, to] = [new Uint8Array(${BYTES}).fill(1), new Uint8Array(${BYTES})];
  to.set(from);
  parentPort.postMessage('ready');
  parentPort.once('message', () => {
    const start = performance.now();
    let copies = 0;
    let now = start;
    for (; now < start + ${DURATION}; copies++, now = performance.now()) to.set(from);
    parentPort.postMessage((2 * ${BYTES} * copies * 1000) / (now - start));
  });`;

/** Returns the bytes per second that `threads` threads together read and write while they copy. */
export async function memorySpeed(threads: number): Promise<number> {
  const workers = Array.from({ length: threads }, () => new Worker(COPY, { eval: true }));
  try {
    await Promise.all(workers.map((worker) => answer(worker)));
    const speeds = workers.map((worker) => answer<number>(worker));
    for (const worker of workers) worker.postMessage('start');
    return (await Promise.all(speeds)).reduce((sum, speed) => sum + speed, 0);
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

function answer<Answer>(worker: Worker): Promise<Answer> {
  return new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
}

// A Worker that works until it is terminated: its arguments are the work and the backend.
import { parentPort } from 'node:worker_threads';
import { WORKS } from './work.mjs';

const [work, backend] = process.argv.slice(2);
let told = false;
await WORKS[work](backend, () => {
  if (!told) parentPort.postMessage('begun');
  told = true;
});

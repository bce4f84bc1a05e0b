// Trains in eight Workers at a time: node same-bits.mjs BACKEND ROUNDS. Prints the hashes of what they computed.
import { Worker } from 'node:worker_threads';

const [backend, rounds] = process.argv.slice(2);
const program = new URL('same-bits-worker.mjs', import.meta.url);

/** Each has another number of threads. */
function hashIn(worker) {
  const started = new Worker(program, { argv: [backend, String(1 + (worker % 4))] });
  return new Promise((resolve, reject) => started.once('message', resolve).once('error', reject));
}

const hashes = new Set();
for (let round = 0; round < Number(rounds); round++) {
  for (const hash of await Promise.all(Array.from({ length: 8 }, (_, worker) => hashIn(worker)))) hashes.add(hash);
}
console.log(JSON.stringify([...hashes]));

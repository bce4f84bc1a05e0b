// Terminates Workers in the middle of work: node terminate.mjs WORK BACKEND COUNT. Prints the exit codes and how many
// milliseconds the slowest took to end.
import { Worker } from 'node:worker_threads';

const [work, backend, count] = process.argv.slice(2);
const program = new URL('work-in-worker.mjs', import.meta.url);
const MOST = 50;
const TOGETHER = 4;

/** One Worker, terminated 0 … 50 ms after its work began. */
async function startAndTerminate() {
  const worker = new Worker(program, { argv: [work, backend] });
  await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
  await new Promise((resolve) => setTimeout(resolve, Math.random() * MOST));
  const start = performance.now();
  const code = await worker.terminate();
  return { code, ms: performance.now() - start };
}

const ended = [];
let left = Number(count);
async function oneAfterTheOther() {
  while (left-- > 0) ended.push(await startAndTerminate());
}
await Promise.all(Array.from({ length: TOGETHER }, oneAfterTheOther));
const codes = [...new Set(ended.map(({ code }) => code))];
console.log(JSON.stringify({ count: ended.length, codes, slowest: Math.max(...ended.map(({ ms }) => ms)) }));

// Does the same as train.mjs in two Workers and the main thread at once, and in a child process. All results must have
// the same bits.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { backendInfo, RandomState, TwoLayerNet } from 'two-layer-net';
import { outcome } from './outcome.mjs';

const here = () => outcome({ backendInfo, RandomState, TwoLayerNet });
if (isMainThread) {
  const inWorker = () =>
    new Promise((resolve, reject) => {
      new Worker(new URL(import.meta.url)).once('message', resolve).once('error', reject);
    });
  const all = await Promise.all([inWorker(), inWorker(), here()]);
  const child = fileURLToPath(new URL('./train.mjs', import.meta.url));
  all.push(JSON.parse(execFileSync(process.execPath, [...process.execArgv, child], { encoding: 'utf8' })));
  const weights = new Set(all.map((found) => found.weights));
  if (weights.size !== 1) throw new Error(`Expected the same bits everywhere but there are ${[...weights].join(', ')}`);
  process.stdout.write(`${JSON.stringify(all[0])}\n`);
} else {
  parentPort.postMessage(await here());
}

/**
 * Uses the package under a limit that its parent sets: says `ready`, waits for a line with the limits that it is to set
 * itself (a JSON array), and then says of each thing that it does how it ended: `done`, or the code of its error.
 *
 *   node limited.mjs FOLDER
 */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as t from '../../../dist/index.js';

const [folder] = process.argv.slice(2);
const csv = join(folder, 'table.csv');
writeFileSync(csv, `a,b,class\n${Array.from({ length: 5000 }, (_, i) => `${i % 7},${i % 5},c${i % 3}`).join('\n')}\n`);
const X = Float32Array.from(new t.RandomState(1).randn(400_000));
const y = Int32Array.from({ length: 4000 }, (_, i) => (X[100 * i] > 0 ? 1 : 0));
const part = { X: new t.Matrix(X, 100), y };
const data = { train: part, validation: part };
const options = { numIters: 20, batchSize: 1000 };
const make = () => new t.TwoLayerNet({ inputSize: 100, hiddenSize: 500, numClasses: 2 });
// Threads of the system that do files start at their first use.
await t.loadDataset(csv);
await make().predictAsync(X);

process.stdout.write('ready\n');
const [line] = await once(process.stdin, 'data');
const own = JSON.parse(line);
if (own.length > 0) spawnSync('prlimit', [`--pid=${process.pid}`, ...own]);

const steps = {
  loadDataset: () => t.loadDataset(csv),
  train: async () => void (await make().train(data, options)),
  trainSync: () => make().trainSync(data, options),
  predict: () => make().predict(X),
  predictAsync: () => make().predictAsync(X),
  saveModel: () => t.saveModel(join(folder, 'm.safetensors'), make()),
  loadModel: () => t.loadModel(join(folder, 'm.safetensors')),
  sweep: async () => void (await t.sweep(data, { space: { reg: [0.1, 0.2] }, numIters: 5 })),
};
for (const [step, run] of Object.entries(steps)) {
  let code = 'done';
  try {
    await run();
  } catch (error) {
    code = error.code ?? String(error);
  }
  process.stdout.write(`${step} ${code}\n`);
}
process.exit();

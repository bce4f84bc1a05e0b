// Times the package that is built in a folder, and speaks the dialogue of a peer (../peer.ts):
//
//   node checkout.mjs DIR '{"dtype", "backend", "rowType", "task"}'
//
// It uses only what every version of the package has. OMP_NUM_THREADS is the number of threads; the matrix products are
// chosen by the environment, whose variables older versions read too. How a task is timed, and the random rows, come
// from the checkout that this file belongs to.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { timer } from '../../dist/measure/net-work.js';
import { randomData } from '../../dist/measure/random-data.js';

const [, , folder, settings] = process.argv;
const { dtype, backend, rowType, task } = JSON.parse(settings);
const threads = Number(process.env.OMP_NUM_THREADS);
const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);

const { Matrix, TwoLayerNet } = await import(pathToFileURL(resolve(folder, 'dist', 'index.js')).href);

function prepare(shape) {
  const { D: inputSize, H: hiddenSize, C: numClasses } = shape;
  const { X, y } = randomData(shape.rows, inputSize, numClasses, rowType);
  const net = new TwoLayerNet({ inputSize, hiddenSize, numClasses, dtype, backend, threads });
  return timer(task, net, { X: new Matrix(X.data, inputSize, X.mean ? { mean: X.mean } : {}), y }, shape);
}

const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
say({ name: folder, version, threads, dtype });
let run;
for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  try {
    if (request.prepare) {
      run = undefined; // frees the data of the previous shape
      run = prepare(request.prepare);
      say({ ready: true });
    } else {
      say({ seconds: run(request.run) });
    }
  } catch (error) {
    say({ failed: error.message });
  }
}

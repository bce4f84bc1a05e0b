// Trains with the package that is built in a folder, and speaks the dialogue of a peer (../peer.ts):
//
//   node checkout.mjs DIR DTYPE BACKEND
//
// It uses only what every version of the package has. OMP_NUM_THREADS is the number of threads; the matrix products are
// chosen by the environment, whose variables older versions read too.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const [, , folder, dtype, backend] = process.argv;
const threads = Number(process.env.OMP_NUM_THREADS);
const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);

const { Matrix, RandomState, TwoLayerNet } = await import(pathToFileURL(resolve(folder, 'dist', 'index.js')).href);

/** Keeps the numbers finite for millions of steps. Stronger regularization would make the weights vanish. */
const TRAINING = { learningRate: 1e-4, learningRateDecay: 1, reg: 1e-5 };

/** Random bytes with random labels; the same in every process. */
function randomData(rows, D, C) {
  const bytes = new Uint8Array(rows * D);
  let state = 1;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 16;
  };
  for (let i = 0; i < bytes.length; i++) bytes[i] = next();
  const y = Int32Array.from({ length: rows }, () => next() % C);
  return { X: new Matrix(bytes, D, { mean: new Float64Array(D).fill(127.5) }), y };
}

/** Returns a function that trains for some steps and returns the seconds of the training loop. */
function trainer({ D, H, C, N, rows }) {
  const { X, y } = randomData(rows, D, C);
  const sizes = { inputSize: D, hiddenSize: H, numClasses: C };
  const net = new TwoLayerNet({ ...sizes, dtype, backend, threads, random: new RandomState(0) });
  return (numIters) => net.trainSync(X, y, null, null, { ...TRAINING, numIters, batchSize: N }).seconds;
}

const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
say({ name: folder, version, threads, dtype });
let train;
for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  try {
    if (request.prepare) {
      train = trainer(request.prepare);
      train(3);
      say({ ready: true });
    } else {
      // Every call has costs besides its steps: packing the weights, the accuracy after the first step, the result. The
      // difference of two calls is the time of steps alone. The clock could make a tiny one negative.
      say({ seconds: Math.max(0, train(request.run + 1) - train(1)) });
    }
  } catch (error) {
    say({ failed: error.message });
  }
}

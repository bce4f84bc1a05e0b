// Shared by the TensorFlow.js peers: the step, and the dialogue of one JSON line at a time (bench/peer.ts).
// A step indexes tensors, computes gradients and applies plain SGD. Nothing is read back until the end of a run.
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';

export const THREADS = Number(process.env.OMP_NUM_THREADS);
const [LEARNING_RATE, STD] = [1e-4, 1e-4];
const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);

/** Introduces the peer, then answers until standard input ends. `load` returns the library, name and threads. */
export async function serve(load) {
  try {
    await answer(await load());
  } catch (error) {
    say({ unavailable: error.message.split('\n')[0] });
  }
}

/** TensorFlow.js with its JavaScript backend, which has one thread. */
export async function loadJavaScript() {
  const tf = await import('@tensorflow/tfjs');
  if (!(await tf.setBackend('cpu'))) throw new Error("TensorFlow.js has no 'cpu' backend here");
  return { tf, name: 'TensorFlow.js, JavaScript', threads: 1 };
}

/** TensorFlow.js with its WebAssembly backend. */
export async function loadWebAssembly() {
  const tf = await import('@tensorflow/tfjs');
  const wasm = await import('@tensorflow/tfjs-backend-wasm');
  const file = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  wasm.setWasmPaths(`${dirname(file)}/`);
  wasm.setThreadsCount(THREADS);
  if (!(await tf.setBackend('wasm'))) throw new Error("TensorFlow.js has no 'wasm' backend here");
  const threaded = await tf.env().getAsync('WASM_HAS_MULTITHREAD_SUPPORT');
  return { tf, name: 'TensorFlow.js, WebAssembly', threads: threaded ? wasm.getThreadsCount() : 1 };
}

function makeStep(tf, { D, H, C, N, rows }) {
  tf.disposeVariables();
  const X = tf.tidy(() => tf.randomUniform([rows, D], 0, 256).floor().sub(127.5));
  const y = tf.tidy(() => tf.randomUniform([rows], 0, C).floor().toInt());
  const normal = (shape) => tf.variable(tf.randomNormal(shape, 0, STD));
  const [W1, b1, W2, b2] = [normal([D, H]), tf.variable(tf.zeros([H])), normal([H, C]), tf.variable(tf.zeros([C]))];
  const optimizer = tf.train.sgd(LEARNING_RATE);
  const step = () =>
    tf.tidy(() => {
      const index = tf.randomUniform([N], 0, rows, 'int32');
      const [batch, labels] = [X.gather(index), tf.oneHot(y.gather(index), C)];
      optimizer.minimize(() => {
        const hidden = tf.relu(batch.matMul(W1).add(b1));
        return tf.losses.softmaxCrossEntropy(labels, hidden.matMul(W2).add(b2));
      });
    });
  // Reading a variable waits for the steps that it depends on.
  return { step, finish: () => b2.data(), dispose: () => tf.dispose([X, y]) };
}

async function answer({ tf, name, threads }) {
  await tf.ready();
  say({ name, version: tf.version['tfjs-core'] ?? tf.version_core, threads, dtype: 'float32' });
  let task;
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line);
    try {
      if (request.prepare) {
        task?.dispose();
        task = makeStep(tf, request.prepare);
        task.step();
        await task.finish();
        say({ ready: true });
      } else {
        const start = performance.now();
        for (let i = 0; i < request.run; i++) task.step();
        await task.finish();
        say({ seconds: (performance.now() - start) / 1000 });
      }
    } catch (error) {
      say({ failed: String(error).slice(0, 500) });
    }
  }
}

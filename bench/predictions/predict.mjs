// Times predictions, and speaks the dialogue of a peer (../peer.ts). An iteration is one call with N rows of float32.
//
//   node predict.mjs KIND
//
// KIND is one of those below. OMP_NUM_THREADS is the number of threads. Every kind has the same net and rows; for
// onnxruntime-node the net is exported to ONNX by this package.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { RandomState, saveModel, TwoLayerNet } from '../../dist/index.js';

const threads = Number(process.env.OMP_NUM_THREADS);
const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);

/** Each makes a function that predicts the rows X once: whole calls, which may be asynchronous. */
const KINDS = {
  predictor: { name: 'prepare().probabilities', make: (net, X) => sync(net.prepare(), X) },
  asynchronous: {
    name: 'prepare().predictAsync',
    make(net, X) {
      const predictor = net.prepare();
      return { call: () => predictor.predictAsync(X), end: () => predictor.close() };
    },
  },
  net: { name: 'TwoLayerNet.predict', make: (net, X) => ({ call: () => net.predict(X), end: () => {} }) },
  onnxruntime: { name: 'onnxruntime-node', make: onnxruntime },
};

function sync(predictor, X) {
  return { call: () => predictor.probabilities(X), end: () => predictor.close() };
}

async function onnxruntime(net, X) {
  const { InferenceSession, Tensor } = await import('onnxruntime-node');
  const folder = mkdtempSync(join(tmpdir(), 'two-layer-net-bench-'));
  try {
    const file = join(folder, 'net.onnx');
    await saveModel(file, net);
    const session = await InferenceSession.create(readFileSync(file), {
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
    });
    const [name] = session.inputNames;
    const feeds = { [name]: new Tensor('float32', X, [X.length / net.inputSize, net.inputSize]) };
    return { call: () => session.run(feeds), end: () => session.release() };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function prepare({ D, H, C, N }) {
  const random = new RandomState(0);
  const net = new TwoLayerNet({ inputSize: D, hiddenSize: H, numClasses: C, threads, std: 1 / Math.sqrt(D), random });
  const prediction = await KINDS[kind].make(net, Float32Array.from(random.randn(N * D)));
  for (let call = 0; call < WARM_UP; call++) await prediction.call();
  return prediction;
}

/** Calls before any are timed. */
const WARM_UP = 3;

/** What is awaited costs a turn of the microtask queue, so what is not a promise is not awaited. */
async function seconds(call, calls) {
  const start = performance.now();
  for (let done = 0; done < calls; done++) {
    const result = call();
    if (result instanceof Promise) await result;
  }
  return (performance.now() - start) / 1000;
}

const kind = process.argv[2];
try {
  const version = kind === 'onnxruntime' ? (await import('onnxruntime-node')).env.versions.node : '';
  say({ name: KINDS[kind].name, version: String(version), threads, dtype: 'float32' });
  let prediction;
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line);
    try {
      if (request.prepare) {
        await prediction?.end();
        prediction = await prepare(request.prepare);
        say({ ready: true });
      } else {
        say({ seconds: await seconds(prediction.call, request.run) });
      }
    } catch (error) {
      say({ failed: error.message });
    }
  }
} catch (error) {
  say({ unavailable: error.message.split('\n')[0] });
}

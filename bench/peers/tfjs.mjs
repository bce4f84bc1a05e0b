// TensorFlow.js in Node: with TensorFlow's own library if tfjs-node is installed, else WebAssembly, else JavaScript.
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { loadJavaScript, serve, THREADS } from './_tfjs.mjs';

await serve(load);

/** The fastest TensorFlow.js that is installed, with its name. */
async function load() {
  try {
    const { default: tf } = await import('@tensorflow/tfjs-node');
    return { tf, name: 'TensorFlow.js, tfjs-node', threads: THREADS };
  } catch {
    // tfjs-node is not installed or does not load: try WebAssembly.
  }
  const tf = await import('@tensorflow/tfjs');
  try {
    const wasm = await import('@tensorflow/tfjs-backend-wasm');
    const file = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
    wasm.setWasmPaths(`${dirname(file)}/`);
    wasm.setThreadsCount(THREADS);
    await tf.setBackend('wasm');
    const threaded = await tf.env().getAsync('WASM_HAS_MULTITHREAD_SUPPORT');
    return { tf, name: 'TensorFlow.js, WebAssembly', threads: threaded ? wasm.getThreadsCount() : 1 };
  } catch {
    // WebAssembly is not installed or does not load.
    return loadJavaScript();
  }
}

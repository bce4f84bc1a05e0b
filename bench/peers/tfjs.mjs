// TensorFlow.js in Node: with TensorFlow's own library if tfjs-node is installed, else WebAssembly, else JavaScript.
import { loadJavaScript, loadWebAssembly, serve, THREADS } from './_tfjs.mjs';

await serve(load);

/** The fastest TensorFlow.js that is installed, with its name. */
async function load() {
  try {
    const { default: tf } = await import('@tensorflow/tfjs-node');
    return { tf, name: 'TensorFlow.js, tfjs-node', threads: THREADS };
  } catch {
    // tfjs-node is not installed or does not load: try WebAssembly.
  }
  try {
    return await loadWebAssembly();
  } catch {
    // WebAssembly is not installed or does not load.
    return loadJavaScript();
  }
}

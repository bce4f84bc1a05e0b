// TensorFlow.js with its WebAssembly backend, even if tfjs-node is installed: the peer of this package's own.
import { loadWebAssembly, serve } from './_tfjs.mjs';

await serve(loadWebAssembly);

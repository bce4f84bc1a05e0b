// TensorFlow.js in plain JavaScript, its 'cpu' backend, whatever else is installed: the peer of the TypeScript backend.
import { loadJavaScript, serve } from './_tfjs.mjs';

await serve(loadJavaScript);

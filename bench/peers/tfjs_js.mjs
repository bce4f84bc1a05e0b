// TensorFlow.js with its JavaScript backend ('cpu'), even if others are installed: the peer of the TypeScript backend.
import { loadJavaScript, serve } from './_tfjs.mjs';

await serve(loadJavaScript);

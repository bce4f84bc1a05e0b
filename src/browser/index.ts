/**
 * two-layer-net in a web page: trains and runs a two-layer neural-network classifier without any module of Node's. The
 * package's name means this under the condition `browser`. See [In a web page](../../docs/browser.md).
 *
 * @module two-layer-net in web pages
 */
export * from '../api.js';
export { type FitInWorkerOptions, fitInWorker } from './fit-in-worker.js';
export {
  type Folder,
  type LoadSourceOptions,
  loadClassifier,
  loadDataset,
  loadModel,
  loadRows,
  pictureRows,
} from './load.js';
export { type LoadBackendOptions, loadBackend } from './load-backend.js';
export type { Drawable } from './pixels.js';
export type { Source } from './sources.js';

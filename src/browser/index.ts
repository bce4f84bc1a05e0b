/**
 * two-layer-net in a web page: trains and runs a two-layer neural-network classifier without any module of Node's.
 *
 * @packageDocumentation
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

/** The backend of a page, which has to be fetched. */
import { type BackendInfo, backendInfo } from '../backend/choose.js';
import { checkOptions } from '../validation/check.js';
import { wrongType } from '../validation/errors.js';
import { tagOf } from '../validation/kinds.js';
import { fetchWasm } from './instead/backend/wasm/load.js';

/** Options of {@link loadBackend}. */
export interface LoadBackendOptions {
  /**
   * The address of the folder with the package's two modules (its folder `wasm`), where a bundler does not find them.
   * @defaultValue the package's own, which Vite, webpack and Rollup find
   */
  readonly folder?: URL | string | undefined;
}

/**
 * Fetches the WebAssembly module. Nets that are made afterwards compute with it, and before in TypeScript, to the same
 * results within rounding. `fitInWorker` does it by itself.
 *
 * @returns what computes from now on: TypeScript where the module does not load, with the reasons
 * @throws (as a rejection) TypeError for wrong options
 * @example
 * const { backend, threads } = await loadBackend();
 */
export async function loadBackend(options: LoadBackendOptions = {}): Promise<BackendInfo> {
  const { folder } = checkOptions(options, 'the options of loadBackend', ['folder']);
  if (folder !== undefined && typeof folder !== 'string' && tagOf(folder) !== 'URL') {
    throw wrongType('the address of a folder', folder);
  }
  await fetchWasm(folder === undefined ? undefined : folderOf(folder));
  return backendInfo();
}

/** The address of a folder, with a slash at its end. */
function folderOf(address: URL | string): string {
  return new URL(address, globalThis.location?.href).href.replace(/\/?$/, '/');
}

/** Finds and loads the module, and starts its threads, in Node.js. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Binding } from '../../../binding.js';
import { packageRoots } from '../../platform/package-roots.js';
import { messageOf } from '../../validation/kinds.js';
import { contractFault } from '../contract-fault.js';
import { wasmBinding } from './binding.js';
import type { Host, StartedWorker, WorkerListener } from './host.js';
import { hasRelaxedSimd } from './relaxed-simd.js';
import { BEGIN, type WorkerBegin } from './worker-program.js';

export { hasRelaxedSimd } from './relaxed-simd.js';

/** The module, or why there is none. */
export type WasmAttempt =
  | { readonly binding: Binding; readonly file: string }
  | {
      readonly binding: undefined;
      readonly reasons: readonly string[];
      /** Whether there is a module, which does not load. */
      readonly found: boolean;
    };

let attempt: WasmAttempt | undefined;

/** Loads the module, once; never throws. */
export function loadWasm(): WasmAttempt {
  attempt ??= tryModules(modulesFolders());
  return attempt;
}

/** The folders that may have the modules: those of the package, or of the folder that is searched instead. */
function modulesFolders(): string[] {
  const instead = process.env.TWO_LAYER_NET_PREBUILD;
  const roots = instead ? [resolve(instead)] : packageRoots().map(({ folder }) => folder);
  return roots.map((root) => join(root, 'wasm'));
}

/** @internal Exported for tests: tries the modules in `folders`, those with relaxed SIMD first if it is there. */
export function tryModules(folders: readonly string[], relaxed = hasRelaxedSimd()): WasmAttempt {
  if (typeof WebAssembly === 'undefined')
    return { binding: undefined, reasons: ['this runtime has no WebAssembly'], found: false };
  const kinds = relaxed ? ['relaxed', 'simd'] : ['simd'];
  const files = folders.flatMap((folder) => kinds.map((kind) => join(folder, `two-layer-net-${kind}.wasm`)));
  const reasons: string[] = [];
  for (const file of files.filter((path) => existsSync(path))) {
    try {
      const binding = wasmBinding(hostOf(file), file.endsWith('relaxed.wasm'));
      const fault = contractFault(binding);
      if (fault === undefined) return { binding, file };
      reasons.push(`${file} ${fault}`);
    } catch (error) {
      reasons.push(`${file} cannot be loaded: ${messageOf(error)}`);
    }
  }
  const found = reasons.length > 0;
  if (!found) reasons.push(`there is no WebAssembly module in ${folders.join(' or ') || 'the bundle'}`);
  return { binding: undefined, reasons, found };
}

/** @internal Exported for tests: the module of a file, and Workers of Node.js. */
export function hostOf(file: string): Host {
  return { module: new WebAssembly.Module(readFileSync(file)), maySleep: true, startWorker };
}

/** For `node:worker_threads`, with a {@link WorkerBegin} as `workerData`. */
const PROGRAM = `${BEGIN}
const { parentPort, workerData } = require('node:worker_threads');
parentPort.on('message', begin(workerData, (message) => parentPort.postMessage(message)));
`;

function startWorker(begin: WorkerBegin, listener: WorkerListener): StartedWorker | undefined {
  try {
    const worker = new Worker(PROGRAM, { eval: true, workerData: begin, execArgv: [], env: {} });
    worker.on('message', (message) => listener.message(message));
    worker.on('error', (error) => listener.failed(error));
    worker.unref();
    return {
      post: (call) => worker.postMessage(call),
      hold: (alive) => (alive ? worker.ref() : worker.unref()),
    };
  } catch {
    return undefined; // not permitted, or too little memory
  }
}

/** The WebAssembly module in a page: it is fetched, so somebody has to wait for it before it is used. */
import { contractFault } from '../../../../backend/contract-fault.js';
import { wasmBinding } from '../../../../backend/wasm/binding.js';
import type { Host, StartedWorker, WorkerListener } from '../../../../backend/wasm/host.js';
import type * as Original from '../../../../backend/wasm/load.js';
import { hasRelaxedSimd } from '../../../../backend/wasm/relaxed-simd.js';
import { PAGE_PROGRAM, type WorkerBegin } from '../../../../backend/wasm/worker-program.js';
import { messageOf } from '../../../../validation/kinds.js';

let attempt: Original.WasmAttempt = {
  binding: undefined,
  reasons: ['its module has not been loaded: await loadBackend() first'],
  found: false,
};

export const loadWasm: typeof Original.loadWasm = () => attempt;

/** The folder of the modules that were asked for last, as an address; undefined for the package's own. */
let folder: string | undefined;
let loading: Promise<void> | undefined;

/** The folder of {@link fetchWasm}. */
export function wasmFolder(): string | undefined {
  return folder;
}

/**
 * Fetches the module, once, or until that succeeds; never throws. {@link loadWasm} then has it, or the reasons why not.
 *
 * @param from - the address of the folder with the modules; undefined for the package's own
 */
export function fetchWasm(from: string | undefined): Promise<void> {
  if (!loading || (from !== undefined && from !== folder)) {
    folder = from;
    loading = fetchModule(addressOf(hasRelaxedSimd(), from));
  }
  return loading;
}

/** Bundlers find the package's own files by these two lines. */
function addressOf(relaxed: boolean, from: string | undefined): URL {
  if (from !== undefined) return new URL(`two-layer-net-${relaxed ? 'relaxed' : 'simd'}.wasm`, from);
  return relaxed
    ? new URL('../../wasm/two-layer-net-relaxed.wasm', import.meta.url)
    : new URL('../../wasm/two-layer-net-simd.wasm', import.meta.url);
}

async function fetchModule(address: URL): Promise<void> {
  try {
    if (typeof WebAssembly === 'undefined') throw new Error('this browser has no WebAssembly');
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(`the server answers ${answer.status}`);
    const module = await WebAssembly.compile(await answer.arrayBuffer());
    const binding = wasmBinding(hostOf(module), address.pathname.includes('relaxed'));
    const fault = contractFault(binding);
    if (fault !== undefined) throw new Error(fault);
    attempt = { binding, file: address.href };
  } catch (error) {
    loading = undefined;
    attempt = { binding: undefined, reasons: [`${address.href} cannot be loaded: ${messageOf(error)}`], found: true };
  }
}

function hostOf(module: WebAssembly.Module): Host {
  // The main thread of a page may not sleep.
  return { module, maySleep: typeof document === 'undefined', startWorker };
}

let program: string | undefined;

function startWorker(begin: WorkerBegin, listener: WorkerListener): StartedWorker | undefined {
  // Only an isolated page may share its memory with a Worker.
  if (!crossOriginIsolated) return undefined;
  try {
    program ??= URL.createObjectURL(new Blob([PAGE_PROGRAM], { type: 'text/javascript' }));
    const worker = new Worker(program);
    worker.onmessage = ({ data }) => listener.message(data);
    worker.onerror = (event) => {
      event.preventDefault();
      listener.failed(new Error(event.message || 'a Worker could not be started'));
    };
    worker.postMessage(begin);
    return { post: (call) => worker.postMessage(call), hold: () => {} };
  } catch {
    return undefined; // not permitted, or too little memory
  }
}

/**
 * The program of a Worker that is a thread of the module: as text, since it has to run where this package is bundled,
 * too. It computes in an instance of its own over the same memory, and never ends.
 */
const BEGIN = `
function begin({ module, memory, member, stack, locals }) {
  const imports = { env: { memory } };
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
    imports[from] ??= {};
    if (kind === 'function') imports[from][name] = () => 0;
  }
  imports.wasi_snapshot_preview1.clock_time_get = (_clock, _precision, to) => {
    new DataView(memory.buffer).setBigUint64(to, BigInt(Math.round(performance.now() * 1e6)), true);
    return 0;
  };
  imports.host.outOfMemory = () => { throw new Error('A thread is out of memory'); };
  const { exports } = new WebAssembly.Instance(module, imports);
  exports.__stack_pointer.value = stack;
  exports.__wasm_init_tls(locals);
  exports.serve(member);
}
`;

/** For `node:worker_threads`, with a {@link Member} as `workerData`. */
export const NODE_MEMBER = `${BEGIN}begin(require('node:worker_threads').workerData);`;

/** For a page's Worker, which gets a {@link Member} as its first message. */
export const PAGE_MEMBER = `${BEGIN}onmessage = ({ data }) => begin(data);`;

/** What a Worker needs to become a thread. */
export interface Member {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Addresses: of the thread's own data, of the end of its stack, and of its thread-local variables. */
  readonly member: number;
  readonly stack: number;
  readonly locals: number;
}

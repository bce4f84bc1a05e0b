/**
 * The program of a Worker that is a thread of the module: as text, since it has to run where this package is bundled,
 * too. It has an instance of its own over the same memory. A member of teams computes what other threads give it, and
 * never returns; other Workers run one call after the other.
 */
export const BEGIN = `
function begin({ module, memory, member, stack, locals }, say) {
  let stop = null;
  const imports = { env: { memory } };
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
    imports[from] ??= {};
    if (kind === 'function') imports[from][name] = () => 0;
  }
  Object.assign(imports.host, {
    now: () => performance.now(),
    stopped: () => (stop !== null && Atomics.load(stop, 0) !== 0 ? 1 : 0),
    tell: () => say({ kind: 'report' }),
    outOfMemory: (bytes) => { throw Object.assign(new Error('A thread is out of memory'), { bytes: bytes >>> 0 }); },
  });
  const { exports } = new WebAssembly.Instance(module, imports);
  exports.__stack_pointer.value = stack;
  exports.__wasm_init_tls(locals);
  if (member !== 0) exports.serve(member);
  exports.begin(1);
  return (call) => {
    stop = call.stop;
    try {
      exports[call.name](...call.numbers);
      say({ kind: 'done' });
    } catch (error) {
      say({ kind: 'failed', message: String(error), bytes: error.bytes });
    }
  };
}
`;

/** For a page's Worker, which gets a {@link WorkerBegin} as its first message. */
export const PAGE_PROGRAM = `${BEGIN}
let run;
onmessage = ({ data }) => {
  if (run) run(data);
  else run = begin(data, (message) => postMessage(message));
};
`;

/** What a Worker needs to become a thread. */
export interface WorkerBegin {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Addresses: of the end of its stack, and of its thread-local variables. */
  readonly stack: number;
  readonly locals: number;
  /** The address of what it serves as a member of teams; 0 if it runs calls. */
  readonly member: number;
}

/** A call that a Worker runs: a function of the module. */
export interface WorkerCall {
  readonly name: 'runTraining' | 'scores' | 'predict';
  readonly numbers: readonly number[];
  /** The stop flag of a training, in shared memory; null for none. */
  readonly stop: Int32Array | null;
}

/** What a Worker says while it runs a call: that a training has a report, or how the call ended. */
export type WorkerMessage =
  | { readonly kind: 'report' }
  | { readonly kind: 'done' }
  /** `bytes`: how many could not be allocated; undefined for another failure. */
  | { readonly kind: 'failed'; readonly message: string; readonly bytes?: number | undefined };

/** The part of WebAssembly's interface that is used here: the types of Node.js do not have it, only those of pages. */
declare namespace WebAssembly {
  type ImportValue = Memory | ((...values: never[]) => unknown);
  type Imports = Record<string, Record<string, ImportValue>>;

  class Module {
    constructor(bytes: Uint8Array);
    static imports(module: Module): { module: string; name: string; kind: string }[];
  }

  class Instance {
    constructor(module: Module, imports: Imports);
    readonly exports: Record<string, unknown>;
  }

  class Memory {
    constructor(sizes: { initial: number; maximum: number; shared: boolean });
    readonly buffer: ArrayBufferLike;
  }

  interface Global<_Type extends string> {
    value: number;
  }

  function validate(bytes: Uint8Array): boolean;
}

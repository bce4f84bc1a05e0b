// Node's globals that jest-environment-jsdom takes away or replaces by a page's; dist/cjs/index.cjs uses these instead.
import { setImmediate } from 'node:timers';
import { URL } from 'node:url';
import { TextDecoder, TextEncoder } from 'node:util';
import { deserialize, serialize } from 'node:v8';

const structuredClone = globalThis.structuredClone ?? ((value) => deserialize(serialize(value)));

// yauzl, which reads .npz files, finds it nowhere else.
globalThis.setImmediate ??= setImmediate;

export { setImmediate, structuredClone, TextDecoder, TextEncoder, URL };

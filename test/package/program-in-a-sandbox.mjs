/**
 * Runs the package in a context of its own, as Jest does: its code has the classes of that realm, and Node's modules
 * throw errors, and return bytes, of the other one.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createContext, SourceTextModule, SyntheticModule } from 'node:vm';

const [entry, folder] = process.argv.slice(2);
const {
  process: program,
  Buffer,
  URL,
  performance,
  setTimeout,
  clearTimeout,
  setInterval,
  clearInterval,
  setImmediate,
  AbortController,
} = globalThis;
const { AbortSignal, structuredClone, TextDecoder, TextEncoder, queueMicrotask, console } = globalThis;
const timers = { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate };
const globals = { Buffer, URL, performance, AbortController, AbortSignal, ...timers };
const context = createContext({
  process: program,
  console,
  structuredClone,
  TextDecoder,
  TextEncoder,
  queueMicrotask,
  folder,
  ...globals,
});
/** Its dependencies, some of which are CommonJS, stay outside. */
const OWN = new URL('.', pathToFileURL(entry)).href;
const modules = new Map();

async function moduleAt(specifier, from) {
  const url = import.meta.resolve(specifier, from);
  if (!modules.has(url)) modules.set(url, url.startsWith(OWN) ? own(url) : outer(url));
  return modules.get(url);
}

function own(url) {
  const source = readFileSync(fileURLToPath(url), 'utf8');
  const initializeImportMeta = (meta) => Object.assign(meta, { url });
  const importModuleDynamically = async (specifier) => {
    const found = await moduleAt(specifier, url);
    if (found.status === 'unlinked') await found.link((name, { identifier }) => moduleAt(name, identifier));
    if (found.status === 'linked') await found.evaluate();
    return found;
  };
  return new SourceTextModule(source, { context, identifier: url, initializeImportMeta, importModuleDynamically });
}

async function outer(url) {
  const loaded = await import(url);
  const names = Object.keys(loaded);
  return new SyntheticModule(
    names,
    function () {
      for (const name of names) this.setExport(name, loaded[name]);
    },
    { context, identifier: url },
  );
}

const source = `
import * as t from ${JSON.stringify(pathToFileURL(entry).href)};
const X = Float32Array.from(new t.RandomState(1).randn(2000));
const y = Int32Array.from({ length: 500 }, (_, i) => (X[4 * i] > 0 ? 1 : 0));
const data = { train: { X: new t.Matrix(X, 4), y }, validation: { X: new t.Matrix(X, 4), y } };
const net = new t.TwoLayerNet({ inputSize: 4, hiddenSize: 8, numClasses: 2, std: 0.5 });
const code = (promise) => promise.then(() => 'none', (error) => error.code);
await net.train(data, { numIters: 20, batchSize: 50, learningRate: 0.1 });
await t.saveModel(folder + '/model.npz', net);
const read = t.TwoLayerNet.fromModel(await t.loadModel(folder + '/model.npz'));
await t.saveDataset(folder + '/data.npz', { train: data.train });
const stop = new AbortController();
const aborted = code(t.sweep(data, { numIters: 1e6, signal: stop.signal }));
setTimeout(() => stop.abort(), 50);
console.log(JSON.stringify({
  foreign: !(process.memoryUsage() instanceof Object),
  equal: read.scores(X).every((score, i) => score === net.scores(X)[i]),
  rows: (await t.loadDataset(folder + '/data.npz')).train.y.length,
  missing: [await code(t.loadModel(folder + '/none.npz')), await code(t.loadDataset(folder + '/none'))],
  folder: await code(t.saveModel(folder + '/none/model.npz', net)),
  exists: await code(t.ResultsFile.create(folder + '/model.npz', { search: {}, data: 'none', backend: '' })),
  aborted: await aborted,
}));
`;
const main = new SourceTextModule(source, { context, identifier: import.meta.url });
await main.link((name, { identifier }) => moduleAt(name, identifier));
await main.evaluate();

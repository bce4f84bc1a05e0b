// Saves again and again until it is killed: node saving.mjs DIST WHAT FOLDER N. WHAT is a model, a checkpoint or
// results. Says on standard output when it has begun.
import { join } from 'node:path';

const [dist, what, folder, number] = process.argv.slice(2);
const t = await import(`${dist}/index.js`);
const sizes = { inputSize: 300, hiddenSize: 200, numClasses: 3, backend: 'js' };
const random = new t.RandomState(Number(number));
const X = Float32Array.from(random.randn(3000));
const y = Int32Array.from({ length: 10 }, (_, i) => i % 3);

if (what === 'model') {
  // All numbers of one model are the same, so that parts of two can be told.
  for (let i = 1; ; i++) {
    const net = new t.TwoLayerNet(sizes);
    for (const array of Object.values(net.params)) array.fill(Number(number) * 1000 + i);
    await t.saveModel(join(folder, 'model.safetensors'), net);
    if (i === 1) console.log('begun');
  }
}
if (what === 'checkpoint') {
  const file = join(folder, 'run.checkpoint');
  const { existsSync } = await import('node:fs');
  const net = new t.TwoLayerNet({ ...sizes, backend: 'auto' });
  const fixed = { numIters: 1_000_000, batchSize: 5, optimizer: 'adam', learningRate: 1e-6 };
  const data = { X: Float32Array.from(new t.RandomState(1).randn(3000)), y };
  const checkpoint = { file, every: 0.001 };
  const resume = existsSync(file) ? file : undefined;
  setTimeout(() => console.log('begun'), 30);
  await net.train(data.X, data.y, null, null, { ...fixed, checkpoint, ...(resume && { resume }) });
}
if (what === 'results') {
  const { existsSync } = await import('node:fs');
  const path = join(folder, 'results.jsonl');
  const part = { X: new t.Matrix(X.slice(0, 40), 4), y };
  const space = { batchSize: 5, reg: Array.from({ length: 50 }, (_, i) => 0.01 * (i + 1)) };
  const found = await t.sweep({ train: part, validation: part }, { backend: 'js', numIters: 1, space });
  console.log('begun');
  for (;;) {
    const header = { search: found.search, data: 'hash', backend: 'js' };
    const file = existsSync(path) ? (await t.ResultsFile.resume(path)).file : await t.ResultsFile.create(path, header);
    for (const result of found.results) {
      await file.add({ ...result, seconds: Number(number) });
      console.log(`told ${result.id}`);
    }
    await file.close();
  }
}

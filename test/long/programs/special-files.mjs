/**
 * Calls functions that open a path with paths that are no regular files, one after the other, and says before and after
 * each what it does: whoever reads this ends the process when it says nothing for too long, and starts it again with
 * the number of the next call.
 *
 *   node special-files.mjs FOLDER FIRST
 */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as t from '../../../dist/index.js';

const [folder, first] = process.argv.slice(2);
const special = readdirSync(join(folder, 'special')).map((name) => join(folder, 'special', name));

const X = Float32Array.from({ length: 40 }, (_, i) => Math.sin(i));
const y = Int32Array.from({ length: 10 }, (_, i) => i % 2);
const net = new t.TwoLayerNet({ inputSize: 4, hiddenSize: 3, numClasses: 2 });
const data = { train: { X: new t.Matrix(X, 4), y }, validation: { X: new t.Matrix(X, 4), y } };
const history = await net.train(data, { numIters: 2, batchSize: 5 });
const progress = { iteration: 1, numIters: 1, seconds: 1, samplesPerSecond: 1, learningRate: 1, history };
const classifier = await t.Classifier.fit(data, { epochs: 1 });
const report = t.makeReport({
  backend: t.backendInfo(),
  net,
  data,
  history,
  settings: {},
  created: new Date(),
  status: 'done',
});

const header = { search: { space: {} }, data: 'none', backend: '' };
const FORMATS = ['cifar-10', 'cifar-100', 'idx', 'npz', 'npy', 'safetensors', 'pictures', 'table'];
const csv = join(folder, 'table.csv');
writeFileSync(csv, 'a,b,class\n1,2,x\n2,1,y\n1,1,x\n2,2,y\n');

/** By name, what is done with a path. */
const calls = {
  loadModel: (path) => t.loadModel(path),
  'Classifier.load': (path) => t.Classifier.load(path),
  loadDataset: (path) => t.loadDataset(path),
  ...Object.fromEntries(FORMATS.map((format) => [`loadDataset, ${format}`, (path) => t.loadDataset(path, { format })])),
  'loadDataset, test': (path) => t.loadDataset(csv, { test: path }),
  loadRows: (path) => t.loadRows(path),
  ...Object.fromEntries(FORMATS.map((format) => [`loadRows, ${format}`, (path) => t.loadRows(path, { format })])),
  loadCifar10: (path) => t.loadCifar10(path),
  readCifarRecords: (path) => t.readCifarRecords(path),
  'Matrix.open': async (path) => (await t.Matrix.open(path)).close(),
  'ResultsFile.create': async (path) => (await t.ResultsFile.create(path, header)).close(),
  'ResultsFile.resume': async (path) => (await t.ResultsFile.resume(path)).file.close(),
  saveModel: (path) => t.saveModel(path, net),
  'Classifier.save': (path) => classifier.save(path),
  saveDataset: (path) => t.saveDataset(path, { train: data.train }),
  writeReport: (path) => t.writeReport(path, report),
  writeSyntheticCifar10: (path) => t.writeSyntheticCifar10(path.replace(/folder.*/, 'fifo')),
  'Picture.save': (path) => t.plotHistory(history).save(path),
  historyLog: (path) => t.historyLog(path)(progress),
  tensorboard: (path) => t.tensorboard(path)(progress),
};

let number = 0;
for (const [name, call] of Object.entries(calls)) {
  for (const path of special) {
    if (number++ < Number(first)) continue;
    const what = { number: number - 1, name, path };
    process.stdout.write(`${JSON.stringify(what)}\n`);
    const begun = performance.now();
    let code = 'done';
    let message = '';
    try {
      await call(path);
    } catch (error) {
      code = error.code ?? `${error}`;
      message = error.message;
    }
    process.stdout.write(`${JSON.stringify({ ...what, code, message, ms: performance.now() - begun })}\n`);
  }
}
process.exit();

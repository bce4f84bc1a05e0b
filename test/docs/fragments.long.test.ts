/** Parts of programs in the documents, and what is in other languages, run in the surroundings that they are for. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Classifier, historyLog, RandomState, saveModel, TwoLayerNet } from '../../src/index.js';
import { describeWithPython, python } from '../support/python.js';
import { ROOT } from '../support/run-cli.js';
import { sharedFolder } from '../support/temporary-folder.js';
import { blocksOf, documents } from './documents.js';

const scratch = sharedFolder();
const inScratch = (name: string) => join(scratch, name);

/** The blocks of a document in a language. */
function fragments(path: string, language: string): string[] {
  const document = documents.find((one) => one.path === path);
  return document ? blocksOf(document).flatMap((block) => (block.language === language ? [block.text] : [])) : [];
}

const rows = Array.from({ length: 60 }, (_, i) => [i % 2 ? 3 : 1, i % 7, 5]);
const labels = rows.map(([a]) => (a === 3 ? 'many' : 'few'));
const trained = () => Classifier.fit(rows, labels, { hiddenSize: 4 });

/** Writes a net of three inputs for the row [3, 2, 5], and returns its parameters' scores of that row. */
async function writeNet(name: string, options?: { layout: 'torch' }): Promise<number[]> {
  const shape = { inputSize: 3, hiddenSize: 4, numClasses: 2, std: 0.5 };
  const net = new TwoLayerNet({ ...shape, classNames: ['few', 'many'], random: new RandomState(2) });
  net.mean = Float64Array.of(1, 2, 3);
  await saveModel(inScratch(name), net, options);
  return [...net.scores([[3, 2, 5]])];
}

test('every such part is in this file, or in masks.test.ts: programs and commands are in other files', () => {
  // Those of docs/browser.md are in browser-programs.long.test.ts, of docs/serving.md in serving.test.ts, of
  // docs/data-parallel.md in test/cli/distributed.long.test.ts, of docs/many-machines.md in many-machines.long.test.ts.
  const others = documents.filter(({ path }) => !/(browser|serving|data-parallel|many-machines)\.md$/.test(path));
  const found = others.flatMap((document) =>
    blocksOf(document)
      .filter(({ language }) => !['', 'ts', 'sh', 'mermaid'].includes(language))
      .map(({ language }) => `${document.path} ${language}`),
  );
  expect(found.sort()).toEqual([
    'docs/classifier.md js',
    'docs/classifier.md python',
    'docs/formats.md js',
    'docs/formats.md python',
    'docs/formats.md python',
    'docs/histories.md python',
    'docs/start.md csv',
    'docs/training.md python',
  ]);
});

test('docs/start.md shows the first lines of the file', () => {
  const [shown = ''] = fragments('docs/start.md', 'csv');
  expect(shown.split('\n').length).toBeGreaterThan(2);
  expect(readFileSync(join(ROOT, 'examples', 'fruit.csv'), 'utf8')).toContain(shown);
});

test('docs/classifier.md: the code that a user writes', async () => {
  const [program = ''] = fragments('docs/classifier.md', 'js');
  const body = `${program.replace('classifier.predict', 'return classifier.predict')}`;
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
  const predicted = await AsyncFunction('Classifier', 'X', 'y', 'rows', body)(Classifier, rows, labels, [[3, 2, 5]]);
  expect(predicted).toEqual(['many']);
});

test('docs/formats.md: a module that predicts', async () => {
  await (await trained()).save(inScratch('model.mjs'));
  const [program = ''] = fragments('docs/formats.md', 'js');
  writeFileSync(inScratch('uses.mjs'), `const row = [3, 2, 5];\n${program}`);
  expect(execFileSync(process.execPath, [inScratch('uses.mjs')], { encoding: 'utf8' })).toMatch(/^many .*\[/);
});

describeWithPython('docs/classifier.md: scikit-learn', ['sklearn'], () => {
  test('the same in its words', () => {
    const [program = ''] = fragments('docs/classifier.md', 'python');
    const imports = 'from sklearn.pipeline import make_pipeline\nfrom sklearn.preprocessing import StandardScaler\n';
    const data = JSON.stringify(JSON.stringify([rows, labels]));
    const given = `import json, warnings\nwarnings.simplefilter('ignore')\nX, y = json.loads(${data})\n`;
    const classifier = 'from sklearn.neural_network import MLPClassifier\nrows = [[3, 2, 5]]\n';
    const all = `${imports}${given}${classifier}${program}\nprint(json.dumps(model.predict(rows).tolist()))`;
    expect(python(all)).toEqual(['many']);
  });
});

describeWithPython('docs/formats.md: PyTorch', ['torch', 'safetensors'], () => {
  test('reads a state dict', async () => {
    const scores = await writeNet('for-torch.safetensors', { layout: 'torch' });
    const [program = ''] = fragments('docs/formats.md', 'python');
    const imports = 'import os, json, torch, safetensors.torch\nfrom torch import nn\n';
    const before = `${imports}os.chdir(${JSON.stringify(scratch)})\nD, H, C = 3, 4, 2\n`;
    const after = 'print(json.dumps(net(torch.tensor([[3.0, 2, 5]])).tolist()[0]))';
    const read = python<number[]>(`${before}${program}${after}`);
    for (const [at, score] of read.entries()) expect(score).toBeCloseTo(scores[at], 5);
    expect(read).toHaveLength(2);
  });
});

describeWithPython('docs/formats.md: NumPy', ['numpy'], () => {
  test('reads an archive', async () => {
    const scores = await writeNet('model.npz');
    const [, program = ''] = fragments('docs/formats.md', 'python');
    const before = `import os, json, numpy\nos.chdir(${JSON.stringify(scratch)})\nX = numpy.array([[3.0, 2, 5]])\n`;
    const read = python<[number[], string[]]>(`${before}${program}print(json.dumps([scores[0].tolist(), names]))`);
    expect(read[1]).toEqual(['few', 'many']);
    for (const [at, score] of read[0].entries()) expect(score).toBeCloseTo(scores[at], 5);
  });
});

describeWithPython('docs/histories.md: pandas', ['pandas'], () => {
  test('reads a log', async () => {
    const net = new TwoLayerNet({ inputSize: 3, hiddenSize: 4, numClasses: 2 });
    const y = labels.map((label) => Number(label === 'many'));
    const log = historyLog(inScratch('run.csv'));
    await net.train(rows, y, rows, y, { numIters: 20, batchSize: 10, callbacks: [{ onProgress: log }] });
    const [program = ''] = fragments('docs/histories.md', 'python');
    // Plots are drawn by a module that notes what it is given.
    const before = [
      'import json, os, sys, types, pandas',
      `os.chdir(${JSON.stringify(scratch)})`,
      "notes = types.ModuleType('notes')",
      'drawn = []',
      'notes.plot = lambda data, kind, **options: drawn.append([list(data.shape), options.get("y")])',
      "sys.modules['notes'] = notes",
      "pandas.set_option('plotting.backend', 'notes')",
    ].join('\n');
    const drawn = python(`${before}\n${program}print(json.dumps(drawn))`);
    expect(drawn).toEqual([
      [[20], null],
      [[4, 6], 'validation_accuracy'],
    ]);
  });
});

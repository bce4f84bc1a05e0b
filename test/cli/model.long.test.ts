import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadCifar10 } from '../../src/data/formats/cifar10.js';
import { loadModel, saveModel } from '../../src/model/model.js';
import { TwoLayerNet } from '../../src/net/two-layer-net.js';
import { MAIN, runCli } from '../support/run-cli.js';
import { sharedFolder } from '../support/temporary-folder.js';

const folder = sharedFolder();
const inFolder = (...args: string[]) => runCli(args, { cwd: folder });

beforeAll(async () => {
  await inFolder('data', 'synthetic', 'data');
  const { code } = await inFolder(
    ...['train', '--learning-rate', '1e-3', '--iterations', '300', '--save', 'model.safetensors'],
  );
  expect(code).toBe(0);
  const records = await readFile(join(folder, 'data', 'test_batch.bin'));
  await writeFile(join(folder, 'five.bin'), records.subarray(0, 5 * 3073));
});

test('a saved model holds parameters, mean image, class names, settings and history', async () => {
  const model = await loadModel(join(folder, 'model.safetensors'));
  const data = await loadCifar10(join(folder, 'data'));
  expect(model.mean).toEqual(data.mean);
  expect(model.classNames).toEqual(data.classNames);
  expect(model.settings).toMatchObject({ hiddenSize: 50, learningRate: 1e-3, numIters: 300, seed: 0 });
  expect(model.settings).not.toHaveProperty('save');
  expect(model.history?.lossHistory).toHaveLength(300);
  expect(model.params.W1).toHaveLength(3072 * 50);
});

describe('evaluate', () => {
  test('reads the model before the data, which take longer', async () => {
    const { code, stderr } = await inFolder('evaluate', 'missing.safetensors', '--data', 'missing');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: Cannot read the model missing.safetensors: .*\n$/);
  });

  test('reports the accuracy, the accuracy of each class and the confusion matrix of the test part', async () => {
    const { code, stdout } = await inFolder('evaluate', 'model.safetensors', '--json', 'evaluation.json');
    expect(code).toBe(0);
    const result = JSON.parse(await readFile(join(folder, 'evaluation.json'), 'utf8'));
    const { test } = await loadCifar10(join(folder, 'data'));
    const net = TwoLayerNet.fromParams((await loadModel(join(folder, 'model.safetensors'))).params);
    const classes = net.predict(test.X);
    expect(result.accuracy).toBe(classes.filter((label, i) => label === test.y[i]).length / 1000);
    const counts = Array.from({ length: 10 }, (_, c) => test.y.filter((label) => label === c).length);
    for (const [c, row] of result.confusion.entries()) {
      expect(row.reduce((sum: number, count: number) => sum + count)).toBe(counts[c]);
      expect(result.classAccuracy[c]).toBe(row[c] / counts[c]);
    }
    expect(stdout).toContain(`accuracy ${result.accuracy.toFixed(4)} on 1000 test records`);
    for (const name of result.classNames) expect(stdout).toContain(name);
    expect(stdout).toMatch(/confusion matrix/);
  });

  test("refuses data with other classes than the model's", async () => {
    const { dtype, params, inputSize, hiddenSize, numClasses } = await loadModel(join(folder, 'model.safetensors'));
    const classNames = ['cat\u001b[2J', ...'bcdefghij'];
    const sizes = { inputSize, hiddenSize, numClasses };
    await saveModel(join(folder, 'other.safetensors'), { dtype, params, ...sizes, classNames });
    const { code, stderr } = await inFolder('evaluate', 'other.safetensors');
    expect(stderr).toMatch(
      /^error: Expected a model of the data's classes \(disc, .*but it was trained on cat�\[2J, b, c/,
    );
    expect(code).toBe(1);
  });

  test('--full-test uses all 10 000 records', async () => {
    const { stdout } = await inFolder('evaluate', 'model.safetensors', '--full-test');
    expect(stdout).toMatch(/on 10000 test records/);
  });
});

describe('predict', () => {
  test('prints the class and probability of each record of each file', async () => {
    const { code, stdout } = await inFolder('predict', 'model.safetensors', 'five.bin', 'five.bin');
    expect(code).toBe(0);
    const lines = stdout.trim().split('\n');
    expect(lines).toHaveLength(10);
    expect(lines.slice(0, 5)).toEqual(lines.slice(5));
    const { test } = await loadCifar10(join(folder, 'data'));
    const model = await loadModel(join(folder, 'model.safetensors'));
    const net = TwoLayerNet.fromParams(model.params);
    const X = test.X.slice(0, 5);
    const [classes, probabilities] = [net.predict(X), net.probabilities(X)];
    for (let i = 0; i < 5; i++) {
      const [place, name, probability] = lines[i].split('\t');
      expect(place).toBe(`five.bin:${i}`);
      expect(name).toBe(model.classNames?.[classes[i]]);
      expect(probability).toBe(probabilities[10 * i + classes[i]].toFixed(4));
    }
  });

  test('names a file that is not a whole number of records, and its size', async () => {
    await writeFile(join(folder, 'short.bin'), Buffer.alloc(3000));
    const { code, stderr } = await inFolder('predict', 'model.safetensors', 'short.bin');
    expect(stderr).toMatch(/short\.bin.*3000/);
    expect(code).toBe(1);
  });

  test('does not fail if the reader closes standard output early', () => {
    // 10 000 lines are more than a pipe holds, so the writer finds it closed.
    const predict = `"${process.execPath}" "${MAIN}" predict model.safetensors data/test_batch.bin`;
    const command = `${predict} | head -1; echo "\${PIPESTATUS[0]}"`;
    const printed = execFileSync('bash', ['-c', command], { cwd: folder, encoding: 'utf8' });
    expect(printed).toMatch(/^data\/test_batch\.bin:0\t.*\n0\n$/);
  });
});

test('data synthetic never replaces existing files', async () => {
  const before = await readFile(join(folder, 'data', 'data_batch_1.bin'));
  const { code, stderr } = await inFolder('data', 'synthetic', 'data', '--seed', '7');
  expect(stderr).toMatch(/^error: .*data already exists/);
  expect(code).toBe(1);
  expect(Buffer.compare(await readFile(join(folder, 'data', 'data_batch_1.bin')), before)).toBe(0);
});

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadModel, saveModel } from '../../src/model/model.js';
import { TwoLayerNet } from '../../src/net/two-layer-net.js';
import { fullModel } from '../support/model-files.js';
import { runCli } from '../support/run-cli.js';
import { BYTES, expectSameProbabilities, smallNet } from '../support/small-net.js';
import { sharedFolder } from '../support/temporary-folder.js';

const folder = sharedFolder();
const convert = (...args: string[]) => runCli(['convert', ...args], { cwd: folder });

test('convert writes a model in each format, and what it wrote converts back', async () => {
  const net = smallNet('float32');
  await saveModel(join(folder, 'a.safetensors'), net);
  for (const args of [
    ['a.safetensors', 'b.onnx', '--input', 'uint8'],
    ['b.onnx', 'c.json'],
    ['c.json', 'c.npz'],
    ['c.npz', 'd.safetensors', '--layout', 'torch'],
    ['d.safetensors', 'e.mjs'],
  ]) {
    expect(await convert(...args)).toMatchObject({ code: 0, stdout: '', stderr: '' });
  }
  const last = await loadModel(join(folder, 'd.safetensors'));
  expect(last.classNames).toEqual(net.classNames);
  expectSameProbabilities(TwoLayerNet.fromModel(last).probabilities(BYTES), net);
});

test('convert says that it replaced a file', async () => {
  await saveModel(join(folder, 'a.safetensors'), smallNet('float32'));
  await writeFile(join(folder, 'old.json'), '');
  const { code, stderr } = await convert('a.safetensors', 'old.json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: 'Replaced old.json, which was there already\n' });
});

test('convert keeps history and settings where the format does', async () => {
  await saveModel(join(folder, 'full.safetensors'), fullModel('float64'));
  expect(await convert('full.safetensors', 'full.json')).toMatchObject({ code: 0 });
  expect(await loadModel(join(folder, 'full.json'))).toEqual(fullModel('float64'));
});

test.each([
  [['full.safetensors', 'x.h5'], 2, /Expected a name that ends in \.safetensors, \.onnx, \.json, \.npz, \.mjs/],
  [['full.safetensors', 'x.safetensors', '--layout', 'keras'], 2, /Allowed choices are torch/],
  [['full.safetensors', 'x.onnx', '--layout', 'torch'], 1, /unknown.*layout/i],
  [['missing.onnx', 'x.json'], 1, /found no such file/],
  [['text', 'x.json'], 1, /Cannot read the model text/],
  [['text', './text.json'], 1, /Cannot read the model text/],
])('convert %j exits with %i', async (args, code, message) => {
  await writeFile(join(folder, 'text'), 'no model at all');
  await saveModel(join(folder, 'full.safetensors'), fullModel('float32'));
  const result = await convert(...args);
  expect(result.stderr).toMatch(message);
  expect(result.code).toBe(code);
});

test('convert does not replace the file that it reads', async () => {
  await saveModel(join(folder, 'same.json'), fullModel('float32'));
  const { code, stderr } = await convert('same.json', './same.json');
  expect(stderr).toContain('the new model and the model are the same file');
  expect(code).toBe(1);
});

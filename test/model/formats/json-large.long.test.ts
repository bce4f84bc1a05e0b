/** Large models that are read again, or refused when they are saved. */
import { expect, it } from 'vitest';
import { loadModel, saveModel, TwoLayerNet } from '../../../src/index.js';
import { freshFolder } from '../../support/temporary-folder.js';

const inFolder = freshFolder();

it('a net of 3072 numbers and 512 hidden units is saved as JSON and read again', { timeout: 60_000 }, async () => {
  const net = new TwoLayerNet({ inputSize: 3072, hiddenSize: 512, numClasses: 10, backend: 'js' });
  await saveModel(inFolder('net.json'), net);
  const { params } = await loadModel(inFolder('net.json'));
  for (const name of ['W1', 'b1', 'W2', 'b2'] as const) {
    expect(Buffer.from(params[name].buffer).equals(Buffer.from(net.params[name].buffer)), name).toBe(true);
  }
});

const params = (inputSize: number) => ({
  W1: new Float32Array(inputSize),
  b1: new Float32Array(1),
  W2: new Float32Array(10),
  b2: new Float32Array(10),
});

it('columns that would not be read again are refused when they are saved', { timeout: 60_000 }, async () => {
  const columns = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ name: `${i}`, type: 'number' as const }));
  const model = { hiddenSize: 1, numClasses: 10, dtype: 'float32' } as const;
  for (const file of ['net.safetensors', 'net.npz', 'net.json']) {
    const save = (count: number) =>
      saveModel(inFolder(file), { ...model, params: params(count), inputSize: count, columns: columns(count) });
    await save(100_000);
    expect((await loadModel(inFolder(file))).columns).toHaveLength(100_000);
    await expect(save(150_000)).rejects.toMatchObject({ code: 'ERR_OUT_OF_RANGE' });
  }
});

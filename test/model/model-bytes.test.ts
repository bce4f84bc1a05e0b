import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { modelBytes, saveModel, TwoLayerNet } from '../../src/index.js';
import { sharedFolder } from '../support/temporary-folder.js';

const folder = sharedFolder();
const net = new TwoLayerNet({ inputSize: 3, hiddenSize: 4, numClasses: 2, classNames: ['a', 'ä'] });

describe('modelBytes', () => {
  test.each(['model.safetensors', 'model', 'model.onnx', 'model.json', 'model.npz', 'model.mjs'])(
    'gives the bytes of the file %s',
    async (name) => {
      const file = join(folder, name);
      await saveModel(file, net);
      expect(Buffer.from(await modelBytes(net, name)).equals(await readFile(file))).toBe(true);
    },
  );

  test('writes safetensors unless a name says otherwise, with the options of saveModel', async () => {
    const plain = await modelBytes(net);
    expect(plain).toEqual(await modelBytes(net, 'x.safetensors'));
    expect(await modelBytes(net, undefined, { settings: { note: 1 } })).not.toEqual(plain);
  });

  test('refuses as saveModel does', async () => {
    const code = (expected: string) => ({ code: expected });
    await expect(modelBytes(net, 'model.txt')).rejects.toMatchObject(code('ERR_NOT_WRITABLE'));
    await expect(modelBytes(net, '')).rejects.toMatchObject(code('ERR_INVALID_TYPE'));
    await expect(modelBytes({} as TwoLayerNet)).rejects.toMatchObject(code('ERR_INVALID_TYPE'));
  });
});

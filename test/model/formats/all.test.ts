import { readFileSync, writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import { formatOfName } from '../../../src/model/formats/all.js';
import { loadModel, saveModel } from '../../../src/model/model.js';
import type { Model } from '../../../src/model/model-types.js';
import { TwoLayerNet } from '../../../src/net/two-layer-net.js';
import { fullModel, READABLE } from '../../support/model-files.js';
import {
  expectClose,
  expectSameProbabilities,
  scaledModel,
  scaledProbabilities,
  smallNet,
} from '../../support/small-net.js';
import { freshFolder } from '../../support/temporary-folder.js';

const inFolder = freshFolder();

describe.each(READABLE)('%s with %o', (name, options) => {
  it.each(['float32', 'float64'] as const)('gives back the same net in %s', async (dtype) => {
    const net = smallNet(dtype);
    await saveModel(inFolder(name), net, options);
    const model = await loadModel(inFolder(name));
    expect(model).toMatchObject({ dtype, classNames: net.classNames, inputSize: 6, hiddenSize: 5, numClasses: 3 });
    expect(model.mean === undefined).toBe(options.layout === 'torch');
    expectSameProbabilities(TwoLayerNet.fromModel(model).probabilities(BYTES_AS_FLOATS), net);
  });

  it.each(['float32', 'float64'] as const)('carries or folds a scale, and the type of labels, in %s', async (dtype) => {
    const model = scaledModel(dtype);
    await saveModel(inFolder(name), model, options);
    const loaded = await loadModel(inFolder(name));
    expect(loaded).toMatchObject({ labelType: 'number', classNames: ['1', '2', '30'] });
    expect(loaded.scale === undefined).toBe(options.layout === 'torch');
    expectClose(scaledProbabilities(loaded), scaledProbabilities(model));
  });

  it('keeps the shape of pictures', async () => {
    for (const imageShape of [
      { height: 1, width: 2, channels: 3, resized: true },
      { height: 3, width: 2, channels: 1 },
    ]) {
      const { params, inputSize, hiddenSize, numClasses, dtype } = smallNet('float32');
      const model = { params, inputSize, hiddenSize, numClasses, dtype, imageShape };
      await saveModel(inFolder(name), model, options);
      const loaded = await loadModel(inFolder(name));
      expect(loaded.imageShape).toEqual(imageShape);
      expect(TwoLayerNet.fromModel(loaded).imageShape).toEqual(imageShape);
    }
  });

  it('keeps settings, and writes the same bytes each time', async () => {
    await saveModel(inFolder(name), smallNet('float32'), { ...options, settings: { seed: 3 } });
    const bytes = readFileSync(inFolder(name));
    expect((await loadModel(inFolder(name))).settings).toEqual({ seed: 3 });
    await saveModel(inFolder(name), smallNet('float32'), { ...options, settings: { seed: 3 } });
    expect(readFileSync(inFolder(name)).equals(bytes)).toBe(true);
  });

  it('is recognised by its contents, whatever its name', async () => {
    await saveModel(inFolder(name), smallNet('float32'), options);
    writeFileSync(inFolder('other'), readFileSync(inFolder(name)));
    expect(await loadModel(inFolder('other'))).toEqual(await loadModel(inFolder(name)));
  });
});

it('a shape of pictures that the rows do not have is refused, written and read', async () => {
  const model = { ...modelOf(smallNet('float32')), imageShape: { height: 2, width: 2, channels: 1 } };
  await expect(saveModel(inFolder('m.json'), model)).rejects.toMatchObject({ code: 'ERR_SHAPE' });
  await saveModel(inFolder('m.json'), { ...model, imageShape: { height: 2, width: 3, channels: 1 } });
  const written = readFileSync(inFolder('m.json'), 'utf8');
  for (const shape of [
    '{"height":4,"width":3,"channels":1}',
    '{"height":2,"width":3,"channels":1,"resized":1}',
    '[]',
  ]) {
    writeFileSync(inFolder('changed.json'), written.replace(/("image_shape":)\{.*\}/, `$1${shape}`));
    await expect(loadModel(inFolder('changed.json')), shape).rejects.toMatchObject({ code: 'ERR_MODEL_FILE' });
  }
});

const BYTES_AS_FLOATS = Float32Array.from({ length: 42 }, (_, i) => (i * 97) % 256);

it('JSON gives back every number bit for bit, and the history', async () => {
  for (const dtype of ['float32', 'float64'] as const) {
    await saveModel(inFolder('m.json'), fullModel(dtype));
    expect(await loadModel(inFolder('m.json'))).toStrictEqual(fullModel(dtype));
  }
});

it('JSON of over 3 million numbers is refused, with the remedy, and so is reading it', async () => {
  const sizes = { inputSize: 3000, hiddenSize: 1000, numClasses: 2 };
  const net = new TwoLayerNet({ ...sizes, backend: 'js' });
  const refusal = { code: 'ERR_OUT_OF_RANGE', message: expect.stringContaining('save it as .safetensors') };
  await expect(saveModel(inFolder('m.json'), net)).rejects.toMatchObject(refusal);
  writeFileSync(inFolder('m.json'), `{"format":"two-layer-net"${' '.repeat(80_000_000)}`);
  await expect(loadModel(inFolder('m.json'))).rejects.toMatchObject({ code: 'ERR_MODEL_FILE' });
});

it.each<[string, object, string]>([
  ['m.onnx', { layout: 'torch' }, 'ERR_UNKNOWN_OPTION'],
  ['m.safetensors', { input: 'uint8' }, 'ERR_UNKNOWN_OPTION'],
  ['m.mjs', { input: 'uint8' }, 'ERR_UNKNOWN_OPTION'],
  ['m.onnx', { input: 'int8' }, 'ERR_INVALID_TYPE'],
  ['m.safetensors', { layout: 'keras' }, 'ERR_INVALID_TYPE'],
])('%s with %o is refused', async (name, options, code) => {
  await expect(saveModel(inFolder(name), smallNet('float32'), options)).rejects.toMatchObject({ code });
});

it.each([
  [-0.5, undefined, '-0.5 in column 1'],
  [256, 'size', '256 in column "size"'],
] as const)(
  'an ONNX file for bytes, of a model whose rows have the mean %d, is refused',
  async (value, name, words) => {
    const model = {
      ...scaledModel('float32'),
      mean: Float64Array.of(9, value, 0, 255, 1, 1),
      columns: name && ['a', name, 'c', 'd', 'e', 'f'].map((each) => ({ name: each, type: 'number' as const })),
    };
    await expect(saveModel(inFolder('m.onnx'), model, { input: 'uint8' })).rejects.toMatchObject({
      code: 'ERR_OUT_OF_RANGE',
      message:
        `Expected a model of bytes, 0 to 255, for the input 'uint8' but its rows have the mean ${words}: ` +
        'leave the option input (--input) out',
    });
  },
);

it.each(['m.pt', 'm.h5', 'm.txt', 'm.safetensors.bak'])('%s, whose end is of no format, is refused', async (name) => {
  await expect(saveModel(inFolder(name), smallNet('float32'))).rejects.toMatchObject({
    code: 'ERR_NOT_WRITABLE',
    message: expect.stringContaining('.safetensors, .onnx, .json, .npz, .mjs'),
  });
});

it('the end of a name, in any case, says the format', () => {
  expect(formatOfName('a/M.ONNX')?.name).toBe('ONNX');
  expect(formatOfName('model')).toBeUndefined();
});

it('a net of 3072 × 1024 is written and read with turns of the event loop in between', async () => {
  const net = new TwoLayerNet({ inputSize: 3072, hiddenSize: 1024, numClasses: 10, backend: 'js' });
  for (const [name, options] of READABLE.filter(([each]) => !each.endsWith('.json'))) {
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    await saveModel(inFolder(name), { ...modelOf(net), mean: new Float64Array(3072).fill(1) }, options);
    await loadModel(inFolder(name));
    delay.disable();
    // Tests never assert a time: that there were turns is what can be told.
    expect(delay.count).toBeGreaterThan(2);
  }
});

function modelOf({ params, inputSize, hiddenSize, numClasses, dtype }: TwoLayerNet): Model {
  return { params, inputSize, hiddenSize, numClasses, dtype };
}

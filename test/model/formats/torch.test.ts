import { writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { loadModel, saveModel } from '../../../src/model/model.js';
import { TwoLayerNet } from '../../../src/net/two-layer-net.js';
import { expectRefused, modelBytes, safetensorsBytes } from '../../support/model-files.js';
import { describeWithPython, python } from '../../support/python.js';
import { expectSameProbabilities, smallNet, writeRows } from '../../support/small-net.js';
import { freshFolder } from '../../support/temporary-folder.js';

const inFolder = freshFolder();
const first = { shape: [3, 2], values: [1, 4, 2, 5, 3, 6] };
const second = { shape: [2, 3], values: [-1, -3, -5, -2, -4, -6] };

it.each([
  ['net.0', 'net.2'],
  ['fc1', 'fc2'],
  ['layers.9', 'layers.10'],
])('reads layers named %s and %s', async (one, two) => {
  const tensors = {
    [`${one}.weight`]: first,
    [`${one}.bias`]: { shape: [3], values: [7, 8, 9] },
    [`${two}.weight`]: second,
    [`${two}.bias`]: { shape: [2], values: [0.5, -0.5] },
  };
  writeFileSync(inFolder('m'), modelBytes(tensors));
  const { params } = await loadModel(inFolder('m'));
  expect([...params.W1]).toEqual([1, 2, 3, 4, 5, 6]);
  expect([...params.W2]).toEqual([-1, -2, -3, -4, -5, -6]);
  expect([[...params.b1], [...params.b2]]).toEqual([
    [7, 8, 9],
    [0.5, -0.5],
  ]);
});

it('orders layers without numbers by their sizes, and refuses those whose sizes allow both orders', async () => {
  const tensors = {
    'hidden.weight': { shape: [1, 3], values: [1, 2, 3] },
    'hidden.bias': { shape: [1], values: [4] },
    'classifier.weight': { shape: [2, 1], values: [5, 6] },
    'classifier.bias': { shape: [2], values: [7, 8] },
  };
  writeFileSync(inFolder('m'), modelBytes(tensors));
  expect(await loadModel(inFolder('m'))).toMatchObject({ inputSize: 3, hiddenSize: 1, numClasses: 2 });
  const both = {
    ...tensors,
    'hidden.weight': { shape: [1, 2], values: [1, 2] },
  };
  await expectRefused(loadModel, inFolder('m'), modelBytes(both), 'name them 0 and 2');
});

it('refuses three layers, and layers of other sizes, by their names', async () => {
  const layer = (name: string, weight: object, bias: number[]) => ({
    [`${name}.weight`]: weight,
    [`${name}.bias`]: { shape: [bias.length], values: bias },
  });
  const two = { ...layer('0', first, [1, 2, 3]), ...layer('2', second, [1, 2]) } as Parameters<typeof modelBytes>[0];
  const three = { ...two, ...layer('4', second, [1, 2]) } as typeof two;
  await expectRefused(loadModel, inFolder('m'), modelBytes(three), 'two linear layers');
  const wrong = { ...two, '2.weight': first };
  await expectRefused(loadModel, inFolder('m'), modelBytes(wrong), 'expected shape');
});

it('widens half precision and bfloat16 exactly', async () => {
  // By IEEE 754: 1, −2, the smallest and the largest subnormal number, the largest number, −0.
  const halves = [0x3c00, 0xc000, 0x0001, 0x03ff, 0x7bff, 0x8000];
  const W1 = (dtype: string) => ({ dtype, shape: [6, 1], data_offsets: [0, 12] });
  const rest = (dtype: string) => ({
    b1: { dtype, shape: [1], data_offsets: [12, 14] },
    W2: { dtype, shape: [1, 1], data_offsets: [14, 16] },
    b2: { dtype, shape: [1], data_offsets: [16, 18] },
  });
  const data = new Uint8Array(Uint16Array.from([...halves, 0, 0, 0]).buffer);
  writeFileSync(inFolder('m'), safetensorsBytes({ W1: W1('F16'), ...rest('F16') }, data));
  const half = await loadModel(inFolder('m'));
  expect([...half.params.W1]).toEqual([1, -2, 2 ** -24, 1023 * 2 ** -24, 65504, -0]);
  expect(half.dtype).toBe('float32');
  const brain = new Uint8Array(Uint16Array.from([0x3f80, 0xc049, 1, 0x7f7f, 0x8000, 0, 0, 0, 0]).buffer);
  writeFileSync(inFolder('m'), safetensorsBytes({ W1: W1('BF16'), ...rest('BF16') }, brain));
  const { params } = await loadModel(inFolder('m'));
  expect([...params.W1]).toEqual([1, -3.140625, 2 ** -133, 255 * 2 ** 120, -0, 0]);
});

/** Loads a state dict strictly and prints the probabilities of the rows of a file; saves it again in another dtype. */
const RUN = `
import json, sys, torch
from safetensors.torch import load_file, save_file
path, rows, again = sys.argv[1:]
state = load_file(path)
dtype = state['0.weight'].dtype
net = torch.nn.Sequential(torch.nn.Linear(6, 5), torch.nn.ReLU(), torch.nn.Linear(5, 3)).to(dtype)
net.load_state_dict(state, strict=True)
x = torch.tensor(json.load(open(rows)), dtype=dtype)
result = {'float': torch.softmax(net(x), 1).ravel().tolist()}
for name in ('float16', 'bfloat16'):
    small = {'model.' + key: value.to(getattr(torch, name)) for key, value in state.items()}
    save_file(small, again + name)
    wide = {key: small['model.' + key].to(torch.float32) for key in state}
    net = net.to(torch.float32); net.load_state_dict(wide)
    result[name] = torch.softmax(net(x.to(torch.float32)), 1).ravel().tolist()
print(json.dumps(result))
`;

describeWithPython('PyTorch', ['torch', 'safetensors.torch'], () => {
  it.each(['float32', 'float64'] as const)(
    'loads a %s state dict strictly, and what it saves is read',
    async (dtype) => {
      const net = smallNet(dtype);
      await saveModel(inFolder('m.safetensors'), net, { layout: 'torch' });
      writeRows(inFolder('rows'));
      const results = python<Record<string, number[]>>(RUN, inFolder('m.safetensors'), inFolder('rows'), inFolder('a'));
      expectSameProbabilities(results.float, net);
      for (const name of ['float16', 'bfloat16']) {
        const model = await loadModel(inFolder(`a${name}`));
        expectSameProbabilities(results[name], TwoLayerNet.fromModel(model));
      }
    },
    60_000,
  );
});

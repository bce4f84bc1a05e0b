import { expect, it } from 'vitest';
import { TwoLayerNet } from '../../src/net/two-layer-net.js';

it('counts the layers, shapes, numbers and bytes of a net', () => {
  const sizes = { inputSize: 3072, hiddenSize: 50, numClasses: 10, backend: 'js' } as const;
  const net = new TwoLayerNet(sizes);
  const summary = net.summary();
  expect(summary.layers).toStrictEqual([
    {
      name: 'hidden',
      computes: 'affine, ReLU',
      inputs: 3072,
      outputs: 50,
      shapes: { W1: [3072, 50], b1: [50] },
      parameters: 153_650,
      bytes: 614_600,
    },
    {
      name: 'output',
      computes: 'affine, softmax',
      inputs: 50,
      outputs: 10,
      shapes: { W2: [50, 10], b2: [10] },
      parameters: 510,
      bytes: 2040,
    },
  ]);
  const arrays = Object.values(net.params);
  expect(summary.parameters).toBe(arrays.reduce((sum, { length }) => sum + length, 0));
  expect(summary.bytes).toBe(arrays.reduce((sum, { byteLength }) => sum + byteLength, 0));
  expect(new TwoLayerNet({ ...sizes, dtype: 'float64' }).summary()).toMatchObject({
    dtype: 'float64',
    bytes: 1_233_280,
  });
  expect(`${summary}`).toBe(
    [
      '3072 inputs, 50 hidden units, 10 classes; float32',
      'layer   computes         parameters              numbers    bytes',
      'hidden  affine, ReLU     W1 (3072, 50), b1 (50)  153,650  614,600',
      'output  affine, softmax  W2 (50, 10), b2 (10)        510    2,040',
      'total                                            154,160  616,640',
    ].join('\n'),
  );
});

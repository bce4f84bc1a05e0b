import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { loadModel, saveModel } from '../../src/model/model.js';
import { fullModel } from '../support/model-files.js';
import { freshFolder } from '../support/temporary-folder.js';

const inFolder = freshFolder();
const available = spawnSync('python3', ['-c', 'import safetensors.numpy']).status === 0;

function python(program: string, file: string): string {
  return execFileSync('python3', ['-c', program, file], { encoding: 'utf8' });
}

/** Prints metadata, and of each tensor the dtype, the shape and the bytes. */
const READ = `
import json, sys
from safetensors import safe_open
with safe_open(sys.argv[1], framework='np') as file:
    tensors = {name: file.get_tensor(name) for name in file.keys()}
    described = {name: [str(a.dtype), a.shape, a.tobytes().hex()] for name, a in tensors.items()}
    print(json.dumps({'metadata': file.metadata(), 'tensors': described}))
`;

/** Writes a net with D 3, H 2, C 2 of numbers 0.1, 0.2, … in the dtype given. */
const WRITE = (dtype: string) => `
import json, sys, numpy
from safetensors.numpy import save_file
numbers = (numpy.arange(1, 15) / 10).astype(numpy.${dtype})
save_file({
    'W1': numbers[0:6].reshape(3, 2).copy(), 'b1': numbers[6:8].copy(),
    'W2': numbers[8:12].reshape(2, 2).copy(), 'b2': numbers[12:14].copy(),
    'mean': numpy.array([1/3, 2.0, 3.0]), 'steps': numpy.array([7]),
}, sys.argv[1], metadata={'class_names': json.dumps(['cat', 'häst'])})
`;

const title = `Python's safetensors package${available ? '' : ' (skipped: python3 cannot import safetensors.numpy)'}`;

describe.skipIf(!available).each(['float32', 'float64'] as const)(`${title}, %s`, (dtype) => {
  it('reads what saveModel writes: the same bytes, shapes and metadata', async () => {
    const model = fullModel(dtype);
    await saveModel(inFolder('m.safetensors'), model);
    const hex = (array: Float32Array | Float64Array) => Buffer.from(array.buffer).toString('hex');
    const { W1, b1, W2, b2 } = model.params;
    const mean = model.mean ?? new Float64Array(0);
    const loss = Float64Array.from(model.history?.lossHistory ?? []);
    expect(JSON.parse(python(READ, inFolder('m.safetensors')))).toEqual({
      metadata: {
        format: 'two-layer-net',
        format_version: '1',
        computation: expect.stringContaining('scores ='),
        class_names: JSON.stringify(model.classNames),
        settings: JSON.stringify(model.settings),
      },
      tensors: {
        W1: [dtype, [3, 2], hex(W1)],
        b1: [dtype, [2], hex(b1)],
        W2: [dtype, [2, 2], hex(W2)],
        b2: [dtype, [2], hex(b2)],
        mean: ['float64', [3], hex(mean)],
        'history.loss': ['float64', [3], hex(loss)],
        'history.train_accuracy': ['float64', [1], hex(Float64Array.of(0.25))],
        'history.validation_accuracy': ['float64', [0], ''],
      },
    });
  });

  it('writes what loadModel reads', async () => {
    python(WRITE(dtype), inFolder('m.safetensors'));
    const type = dtype === 'float32' ? Float32Array : Float64Array;
    const numbers = (from: number, to: number) =>
      type.from(Array.from({ length: to - from }, (_, i) => (from + i + 1) / 10));
    expect(await loadModel(inFolder('m.safetensors'))).toStrictEqual({
      params: { W1: numbers(0, 6), b1: numbers(6, 8), W2: numbers(8, 12), b2: numbers(12, 14) },
      inputSize: 3,
      hiddenSize: 2,
      numClasses: 2,
      dtype,
      mean: Float64Array.from([1 / 3, 2, 3]),
      classNames: ['cat', 'häst'],
    });
  });
});

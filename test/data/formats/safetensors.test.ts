import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadDataset } from '../../../src/data/load-dataset.js';
import { encodeSafetensors } from '../../../src/data/safetensors/encode.js';
import { bitFlips, countRead, truncations } from '../../support/damage.js';
import { describeWithPython, python } from '../../support/python.js';
import { freshFolder } from '../../support/temporary-folder.js';

const inFolder = freshFolder();
const PATH = () => inFolder('rows.safetensors');

type Tensors = Record<string, [Uint8Array | Int32Array | Float32Array | Float64Array, number[]]>;

function bytesOf(tensors: Tensors, metadata: Record<string, string> = {}): Uint8Array {
  const all = Object.entries(tensors).map(([name, [data, shape]]) => [name, { data, shape }] as const);
  return Buffer.concat(encodeSafetensors(new Map(all), new Map(Object.entries(metadata))));
}

const X = (...values: number[]): [Float32Array, number[]] => [Float32Array.from(values), [values.length / 2, 2]];
const y = (...labels: number[]): [Int32Array, number[]] => [Int32Array.from(labels), [labels.length]];
const failure = (message: RegExp) =>
  expect(loadDataset(PATH())).rejects.toMatchObject({ code: 'ERR_DATA_FILE', message: expect.stringMatching(message) });

describe('tensors of a safetensors file', () => {
  it('are paired by their names, whatever stands between them', async () => {
    const others = { other: [new Float64Array(9), [9]] } satisfies Tensors;
    writeFileSync(
      PATH(),
      bytesOf({ X_test: X(5, 6), y_test: y(0), X_train: X(1, 2, 3, 4), y_train: y(1, 0), ...others }),
    );
    const { train, test, validation, name, named } = await loadDataset(PATH());
    expect(train.X.data).toEqual(Float32Array.of(1, 2, 3, 4));
    expect([train.y, test?.y, validation]).toEqual([Int32Array.of(1, 0), Int32Array.of(0), undefined]);
    expect([test?.X.data, name, named]).toEqual([Float32Array.of(5, 6), 'rows', false]);
  });

  it('may be pictures of bytes, with names of classes in the metadata', async () => {
    const pixels: [Uint8Array, number[]] = [new Uint8Array(24).fill(7), [2, 2, 2, 3]];
    writeFileSync(PATH(), bytesOf({ X: pixels, y: y(2, 0) }, { classNames: '["a","b","c"]' }));
    const data = await loadDataset(PATH());
    expect(data).toMatchObject({ classNames: ['a', 'b', 'c'], imageShape: { height: 2, width: 2, channels: 3 } });
    expect(data.train.X.data).toEqual(pixels[0]);
    writeFileSync(PATH(), bytesOf({ X: pixels, y: y(2, 0) }, { classNames: '["a"]' }));
    await failure(/a name for each of 3 classes in .*, whose largest label is 2, but found 1/);
    writeFileSync(PATH(), bytesOf({ X: pixels, y: y(2, 0) }, { classNames: '["a","b","a"]' }));
    await failure(/classes of different names in .* but found two of "a"/);
  });

  it('are refused with the byte or the name of what is wrong', async () => {
    writeFileSync(PATH(), bytesOf({ W1: X(1, 2), b1: y(0) }));
    await failure(/arrays named X and y.* but found "W1", "b1"/);
    writeFileSync(PATH(), bytesOf({ X: X(1, Number.NaN), y: y(0) }));
    await failure(/finite number at byte \d+ of X in .* but found NaN in row \d+, column \d+/);
    writeFileSync(PATH(), bytesOf({ X: X(1, 2), y: y(-1) }));
    await failure(/class indices .* in y in .* but found -1 at byte \d+/);
    const bytes = Buffer.from(bytesOf({ X: [Float64Array.of(1, 2), [1, 2]], y: y(0) }));
    bytes.write('C64', bytes.indexOf('F64'));
    writeFileSync(PATH(), bytes);
    await failure(/one of the types BOOL, .*: C64/);
  });

  it('are refused at every truncation, and refused or read at every flipped bit', async () => {
    const bytes = bytesOf({ X: X(1, 2, 3, 4), y: y(1, 0) });
    const load = (damaged: Uint8Array) => {
      writeFileSync(PATH(), damaged);
      return loadDataset(PATH(), { format: 'safetensors' });
    };
    expect(await countRead([bytes], load)).toBe(1);
    expect(await countRead(truncations(bytes), load)).toBe(0);
    const flips = [...bitFlips(bytes)].filter((_, i) => i % 4 === 0);
    expect(await countRead(flips, load)).toBeLessThan(flips.length);
  });
});

/** Writes a file for each type, and prints the numbers of each. */
const WRITE = `
import json, os, sys, numpy
from safetensors.numpy import save_file
numbers = numpy.arange(6).reshape(3, 2)
written = {}
for dtype in ('bool', 'u1', 'i1', 'u2', 'i2', 'f2', 'u4', 'i4', 'f4', 'u8', 'i8', 'f8'):
    X = (numbers % 2 if dtype == 'bool' else numbers * 3 - 4 * (dtype[0] in 'if')).astype(dtype)
    save_file({'X': X, 'y': numpy.array([2, 0, 1])}, os.path.join(sys.argv[1], dtype))
    written[dtype] = X.astype('f8').ravel().tolist()
print(json.dumps(written))
`;

describeWithPython("Python's safetensors", ['safetensors', 'numpy'], () => {
  it('writes numbers of all types, which are read with the same values', async () => {
    const written = Object.entries(python<Record<string, number[]>>(WRITE, inFolder()));
    expect(written).toHaveLength(12);
    for (const [dtype, numbers] of written) {
      const { train } = await loadDataset(inFolder(dtype));
      expect([dtype, ...train.X.data]).toEqual([dtype, ...numbers]);
      expect([...train.y]).toEqual([2, 0, 1]);
    }
  });
});

describeWithPython('PyTorch', ['torch', 'safetensors'], () => {
  it('writes bfloat16, which is widened', async () => {
    const program = `
import json, sys, torch
from safetensors.torch import save_file
X = torch.tensor([[1.5, -2.25], [0.1, 3e38]], dtype=torch.bfloat16)
save_file({'X': X, 'y': torch.tensor([1, 0])}, sys.argv[1])
print(json.dumps(X.float().flatten().tolist()))
`;
    const numbers = python<number[]>(program, PATH());
    expect([...(await loadDataset(PATH())).train.X.data]).toEqual(numbers);
  });
});

import { expect, it } from 'vitest';
import { loadDataset } from '../../../src/data/load-dataset.js';
import { describeWithPython, python } from '../../support/python.js';
import { freshFolder } from '../../support/temporary-folder.js';

const inFolder = freshFolder();

/**
 * Writes (2, 3, 4) numbers of a type as .npy files in a folder and as .npz files, compressed and not, and prints them
 * as float64.
 */
const WRITE = `
import json, os, sys, numpy
folder, dtype, order = sys.argv[1:]
numbers = numpy.arange(24).reshape(2, 3, 4)
X = numpy.asarray(numbers % 2 if dtype[1] == 'b' else numbers * 5 - 7 * (dtype[1] in 'if'), order=order).astype(dtype)
y = numpy.array([[1], [0]]).astype(dtype)
text = numpy.array(['zwei', 'eins'])
numpy.save(os.path.join(folder, 'X.npy'), X)
numpy.save(os.path.join(folder, 'y.npy'), y)
numpy.savez(os.path.join(folder, 'a.npz'), x_train=X, y_train=y, x_test=X, y_test=y)
numpy.savez_compressed(os.path.join(folder, 'b.npz'), X=X, y=text)
print(json.dumps(X.astype('f8').ravel(order='C').tolist()))
`;

const TYPES = ['|b1', '|u1', '|i1', 'u2', 'i2', 'f2', 'u4', 'i4', 'f4', 'u8', 'i8', 'f8'];
const cases = TYPES.flatMap((type) => (type[0] === '|' ? [type] : [`<${type}`, `>${type}`])).flatMap((type) =>
  ['C', 'F'].map((order) => [type, order] as const),
);

describeWithPython('NumPy', ['numpy'], () => {
  it.each(cases)('writes %s in order %s, which is read with the same numbers', async (type, order) => {
    const numbers = python<number[]>(WRITE, inFolder(), type, order);
    const wide = /[uif]8|[ui]4/.test(type);
    const Expected = /[ub]1/.test(type) ? Uint8Array : wide ? Float64Array : Float32Array;
    const pair = await loadDataset(inFolder());
    const archive = await loadDataset(inFolder('a.npz'));
    const compressed = await loadDataset(inFolder('b.npz'));
    for (const part of [pair.train, archive.train, archive.test, compressed.train]) {
      expect(part?.X.data).toEqual(Expected.from(numbers));
      expect([...(part?.y ?? [])]).toEqual([1, 0]);
    }
    expect(compressed.classNames).toEqual(['eins', 'zwei']);
    expect(pair.imageShape).toEqual({ height: 3, width: 4, channels: 1 });
  });
});

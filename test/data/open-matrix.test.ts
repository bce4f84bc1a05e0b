/** `Matrix.open`: arrays of NumPy's in files that are mapped into memory. */
import { spawnSync } from 'node:child_process';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { describe, expect, it, test } from 'vitest';
import { chooseBackend } from '../../src/backend/choose.js';
import { type ArrayToWrite, npyChunks } from '../../src/data/arrays/write-npy.js';
import { Matrix } from '../../src/data/matrix.js';
import { RandomState, TwoLayerNet } from '../../src/index.js';
import { describeOnBackends, describeOnNative } from '../support/backends.js';
import { ROOT } from '../support/run-cli.js';
import { freshFolder } from '../support/temporary-folder.js';

const place = freshFolder();
const [N, D] = [60, 6];
const numbers = Array.from({ length: N * D }, (_, i) => (i * 37) % 251);
const labels = Int32Array.from({ length: N }, (_, i) => i % 3);

/** Writes an array to `name` and returns its path. */
function write(data: ArrayToWrite['data'], shape: number[] = [N, D], name = 'X.npy'): string {
  writeFileSync(place(name), Buffer.concat([...npyChunks({ key: 'X', shape, data })]));
  return place(name);
}

const TYPES = [Uint8Array, Float32Array, Float64Array] as const;

describeOnBackends('Matrix.open', (backend) => {
  const native = backend === 'native';

  it.each(TYPES)('has the rows of a file of %o', async (type) => {
    const X = await Matrix.open(write(type.from(numbers)), { backend });
    expect([X.rows, X.columns, X.mapped]).toEqual([N, D, native]);
    expect(X.data).toBeInstanceOf(type);
    expect(Array.from(X.data)).toEqual(numbers);
    expect(Array.from(X.slice(2, 4).data)).toEqual(numbers.slice(2 * D, 4 * D));
  });

  it.each(TYPES)('trains from a file of %o as from memory, bit for bit', async (type) => {
    const train = async (X: Matrix) => {
      const net = new TwoLayerNet({ inputSize: D, hiddenSize: 5, numClasses: 3, backend, random: new RandomState(2) });
      const history = await net.train(X, labels, null, null, { numIters: 20, batchSize: 10, learningRate: 1e-3 });
      return [history.lossHistory, net.params];
    };
    const X = await Matrix.open(write(type.from(numbers)), { backend });
    expect(await train(X)).toEqual(await train(new Matrix(type.from(numbers), D)));
  });

  it('reads and converts what cannot be used as it is', async () => {
    const X = await Matrix.open(write(Int32Array.from(numbers), [N, 2, 3]), { backend });
    expect([X.rows, X.columns, X.mapped]).toEqual([N, D, false]);
    expect(Array.from(X.data)).toEqual(numbers);
    X.close();
    expect(X.data).toHaveLength(N * D);
  });

  it('never changes the file', async () => {
    const file = write(Uint8Array.from(numbers));
    const before = readFileSync(file);
    const X = await Matrix.open(file, { backend });
    X.data.fill(7);
    expect(X.data[5]).toBe(7);
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it.each([
    ['a truncated file', () => truncateSync(write(Float64Array.from(numbers)), 500), /500|2880 bytes/],
    ['rows without columns', () => write(Uint8Array.from(labels), [N]), /shape \(N, D\)/],
    ['other bytes', () => writeFileSync(place('X.npy'), 'petals,species\n1,rose\n'), /saved by NumPy/],
    [
      'CIFAR-10 records',
      () => writeFileSync(place('X.npy'), new Uint8Array(2 * 3073)),
      /found other bytes: to open data of another format, .* first, with two-layer-net data convert .*X\.npy X\.npy$/,
    ],
    ['text', () => write(['a', 'b'], [2, 1]), /numbers/],
    ['no file', () => {}, /ENOENT/],
  ])('refuses %s', async (_, make, message) => {
    make();
    const opened = Matrix.open(place('X.npy'), { backend });
    await expect(opened).rejects.toMatchObject({ code: 'ERR_DATA_FILE', message: expect.stringMatching(message) });
  });
});

test('options are checked', async () => {
  await expect(Matrix.open('')).rejects.toMatchObject({ code: 'ERR_INVALID_TYPE' });
  const options = { mode: 'r' } as object;
  await expect(Matrix.open('X.npy', options)).rejects.toMatchObject({ code: 'ERR_UNKNOWN_OPTION' });
});

describeOnNative('a mapped matrix', () => {
  const net = () => new TwoLayerNet({ inputSize: D, hiddenSize: 5, numClasses: 3, random: new RandomState(2) });

  it('is refused after it was closed, with its slices', async () => {
    const X = await Matrix.open(write(Float32Array.from(numbers)));
    const slice = X.slice(0, 2);
    X.close();
    X.close();
    expect(X.data).toHaveLength(0);
    for (const rows of [X, slice])
      expect(() => net().predict(rows)).toThrow(expect.objectContaining({ code: 'ERR_DETACHED' }));
  });

  it('may be closed during a training, which ends as if it had not been', async () => {
    const options = { numIters: 3000, batchSize: 50, learningRate: 1e-4 };
    const [a, b] = [net(), net()];
    const X = await Matrix.open(write(Float32Array.from(numbers)));
    const training = a.train(X, labels, null, null, options);
    X.close();
    await training;
    await b.train(Float32Array.from(numbers), labels, null, null, options);
    expect(a.params).toEqual(b.params);
  });

  it('says which file has become shorter, before the system ends the process', () => {
    const file = write(
      Uint8Array.from({ length: 100_000 }, () => 1),
      [1000, 100],
    );
    const program = `
      import { truncateSync } from 'node:fs';
      import { Matrix } from ${JSON.stringify(pathToFileURL(`${ROOT}/dist/index.js`).href)};
      const X = await Matrix.open(${JSON.stringify(file)});
      truncateSync(${JSON.stringify(file)}, 200);
      console.log(X.data.at(-1));`;
    const { signal, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
      encoding: 'utf8',
      // AddressSanitizer would end the process its own way.
      env: { ...process.env, ASAN_OPTIONS: `${process.env.ASAN_OPTIONS ?? ''}:handle_sigbus=0` },
    });
    expect(signal).toBe('SIGBUS');
    expect(stderr).toContain(`two-layer-net: ${file} became shorter while it was mapped into memory\n`);
  });
});

describe('mapFile', () => {
  it('gives a buffer that only unmapFile takes away', () => {
    const { binding } = chooseBackend('native');
    expect(() => binding.unmapFile(new ArrayBuffer(8))).toThrow('binding: expected a buffer of mapFile for buffer');
  });
});

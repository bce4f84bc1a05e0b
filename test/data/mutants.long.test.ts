/**
 * 100 000 damaged files, the same ones each time: each is read, or refused with a code and a message that says where,
 * and nothing takes the memory of a size that a file only claims.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { unzipSync, zipSync } from 'fflate';
import { packTar } from 'modern-tar';
import { beforeAll, describe, expect, test } from 'vitest';
import { isDataset } from '../../src/data/dataset.js';
import { readCifarRecords } from '../../src/data/formats/cifar10-records.js';
import type { DatasetFormatId, LoadDatasetOptions } from '../../src/data/formats/format.js';
import { loadDataset } from '../../src/data/load-dataset.js';
import { Matrix } from '../../src/data/matrix.js';
import { encodeSafetensors } from '../../src/data/safetensors/encode.js';
import { loadModel, saveModel } from '../../src/model/model.js';
import { idx, npy, npz } from '../support/array-files.js';
import { Mutator } from '../support/mutants.js';
import { pickle } from '../support/pickles.js';
import { scaledModel, smallNet } from '../support/small-net.js';
import { sharedFolder } from '../support/temporary-folder.js';

const ALL = 100_000;
/** Mutants that are read at the same time. */
const AT_ONCE = 8;
const MIB = 2 ** 20;

/** A kind of file. */
interface Kind {
  /** Of all mutants, this part. */
  readonly share: number;
  /** The file that is damaged, in a folder of its own. */
  readonly file: string;
  readonly bytes: () => Uint8Array | Promise<Uint8Array>;
  /** Files beside it. */
  readonly beside?: Readonly<Record<string, Uint8Array>>;
  /** Makes a mutant of what is inside a compressed or checked file, and puts it in again; half of them are such. */
  readonly inside?: (bytes: Uint8Array, mutator: Mutator) => Uint8Array;
  /** @param known - whether to say the format: recognising it opens the file once for each of all formats */
  readonly load: (path: string, known: boolean) => Promise<unknown>;
}

const csv = Buffer.from('size,"col, or",class\n1.5,"red ""x""",a\n-2,blue,b\n.5e1,"red ""x""",a\n');
const dataset = (format: DatasetFormatId, options: LoadDatasetOptions = {}) => ({
  load: (path: string, known: boolean) => loadDataset(path, known ? { ...options, format } : options),
});
const table = { share: 2, file: 'table', ...dataset('table', { missing: 'mean' }) };
const [X, y] = [npy('<f4', [2, 3], Float32Array.of(1, 2, 3, 4, 5, 6)), npy('<i8', [2], BigInt64Array.of(1n, 0n))];
const planes = Uint8Array.from({ length: 3072 }, (_, i) => i % 251);
const names = npy('<U3', [2], Uint32Array.of(99, 97, 116, 100, 111, 103));
const images = idx(
  [2, 2, 3],
  Uint8Array.from({ length: 12 }, (_, i) => i),
);
const labels = idx([2], Uint8Array.of(1, 0));
const model = (file: string, save: (path: string) => Promise<void>, share = 10): Kind => ({
  share,
  file,
  bytes: async () => {
    const { readFileSync } = await import('node:fs');
    await save(`${folder}/${file}`);
    return readFileSync(`${folder}/${file}`);
  },
  ...(file.endsWith('.npz') && { inside: insideZip }),
  load: loadModel,
});

const KINDS: Record<string, Kind> = {
  CSV: { ...table, bytes: () => csv },
  'CSV with semicolons': { ...table, bytes: () => Buffer.from('1,5;rot;a\r\n2,25;blau;b\r\n3,125;rot;b\r\n') },
  'CSV as gzip': {
    ...table,
    bytes: () => gzipSync(csv),
    inside: (_, mutator) => gzipSync(mutator.mutant(csv)),
  },
  'JSON lines': { ...table, bytes: () => Buffer.from('{"s":1.5,"c":"r\\"}","y":"a"}\n{"s":-2,"c":"b","y":"b"}\n') },
  'a JSON array': { ...table, bytes: () => Buffer.from('[[1.5, "r]", true],\n [2, null, false], [3e0, "r]", true]]') },
  'rows of npy': { share: 6, file: 'X.npy', bytes: () => X, beside: { 'y.npy': y }, ...dataset('npy') },
  'labels of npy': { share: 6, file: 'y.npy', bytes: () => y, beside: { 'X.npy': X }, ...dataset('npy') },
  'names of npy': { share: 6, file: 'y.npy', bytes: () => names, beside: { 'X.npy': X }, ...dataset('npy') },
  'a mapped npy': { share: 8, file: 'X.npy', bytes: () => X, load: openAndClose },
  npz: { share: 1, file: 'a.npz', bytes: () => npz({ X, y }), inside: insideZip, ...dataset('npz') },
  'npz, compressed': { share: 1, file: 'a.npz', bytes: () => npz({ X, y }, 6), inside: insideZip, ...dataset('npz') },
  'safetensors of data': {
    share: 10,
    file: 'd.safetensors',
    bytes: () =>
      Buffer.concat(
        encodeSafetensors(
          new Map([
            ['X', { data: Float32Array.of(1, 2, 3, 4), shape: [2, 2] }],
            ['y', { data: Int32Array.of(1, 0), shape: [2] }],
          ]),
          new Map([['classNames', '["cat","dog"]']]),
        ),
      ),
    ...dataset('safetensors'),
  },
  'images of IDX': {
    share: 7,
    file: 'train-images-idx3-ubyte',
    bytes: () => images,
    beside: { 'train-labels-idx1-ubyte': labels },
    ...dataset('idx'),
  },
  'labels of IDX as gzip': {
    share: 3,
    file: 'train-labels-idx1-ubyte.gz',
    bytes: () => gzipSync(labels),
    beside: { 'train-images-idx3-ubyte.gz': gzipSync(images) },
    inside: (_, mutator) => gzipSync(mutator.mutant(labels)),
    ...dataset('idx'),
  },
  'records of CIFAR': {
    share: 8,
    file: 'c.bin',
    bytes: () => Buffer.concat([Buffer.of(3), planes]),
    load: readCifarRecords,
  },
  'a pickle of CIFAR': {
    share: 10,
    file: 'batch',
    bytes: () => pickle({ batch_label: 'a', labels: [4], data: planes, filenames: ['f'] }),
    // Its first bytes and its last ones mean something; most of it is pixels.
    inside: (bytes, mutator) => {
      const at = Buffer.from(bytes).indexOf(planes);
      const [head, tail] = [bytes.subarray(0, at), bytes.subarray(at + planes.length)];
      return mutator.below(2)
        ? Buffer.concat([mutator.mutant(head), planes, tail])
        : Buffer.concat([head, planes, mutator.mutant(tail)]);
    },
    load: readCifarRecords,
  },
  'an archive of CIFAR': {
    share: 4,
    file: 'cifar-10-binary.tar.gz',
    bytes: async () => gzipSync(await tar()),
    inside: (_, mutator) => gzipSync(mutator.mutant(archive), { level: 1 }),
    ...dataset('cifar-10'),
  },
  safetensors: model('m.safetensors', (path) => saveModel(path, scaledModel('float32'), { settings: { seed: 1 } })),
  "PyTorch's": model('t.safetensors', (path) => saveModel(path, smallNet('float32'), { layout: 'torch' })),
  ONNX: model('m.onnx', (path) => saveModel(path, smallNet('float32'))),
  'JSON of a model': model('m.json', (path) => saveModel(path, scaledModel('float64'))),
  'npz of a model': model('m.npz', (path) => saveModel(path, smallNet('float32')), 1),
};

let archive: Uint8Array;
async function tar(): Promise<Uint8Array> {
  const file = (name: string, body: Uint8Array) => ({
    header: { name: `cifar-10-batches-bin/${name}`, size: body.length, type: 'file' as const },
    body,
  });
  archive = await packTar([file('batches.meta.txt', Buffer.from('cat\ndog\n')), file('data_batch_1.bin', planes)]);
  return archive;
}

function insideZip(bytes: Uint8Array, mutator: Mutator): Uint8Array {
  const files = unzipSync(bytes);
  const all = Object.keys(files);
  const name = all[mutator.below(all.length)];
  return zipSync({ ...files, [name]: mutator.mutant(files[name]) }, { level: 0 });
}

async function openAndClose(path: string): Promise<Matrix> {
  const matrix = await Matrix.open(path);
  matrix.close();
  return matrix;
}

const folder = sharedFolder();
const gc = (() => {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
})();
const peak = () => process.resourceUsage().maxRSS / 1024;
const shares = Object.values(KINDS).reduce((sum, { share }) => sum + share, 0);
let [total, before] = [0, 0];

beforeAll(() => {
  // Nobody looks at the stacks of refusals, and they take a fifth of the time.
  Error.stackTraceLimit = 0;
  gc();
  before = peak();
});
describe('damaged files', () => {
  test.each(Object.entries(KINDS).map(([name, kind], index) => ({ name, kind, index })))(
    '$name',
    async ({ name, kind, index }) => {
      const { file, beside = {}, inside, load } = kind;
      const places = Array.from({ length: AT_ONCE }, (_, i) => `${folder}/${index}-${i}/${file}`);
      for (const place of places) {
        mkdirSync(dirname(place), { recursive: true });
        for (const [other, bytes] of Object.entries(beside)) writeFileSync(`${dirname(place)}/${other}`, bytes);
      }
      const whole = await kind.bytes();
      const mutator = new Mutator();
      const count = Math.ceil((ALL * kind.share) / shares);
      let [read, refused] = [0, 0];
      const attempt = async (place: string, seed: number) => {
        mutator.seek(index, seed);
        writeFileSync(place, inside && seed % 2 ? inside(whole, mutator) : mutator.mutant(whole));
        try {
          expectWhole(await load(place, seed % AT_ONCE > 0));
          read++;
        } catch (error) {
          expectSaid(error, `${name}, mutant ${seed}`);
          refused++;
        }
      };
      for (let seed = 0; seed < count; seed += AT_ONCE) {
        await Promise.all(places.map((place, i) => attempt(place, seed + i)));
      }
      expect(refused).toBeGreaterThan(0);
      total += read + refused;
    },
  );

  test('were as many as there should be, and took no more memory than small files do', () => {
    expect(total).toBeGreaterThanOrEqual(ALL);
    gc();
    expect(peak() - before).toBeLessThan(192);
    expect(process.memoryUsage().arrayBuffers / MIB).toBeLessThan(64);
  });
});

/** As few calls of `expect` as there can be: it takes longer than many a reader. */
function expectWhole(result: unknown): void {
  if (!isWhole(result)) expect.fail('a data set, rows or a model with numbers that are not finite, or of other sizes');
}

function isWhole(result: unknown): boolean {
  if (isDataset(result)) {
    const { train, numClasses } = result;
    const finite = train.X.data.every(Number.isFinite);
    return finite && train.X.rows === train.y.length && train.y.every((label) => label < numClasses);
  }
  const { X, params, rows = 0 } = result as { X?: Matrix; params?: { W1: Float32Array }; rows?: number };
  return params ? params.W1.length > 0 && params.W1.every(Number.isFinite) : (X?.rows ?? rows) > 0;
}

/** A code, and a message that says where: in which file, or where in it. */
function expectSaid(error: unknown, which: string): void {
  const { code = '', message } = error as Error & { code?: string };
  if (!/^ERR_(DATA_FILE|MODEL_FILE|COLUMN|MISSING_VALUE|CATEGORY|NOT_FINITE|SHAPE|LABEL|INVALID_TYPE)$/.test(code)) {
    expect.fail(`${which}: ${code || error}`);
  }
  if (!message.includes(folder) && !/\b(byte|line|row|column) /.test(message)) {
    expect.fail(`${which} does not say where: ${message}`);
  }
}

/** The kinds of files that are read, a small one of each, to be damaged. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { tableFromArrays, tableToIPC } from 'apache-arrow';
import { unzipSync, zipSync } from 'fflate';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { packTar } from 'modern-tar';
import sharp, { type Sharp } from 'sharp';
import { readCifarRecords } from '../../src/data/formats/cifar10-records.js';
import type { DatasetFormatId, LoadDatasetOptions } from '../../src/data/formats/format.js';
import { loadDataset } from '../../src/data/load-dataset.js';
import { loadRows } from '../../src/data/load-rows.js';
import { Matrix } from '../../src/data/matrix.js';
import { encodeSafetensors } from '../../src/data/safetensors/encode.js';
import { loadModel, saveModel } from '../../src/model/model.js';
import type { Model } from '../../src/model/model-types.js';
import { fingerprint, ResultsFile } from '../../src/tune/results-file.js';
import { sweep } from '../../src/tune/sweep.js';
import { idx, npy, npz } from './array-files.js';
import type { Mutator } from './mutants.js';
import { pickle } from './pickles.js';
import { scaledModel, smallNet } from './small-net.js';

/** A kind of file. */
export interface Kind {
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
  /** Whether it is read on a thread of its own, which takes long. */
  readonly threaded?: boolean;
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
    const folder = mkdtempSync(join(tmpdir(), 'two-layer-net-kind-'));
    try {
      await save(join(folder, file));
      return readFileSync(join(folder, file));
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
  ...(file.endsWith('.npz') && { inside: insideZip }),
  load: loadModel,
});

/** To add a kind, add it here: its file, how many of the mutants are of it, and what reads it. */
export const KINDS: Readonly<Record<string, Kind>> = {
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
  'an ensemble': model('e.safetensors', (path) => saveModel(path, ensemble()), 5),
  'results of a search': { share: 10, file: 'r.jsonl', bytes: results, load: resume },
  'a picture as PNG': picture('png', (image) => image.png()),
  'a picture as JPEG': picture('jpg', (image) => image.jpeg()),
  'a picture as GIF': picture('gif', (image) => image.gif()),
  'a picture as WebP': picture('webp', (image) => image.webp()),
  Parquet: { ...table, threaded: true, share: 0.02, file: 't.parquet', bytes: parquet },
  Arrow: { ...table, threaded: true, share: 0.02, file: 't.arrow', bytes: arrow },
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

function ensemble(): Model {
  const { params, inputSize, hiddenSize, numClasses, dtype } = smallNet('float32');
  return { params, others: [smallNet('float32').params], inputSize, hiddenSize, numClasses, dtype };
}

const TRIALS = { space: { learningRate: [1e-3, 1e-2] }, numIters: 3, seeds: 1 };

async function results(): Promise<Uint8Array> {
  const folder = mkdtempSync(join(tmpdir(), 'two-layer-net-kind-'));
  const X = new Matrix(
    Float32Array.from({ length: 24 }, (_, i) => i % 7),
    4,
  );
  const part = { X, y: Int32Array.from({ length: 6 }, (_, i) => i % 2) };
  const data = { train: part, validation: part };
  const { search, results: all } = await sweep(data, { ...TRIALS, backend: 'js' });
  const file = await ResultsFile.create(join(folder, 'r'), { search, data: fingerprint(data), backend: 'js' });
  for (const result of all) file.add(result);
  await file.close();
  const bytes = readFileSync(join(folder, 'r'));
  rmSync(folder, { recursive: true });
  return bytes;
}

async function resume(path: string): Promise<unknown> {
  const { file, saved } = await ResultsFile.resume(path);
  await file.close();
  return saved;
}

function picture(end: string, encode: (image: Sharp) => Sharp): Kind {
  return {
    share: 2,
    file: `cat/a.${end}`,
    bytes: () =>
      encode(sharp(Buffer.from(planes.subarray(0, 48)), { raw: { width: 4, height: 4, channels: 3 } })).toBuffer(),
    load: (path) => loadRows(path, { format: 'pictures' }),
  };
}

function parquet(): Uint8Array {
  const columnData = [
    { name: 'a', data: [1.5, -2, 3], type: 'DOUBLE' as const },
    { name: 'y', data: ['x', 'y', 'x'], type: 'STRING' as const },
  ];
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}

function arrow(): Uint8Array {
  return tableToIPC(tableFromArrays({ a: Float64Array.of(1.5, -2, 3), y: ['x', 'y', 'x'] }), 'file');
}

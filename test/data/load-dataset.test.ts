import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Dataset } from '../../src/data/dataset.js';
import { zipChunks } from '../../src/data/files/write-zip.js';
import type { LoadDatasetOptions } from '../../src/data/formats/format.js';
import { loadDataset } from '../../src/data/load-dataset.js';
import { freshFolder } from '../support/temporary-folder.js';

const inFolder = freshFolder();

/** A ZIP archive of empty files. */
async function writeZip(...names: string[]): Promise<void> {
  const chunks = zipChunks(names.map((name) => ({ name, size: 0, chunks: () => [] })));
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  writeFileSync(inFolder('missing'), Buffer.concat(parts));
}

function bitmap(): Buffer {
  const bytes = Buffer.alloc(58);
  bytes.write('BM');
  return bytes;
}

describe('loadDataset', () => {
  it('reads CIFAR-10, which it recognises by its files', async () => {
    // Zeros in holes, which cost no disk: black pictures of class 0.
    for (const name of [1, 2, 3, 4, 5].map((batch) => `data_batch_${batch}.bin`).concat('test_batch.bin')) {
      writeFileSync(inFolder(name), '');
      truncateSync(inFolder(name), 30_730_000);
    }
    const data = await loadDataset(inFolder());
    expect(data).toBeInstanceOf(Dataset);
    expect(data).toMatchObject({ name: 'cifar-10', inputSize: 3072, numClasses: 10 });
    expect([data.train, data.validation, data.test].map((part) => part?.y.length)).toEqual([49_000, 1000, 1000]);
    expect((await loadDataset(inFolder(), { fullTest: true })).test?.y.length).toBe(10_000);
  });

  it('says what is missing of a format that it recognises', async () => {
    writeFileSync(inFolder('data_batch_1.bin'), '');
    await expect(loadDataset(inFolder())).rejects.toThrow(/six files .* test_batch.bin are missing/);
  });

  it.each<[string, () => void | Promise<void>, RegExp]>([
    [
      'nothing',
      () => {},
      /missing does not exist: check the path\. .*data download cifar10\. Supported: tables .*docs\/data\.md$/,
    ],
    ['an empty folder', () => mkdirSync(inFolder('missing')), /missing is a folder without files\. /],
    [
      'a file',
      () => writeFileSync(inFolder('missing'), 'x y'),
      /missing is text, but no table: its first lines have no commas/,
    ],
    ['an empty file', () => writeFileSync(inFolder('missing'), ''), /missing is empty: pass/],
    [
      'an Excel workbook',
      () => writeZip('[Content_Types].xml', 'xl/workbook.xml', 'xl/worksheets/sheet1.xml'),
      /missing is an Excel workbook, which is not supported: save it as CSV$/,
    ],
    [
      'an OpenDocument table',
      () => writeZip('mimetype', 'content.xml'),
      /missing is an OpenDocument file, which is not supported: save its table as CSV$/,
    ],
    [
      'another archive',
      () => writeZip('a.csv'),
      /is a ZIP archive with a\.csv, which is not supported: unpack it first/,
    ],
    ...(
      [
        [
          'an old Excel file',
          '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1',
          /an old Excel or Office file, .*save its table as CSV/,
        ],
        ['HDF5', '\x89HDF\r\n\x1a\n', /an HDF5 file, which is not supported: save its arrays with numpy\.savez/],
        ['MATLAB', 'MATLAB 5.0 MAT-file', /a MATLAB file, .*numpy\.savez/],
        ['SQLite', 'SQLite format 3\0', /an SQLite database, .*save its table as CSV or Parquet/],
        ['ORC', 'ORC\x01', /an ORC file, .*save it as Parquet/],
        ['PDF', '%PDF-1.7', /a PDF document, .*CSV or Parquet/],
        ['a pickle', '\x80\x04\x95', /possibly a Python pickle, .*CSV, or its arrays/],
        ['bzip2', 'BZh91AY', /compressed with bzip2, .*decompress it first/],
        ['xz', '\xfd7zXZ\0', /compressed with xz, .*decompress it first/],
        ['7-Zip', '7z\xbc\xaf\x27\x1c', /a 7-Zip archive, .*unpack it first/],
      ] as const
    ).map(
      ([name, begins, message]) =>
        [name, () => writeFileSync(inFolder('missing'), Buffer.from(`${begins}\0\0`, 'latin1')), message] as [
          string,
          () => void,
          RegExp,
        ],
    ),
    [
      'a bitmap',
      () => writeFileSync(inFolder('missing'), bitmap()),
      /is a BMP picture, which is not supported: save it as PNG/,
    ],
    [
      'UTF-16',
      () => writeFileSync(inFolder('missing'), Buffer.from('\ufeffa,b', 'utf16le')),
      /is UTF-16 text, .* UTF-8/,
    ],
    [
      'bitmaps by class',
      () => {
        mkdirSync(inFolder('missing/cat'), { recursive: true });
        writeFileSync(inFolder('missing/cat/1.bmp'), bitmap());
      },
      /is a folder of pictures such as cat.1\.bmp, which are not supported: save them as PNG/,
    ],
    [
      'other files',
      () => {
        mkdirSync(inFolder('missing'));
        for (const name of ['e', 'd', 'f', 'c', 'b', 'a']) writeFileSync(inFolder(`missing/${name}`), '');
      },
      /is a folder without supported data; it has a, b, c, d, e, …\./,
    ],
  ])('says what is there, and what is supported: %s', async (_, make, message) => {
    await make();
    const loading = loadDataset(inFolder('missing'));
    await expect(loading).rejects.toThrow(message);
    await expect(loading).rejects.toMatchObject({ code: 'ERR_DATA_FILE' });
  });

  it('reads what the option format names, whatever is there', async () => {
    await expect(loadDataset(inFolder(), { format: 'cifar-10' })).rejects.toThrow(/found none of them/);
    // @ts-expect-error a format that does not exist
    const loading = loadDataset(inFolder(), { format: 'cifar' });
    await expect(loading).rejects.toMatchObject({
      code: 'ERR_INVALID_TYPE',
      message: expect.stringMatching(/"cifar-10".* for format/),
    });
  });

  it.each<[string, string | Uint8Array, LoadDatasetOptions, RegExp]>([
    [
      't.csv',
      'a,b\n1,x\n2,y\n',
      { fullTest: true },
      /fullTest \(--full-test\) is for CIFAR-10 or CIFAR-100, but .*t.csv is a table/,
    ],
    ['t.csv', 'a,b\n1,x\n2,y\n', { resize: '2x2' }, /resize \(--resize\) is for pictures, but/],
    ['X.npy', '\x93NUMPY', { label: 'kind' }, /label \(--label\) is for a table, but .*X.npy is NumPy arrays/],
  ])('refuses options that do not concern the data: %s', async (name, content, options, message) => {
    writeFileSync(inFolder(name), content, 'latin1');
    const loading = loadDataset(inFolder(name), options);
    await expect(loading).rejects.toThrow(message);
    await expect(loading).rejects.toMatchObject({ code: 'ERR_CONFLICT' });
  });

  it('refuses wrong arguments', async () => {
    await expect(loadDataset('')).rejects.toMatchObject({ code: 'ERR_INVALID_TYPE' });
    // @ts-expect-error an option that does not exist
    await expect(loadDataset('.', { fulltest: true })).rejects.toThrow(/did you mean fullTest\?/);
  });
});

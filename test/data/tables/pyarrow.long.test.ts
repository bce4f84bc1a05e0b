import { expect, it } from 'vitest';
import { loadDataset } from '../../../src/data/load-dataset.js';
import { describeWithPython, python } from '../../support/python.js';
import { freshFolder } from '../../support/temporary-folder.js';

const inFolder = freshFolder();

/** Writes one table in many ways, and prints the files and the numbers that each row has. */
const WRITE = `
import json, os, sys, numpy, pandas, pyarrow, pyarrow.parquet, pyarrow.feather, pyarrow.ipc
folder = sys.argv[1]
N = 3000
i = numpy.arange(N)
frame = pandas.DataFrame({
    'f8': i / 7, 'f4': (i / 3).astype('f4'), 'i8': i * 1000003, 'i4': -i.astype('i4'), 'u1': (i % 256).astype('u1'),
    'f2': (i % 500 / 4).astype('f2'), 'flag': i % 3 == 0,
    'word': pandas.Categorical.from_codes(i % 4, ['x', 'y', 'z', 'ü']),
    'hole': pandas.array([None if k % 9 == 4 else k for k in i], dtype='Int64'), 'text': ['t%d' % (k % 5) for k in i],
    'kind': [['no', 'yes'][k % 2] for k in i]})
files = []
def path(name):
    files.append(name)
    return os.path.join(folder, name)
for codec in ('none', 'snappy', 'gzip', 'zstd', 'brotli', 'lz4'):
    frame.to_parquet(path(codec + '.parquet'), compression=None if codec == 'none' else codec)
table = pyarrow.Table.from_pandas(frame)
pyarrow.parquet.write_table(table, path('v2.parquet'), version='2.6', data_page_version='2.0', row_group_size=700,
                            data_page_size=900)
pyarrow.parquet.write_table(table, path('plain.parquet'), use_dictionary=False, compression='zstd')
pyarrow.parquet.write_table(table, path('delta.parquet'), use_dictionary=False, column_encoding={
    'i8': 'DELTA_BINARY_PACKED', 'i4': 'DELTA_BINARY_PACKED', 'text': 'DELTA_BYTE_ARRAY', 'f8': 'BYTE_STREAM_SPLIT'})
frame[frame.f8 >= 0].to_parquet(path('index.parquet'), index=True)
for codec in ('lz4', 'zstd', 'uncompressed'): frame.to_feather(path(codec + '.feather'), compression=codec)
with pyarrow.ipc.new_stream(path('stream.arrow'), table.schema) as writer: writer.write_table(table, 1000)
numbers = frame.assign(hole=frame.hole.astype('f8').fillna(frame.hole.astype('f8').mean()))
for column, names in (('word', 'xyzü'), ('text', ['t%d' % k for k in range(5)])):
    for name in names: numbers[column + name] = (numbers[column] == name).astype('f8')
order = ['f8', 'f4', 'i8', 'i4', 'u1', 'f2', 'flag', 'wordx', 'wordy', 'wordz', 'wordü', 'hole']
order += ['textt%d' % k for k in range(5)]
print(json.dumps({'files': files, 'rows': numbers[order].astype('f8').values.ravel().tolist()}))
`;

describeWithPython('pandas and PyArrow', ['pandas', 'pyarrow'], () => {
  it('write the same table in all ways, which is read with the same numbers', async () => {
    const { files, rows } = python<{ files: string[]; rows: number[] }>(WRITE, inFolder());
    expect(files.length).toBeGreaterThan(12);
    for (const file of files) {
      const { train, classNames } = await loadDataset(inFolder(file), { missing: 'mean' });
      expect([file, classNames, train.y[0], train.y[1]]).toEqual([file, ['no', 'yes'], 0, 1]);
      const off = rows.findIndex((number, at) => Math.abs(number - train.X.data[at]) > 1e-9 * Math.abs(number));
      expect([file, train.X.data.length, off]).toEqual([file, rows.length, -1]);
    }
  });
});

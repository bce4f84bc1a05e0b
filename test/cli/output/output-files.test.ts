import { link, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkOutputs } from '../../../src/cli/output/output-files.js';
import { RECORD_FILES } from '../../../src/data/formats/cifar10-layout.js';
import { Matrix } from '../../../src/data/matrix.js';
import { saveDataset } from '../../../src/data/save/save-dataset.js';
import { freshFolder } from '../../support/temporary-folder.js';

const at = freshFolder();

const same = (message: RegExp) => ({ code: 'ERR_NOT_WRITABLE', message: expect.stringMatching(message) });

async function cifarFolder(name: string): Promise<string> {
  const folder = at(name);
  await mkdir(folder);
  for (const file of RECORD_FILES) await writeFile(join(folder, file), file);
  return folder;
}

test('a file of a data folder is no output, whatever link leads to it', async () => {
  const folder = await cifarFolder('d');
  await link(join(folder, 'data_batch_2.bin'), at('hard'));
  await symlink(join(folder, 'data_batch_3.bin'), at('soft'));
  await symlink(folder, at('e'));
  const data = { '--data': folder };
  for (const save of [join(folder, 'data_batch_1.bin'), at('hard'), at('soft'), at('e/test_batch.bin')]) {
    const refused = checkOutputs({ '--save': save }, { data });
    await expect(refused, save).rejects.toMatchObject(same(/^--save and a file of --data are the same file/));
  }
  await writeFile(join(folder, 'model.json'), '{}');
  await checkOutputs({ '--save': join(folder, 'model.json'), '--json': join(folder, 'new.json') }, { data });
});

test.each([
  ['IDX', 'train-images-idx3-ubyte', ['train-labels-idx1-ubyte', 'train-images-idx3-ubyte'], Buffer.from([0, 0, 8, 1])],
  ['arrays', 'X.npy', ['X.npy', 'y.npy', 'class_names.npy'], Buffer.from('\x93NUMPY\x01\x00', 'latin1')],
])('files that %s are read with are inputs too', async (_, given, names, bytes) => {
  for (const name of names) await writeFile(at(name), bytes);
  for (const data of [at(given), at()]) {
    for (const name of names) {
      const refused = checkOutputs({ '--json': at(name) }, { data: { '--data': data } });
      await expect(refused, `${data} ${name}`).rejects.toMatchObject(
        same(/--json and (a file of )?--data are the same/),
      );
    }
  }
});

test('pictures of classes, and the rows of a prediction, are inputs', async () => {
  await mkdir(at('pictures/cat'), { recursive: true });
  await writeFile(at('pictures/cat/1.png'), 'png');
  const outputs = { '--pictures': at('pictures/cat/1.png') };
  await expect(checkOutputs(outputs, { data: { 'the data': at('pictures') } })).rejects.toMatchObject(
    same(/a file of/),
  );
  const rows = { 'the rows': ['-', at('missing.csv'), at('pictures/cat')] };
  await expect(checkOutputs(outputs, { data: rows })).rejects.toMatchObject(same(/a file of the rows/));
});

test('two outputs to come are one file if they meet behind links', async () => {
  await mkdir(at('real'));
  await symlink(at('real'), at('alias'));
  await symlink(at('real/out.json'), at('dangling'));
  const real = at('real/out.json');
  for (const other of [at('alias/out.json'), at('dangling')]) {
    const refused = checkOutputs({ '--json': real, '--log': other });
    await expect(refused, other).rejects.toMatchObject(same(/^--log and --json are the same file/));
  }
  await checkOutputs({ '--json': real, '--log': at('alias/other.json') });
});

test('arrays that a link makes one file are not saved', async () => {
  const data = { train: { X: new Matrix(new Float32Array(8), 4), y: Int32Array.of(0, 1) } };
  await saveDataset(at('X.npy'), data);
  const before = await readFile(at('X.npy'));
  await mkdir(at('linked'));
  await symlink('X.npy', at('linked/y.npy'));
  await expect(saveDataset(at('linked/X.npy'), data)).rejects.toMatchObject(same(/a link makes it the same file/));
  expect(await readFile(at('X.npy'))).toEqual(before);
});

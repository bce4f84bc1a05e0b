/** No option is ignored in silence: what does not concern the data is refused by name. */
import { writeFileSync } from 'node:fs';
import { tableFromArrays, tableToIPC } from 'apache-arrow';
import { beforeAll, expect, it } from 'vitest';
import { Classifier } from '../../../src/classifier/classifier.js';
import { openInput } from '../../../src/cli/options/input-rows.js';
import { checkHoldOut } from '../../../src/cli/options/load-data.js';
import { loadKnownTable } from '../../../src/cli/options/load-table.js';
import { Dataset } from '../../../src/data/dataset.js';
import { loadDataset } from '../../../src/data/load-dataset.js';
import { sharedFolder } from '../../support/temporary-folder.js';

const folder = sharedFolder();
const at = (name: string) => `${folder}/${name}`;

let classifier: Classifier;

beforeAll(async () => {
  const rows = Array.from({ length: 12 }, (_, i) => ({ size: i % 3, width: i, kind: 'ab'[i % 2] }));
  writeFileSync(at('t.csv'), `size,width,kind\n${rows.map((row) => Object.values(row).join(',')).join('\n')}\n`);
  writeFileSync(at('t.jsonl'), `${rows.map((row) => JSON.stringify(row)).join('\n')}\n`);
  writeFileSync(at('t.json'), JSON.stringify(rows));
  const columns = Object.fromEntries(
    (['size', 'width', 'kind'] as const).map((name) => [name, rows.map((row) => row[name])]),
  );
  writeFileSync(at('t.arrow'), tableToIPC(tableFromArrays(columns as Record<string, unknown[]>), 'file'));
  classifier = await Classifier.fit(await loadDataset(at('t.csv')), { epochs: 1, backend: 'js' });
});

const conflict = (message: RegExp) =>
  expect.objectContaining({ code: 'ERR_CONFLICT', message: expect.stringMatching(message) });

const FORMATS = [
  ['t.jsonl', 'JSON lines'],
  ['t.json', 'a JSON array'],
  ['t.arrow', 'Arrow'],
] as const;
const OPTIONS = [
  ['header', true],
  ['delimiter', ';'],
  ['decimal', ','],
] as const;

it.each(FORMATS.flatMap(([file, is]) => OPTIONS.map(([option, value]) => ({ file, is, option, value }))))(
  '$option with $is: in a data set, in rows to predict, and in rows to evaluate',
  async ({ file, is, option, value }) => {
    const message = new RegExp(
      `option ${option} \\(--${option}\\) is for delimited text, .* but .*${file} is ${is}: leave`,
    );
    const flags = { [option]: value };
    const known = { columns: classifier.columns, inputSize: classifier.net.inputSize, classes: classifier.classes };
    await expect(loadDataset(at(file), flags)).rejects.toEqual(conflict(message));
    await expect(loadKnownTable(at(file), known, flags)).rejects.toEqual(conflict(message));
    const { batches } = await openInput(at(file), { file: 'm', classifier }, flags);
    const reading = async () => {
      for await (const _ of batches);
    };
    await expect(reading()).rejects.toEqual(conflict(message));
  },
);

it('options of delimited text, where one of two files is that', async () => {
  const data = await loadDataset(at('t.csv'), { test: at('t.jsonl'), header: true });
  expect(data.part('test').y).toHaveLength(12);
  const other = await loadDataset(at('t.jsonl'), { test: at('t.csv'), header: true, delimiter: ',' });
  expect(other.part('test').y).toHaveLength(12);
});

it('types of columns in rows for a model, which knows them', async () => {
  const { columns, classes, net } = classifier;
  const known = { columns, inputSize: net.inputSize, classes };
  const loading = loadKnownTable(at('t.csv'), known, { columns: { size: 'category' } });
  await expect(loading).rejects.toEqual(conflict(/^Leave out --columns: .* that it had in the training$/));
});

it('another format than a table on standard input', async () => {
  const opening = openInput('-', { file: 'm', classifier }, { format: 'npz' });
  await expect(opening).rejects.toEqual(conflict(/^Standard input is read as a table, not as --format npz/));
});

it('rows to hold out of data that have validation rows', () => {
  const part = { X: [[1], [2]], y: [0, 1] };
  const data = new Dataset({ train: part, validation: part });
  expect(() => checkHoldOut(0.2, data)).toThrow(conflict(/the data have 2 validation rows of their own$/));
  checkHoldOut(0.2, new Dataset({ train: part }));
});

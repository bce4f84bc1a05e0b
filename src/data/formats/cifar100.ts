import { loadCifar } from './cifar/load.js';
import { cifarFiles, findCifar } from './cifar/place.js';
import { testRows } from './cifar10.js';
import { checkFullTest } from './cifar10-dataset.js';
import { dataFileError } from './data-file-error.js';
import type { DatasetFormat } from './format.js';

const LOOKS =
  'its archive as downloaded (.tar.gz), or a folder with train.bin, test.bin and fine_label_names.txt, ' +
  'or with train, test and meta';

/** CIFAR-100 as one of the formats of `loadDataset`: pictures, split and centred as CIFAR-10's are. */
export const CIFAR100: DatasetFormat = {
  id: 'cifar-100',
  name: 'CIFAR-100',
  options: ['fullTest', 'labels'],
  recognises: async (path) => (await findCifar(path, 'cifar-100')) !== undefined,
  async load(path, { fullTest = false, labels = 'fine' }) {
    checkFullTest(fullTest);
    const place = await findCifar(path, 'cifar-100');
    if (!place) throw dataFileError(`Expected CIFAR-100 at ${path}: ${LOOKS}; but found none`);
    return loadCifar(place, { fullTest, labels });
  },
  files: (path) => cifarFiles(path, 'cifar-100'),
  rows: {
    // All test rows.
    load: async (path) => testRows(await CIFAR100.load(path, { fullTest: true })),
  },
};

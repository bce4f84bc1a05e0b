/** The rows to train on: where they come from, and what the page says of them. */
import { Dataset, loadDataset, Matrix, plotPictures } from 'two-layer-net';
import { acceptDrops } from './drops.js';
import {
  announce,
  attempt,
  count,
  draw,
  element,
  inPageWords,
  painted,
  show,
  whenChosen,
  write,
} from './page-elements.js';
import { choices, forgetChoices, offerChoices, type TableError } from './reading.js';
import type { SentPictures, SentRows } from './synthetic.js';

/** The size to which one's own pictures are stretched. */
const SIZE = '32x32';

/** The table that was chosen last. */
let file: File | undefined;

/** Lets a person choose rows; `chosen` is called with them, and with undefined where they cannot be read. */
export function chooseRows(chosen: (data: Dataset | undefined) => void): void {
  const use = async (load: () => Promise<Dataset>) => {
    announce('Reading rows');
    element('data-part').setAttribute('aria-busy', 'true');
    await painted();
    try {
      const data = await load();
      describe(data);
      chosen(data);
    } catch (error) {
      show('data', false);
      chosen(undefined);
      throw error;
    } finally {
      element('data-part').removeAttribute('aria-busy');
    }
  };
  const useOther = (load: () => Promise<Dataset>) => {
    forgetChoices();
    return use(load);
  };
  const readTable = async (table: File) => {
    try {
      const data = await loadDataset(table, choices());
      offerChoices(table, data);
      if (data.numClasses > 1) return data;
      const [only] = data.classNames;
      throw new Error(`Every row of ${table.name} is of the class “${only}”: choose another class to predict`);
    } catch (error) {
      offerChoices(table, error as TableError);
      throw error;
    }
  };
  const useTable = (table: File) => {
    file = table;
    return useOther(() => readTable(table));
  };
  element('use-pictures').addEventListener('click', () => attempt(() => useOther(syntheticPictures)));
  element('use-fruit').addEventListener('click', () =>
    attempt(async () => useTable(new File([await (await fetch('fruit.csv')).blob()], 'fruit.csv'))),
  );
  whenChosen('open-table', ([table]) => useTable(table as File));
  const usePictures = (files: readonly File[]) => useOther(() => loadDataset(files, { resize: SIZE }));
  whenChosen('open-folder', usePictures);
  element('reading').addEventListener('change', () => attempt(() => file && use(() => readTable(file as File))));
  acceptDrops((files, folder) => {
    if (folder) return usePictures(files);
    if (files.length === 1) return useTable(files[0] as File);
    throw new Error(`Expected one table, or folders of pictures, but ${files.length} files were dropped`);
  });
}

async function syntheticPictures(): Promise<Dataset> {
  const worker = new Worker(new URL('synthetic.js', import.meta.url), { type: 'module' });
  try {
    const { train, validation, test, classNames, imageShape } = await new Promise<SentPictures>((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = () => reject(new Error('The pictures cannot be made: the Worker that paints them has failed'));
    });
    const part = ({ data, y }: SentRows) => ({ X: new Matrix(data, data.length / y.length), y });
    return new Dataset({
      train: part(train),
      validation: part(validation),
      test: part(test),
      classNames,
      ...(imageShape && { imageShape }),
      source: 'Synthetic pictures',
      name: 'synthetic',
    });
  } finally {
    worker.terminate();
  }
}

/** Says what rows these are. */
function describe(data: Dataset): void {
  const { source, train, inputSize, numClasses, imageShape, columns, warnings } = data;
  const each = imageShape
    ? `${imageShape.width} × ${imageShape.height} pixels`
    : columns
      ? count(columns.length, 'column')
      : count(inputSize, 'number');
  const rows = count(train.X.rows, 'row');
  const about = `${source}: ${rows} to train on, ${each}, ${count(numClasses, 'class', 'classes')}.`;
  write('data-about', [about, ...warnings.map(inPageWords)].join(' '));
  show('data');
  const pictures = imageShape !== undefined && [1, 3].includes(imageShape.channels);
  show('samples', pictures);
  if (pictures) {
    element('samples').firstElementChild?.setAttribute('id', 'sample-pictures');
    draw('sample-pictures', () => plotPictures(data, { perClass: 12, scale: 1 }), 'Pictures of each class');
  }
  announce(`${rows} of ${count(numClasses, 'class', 'classes')} are read`);
}

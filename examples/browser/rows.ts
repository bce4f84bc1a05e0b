/** The rows to train on: where they come from, and what the page says of them. */
import { Dataset, loadDataset, Matrix, plotPictures, syntheticCifar10 } from 'two-layer-net';
import { announce, attempt, draw, element, painted, show, whenChosen, write } from './page-elements.js';

/** Pictures of the synthetic set to train on: enough to learn from, few enough to wait for. */
const TRAINED = 8000;

/** The size to which one's own pictures are stretched. */
const SIZE = '32x32';

let file: File | undefined;

/** Lets a person choose rows; `chosen` is called with them. */
export function chooseRows(chosen: (data: Dataset) => void): void {
  const use = async (load: () => Promise<Dataset> | Dataset) => {
    announce('Reading rows');
    element('data-part').setAttribute('aria-busy', 'true');
    await painted();
    try {
      const data = await load();
      describe(data);
      chosen(data);
    } finally {
      element('data-part').removeAttribute('aria-busy');
    }
  };
  const useFile = (given: File | undefined, label?: string) => {
    file = given;
    return use(() => loadDataset(given as File, label === undefined ? {} : { label }));
  };
  element('use-pictures').addEventListener('click', () => attempt(() => use(syntheticPictures)));
  element('use-fruit').addEventListener('click', () =>
    attempt(async () => useFile(new File([await (await fetch('fruit.csv')).blob()], 'fruit.csv'))),
  );
  whenChosen('open-table', ([table]) => useFile(table));
  whenChosen('open-folder', (files) => use(() => loadDataset(files, { resize: SIZE })));
  const label = element<HTMLSelectElement>('label');
  label.addEventListener('change', () => attempt(() => useFile(file, label.value)));
  acceptDrops(async (files) => {
    const [first] = files;
    const folder = files.some((one) => one.path.includes('/'));
    if (folder) await use(() => loadDataset(byClass(files), { resize: SIZE }));
    else if (first) await useFile(first.file);
  });
}

function syntheticPictures(): Dataset {
  const { train, validation, test, classNames, imageShape } = syntheticCifar10();
  const columns = train.X.columns;
  const part = ({ X, y }: Dataset['train'], rows = y.length) => ({
    X: new Matrix(X.data.slice(0, rows * columns), columns),
    y: y.slice(0, rows),
  });
  return new Dataset({
    train: part(train, TRAINED),
    ...(validation && { validation: part(validation) }),
    ...(test && { test: part(test) }),
    classNames,
    imageShape,
    source: 'Synthetic pictures',
    name: 'synthetic',
  });
}

/** Says what rows these are. */
function describe(data: Dataset): void {
  const { source, train, inputSize, numClasses, imageShape, columns, label, warnings } = data;
  const count = train.X.rows.toLocaleString('en');
  const each = imageShape
    ? `${imageShape.width} × ${imageShape.height} pixels`
    : columns
      ? `${columns.length} columns`
      : `${inputSize} numbers`;
  write('data-about', [`${source}: ${count} rows to train on, ${each}, ${numClasses} classes.`, ...warnings].join(' '));
  show('data');
  const labelled = columns !== undefined && label !== undefined && file !== undefined;
  show('label-choice', labelled);
  if (labelled) {
    const options = [...columns.map(({ name }) => name), label].map((name) => new Option(name, name));
    element('label').replaceChildren(...options);
    element<HTMLSelectElement>('label').value = label;
  }
  const pictures = imageShape !== undefined && [1, 3].includes(imageShape.channels);
  show('samples', pictures);
  if (pictures) {
    element('samples').firstElementChild?.setAttribute('id', 'sample-pictures');
    draw('sample-pictures', () => plotPictures(data, { perClass: 12, scale: 1 }), 'Pictures of each class');
  }
  announce(`${count} rows of ${numClasses} classes are read`);
}

/** A file that was dropped, with its path in what was dropped. */
interface Dropped {
  readonly path: string;
  readonly file: File;
}

function acceptDrops(take: (files: readonly Dropped[]) => Promise<void>): void {
  const { body } = document;
  const light = (on: boolean) => body.classList.toggle('dropping', on);
  body.addEventListener('dragover', (event) => {
    event.preventDefault();
    light(true);
  });
  body.addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) light(false);
  });
  body.addEventListener('drop', (event) => {
    event.preventDefault();
    light(false);
    const entries = [...(event.dataTransfer?.items ?? [])].flatMap((item) => item.webkitGetAsEntry() ?? []);
    void attempt(async () => take((await Promise.all(entries.map((entry) => filesOf(entry)))).flat()));
  });
}

async function filesOf(entry: FileSystemEntry): Promise<Dropped[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    return [{ path: entry.fullPath.replace(/^\//, ''), file }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: Dropped[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return found;
    for (const one of some) found.push(...(await filesOf(one)));
  }
}

/** Pictures by the name of the folder that they are in. */
function byClass(files: readonly Dropped[]): Record<string, File[]> {
  const classes: Record<string, File[]> = {};
  for (const { path, file } of files) {
    if (!/^image\//.test(file.type)) continue;
    const name = path.split('/').at(-2) ?? 'pictures';
    classes[name] ??= [];
    classes[name].push(file);
  }
  return classes;
}

/**
 * Trains a classifier in a web page: on a table, on pictures in folders or on synthetic ones. `node build.mjs` makes
 * the page, as a folder of static files.
 */
import { type Classifier, type Dataset, loadBackend, loadClassifier, modelBytes } from 'two-layer-net';
import { announce, attempt, count, element, show, whenChosen, write } from './page-elements.js';
import { chooseRows } from './rows.js';
import { followTraining, showNet } from './training.js';
import { letTry, tryWith } from './trying.js';

let data: Dataset | undefined;
let classifier: Classifier | undefined;

const BACKENDS: Readonly<Record<string, string>> = { js: 'TypeScript', wasm: 'WebAssembly' };

async function showBackend(): Promise<void> {
  // esbuild, which bundles this page, does not look for the modules: build.mjs puts them into this folder.
  const { backend, threads } = await loadBackend({ folder: new URL('wasm/', import.meta.url) });
  write('backend', `${BACKENDS[backend] ?? backend}, ${count(threads, 'thread')}`);
}

function use(given: Classifier): void {
  classifier = given;
  element<HTMLButtonElement>('download').disabled = false;
  tryWith(given);
}

async function download(): Promise<void> {
  if (!classifier) return;
  const name = `model${element<HTMLSelectElement>('format').value}`;
  const bytes = await modelBytes(classifier.toModel(), name);
  const link = Object.assign(document.createElement('a'), { download: name });
  link.href = URL.createObjectURL(new Blob([bytes]));
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  write('model-about', `${name} has ${count(bytes.length, 'byte')}.`);
}

async function open(file: File): Promise<void> {
  const opened = await loadClassifier(file);
  show('net-part');
  show('confusion-figure', false);
  showNet(opened);
  use(opened);
  const { inputSize, hiddenSize, classes } = opened;
  const sizes = [count(inputSize, 'number'), count(hiddenSize, 'hidden unit')].join(', ');
  const names = classes.slice(0, 12).join(', ') + (classes.length > 12 ? ', …' : '');
  write('model-about', `${file.name}: ${sizes}, ${classes.length === 1 ? 'the class' : 'the classes'} ${names}.`);
  announce(`The model ${file.name} is open`);
}

void attempt(showBackend);
const rowsChanged = followTraining(() => data, use);
chooseRows((chosen) => {
  data = chosen;
  rowsChanged();
});
letTry(() => data);
element('download').addEventListener('click', () => attempt(download));
whenChosen('open-model', ([file]) => open(file as File));

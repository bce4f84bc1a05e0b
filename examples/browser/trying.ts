/** Trying a classifier: on a drawing, on a picture, or on a row that is typed in. */
import { type Classifier, type Dataset, pictureRows } from 'two-layer-net';
import { attempt, attemptAside, element, show, whenChosen, write } from './page-elements.js';

/** Classes that are shown. */
const SHOWN = 5;

let classifier: Classifier | undefined;
let canvas: HTMLCanvasElement;
let context: CanvasRenderingContext2D;

/** Sets the drawing board up; `rows` has pictures to try. */
export function letTry(rows: () => Dataset | undefined): void {
  canvas = element<HTMLCanvasElement>('canvas');
  context = canvas.getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D;
  clear();
  letDraw();
  element('clear').addEventListener('click', () => {
    clear();
    void attempt(judgeDrawing);
  });
  element('random').addEventListener('click', () => attempt(() => showUnseen(rows())));
  const open = async (file: File) => {
    const picture = await createImageBitmap(file).catch((cause) => {
      throw new Error(`This browser cannot read ${file.name} as a picture`, { cause });
    });
    clear();
    context.imageSmoothingEnabled = picture.width > canvas.width;
    context.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    write('drawn-about', 'A picture, stretched to the board.');
    await judgeDrawing();
  };
  whenChosen('open-picture', ([file]) => open(file as File));
  canvas.addEventListener('drop', (event) => {
    const [file] = event.dataTransfer?.files ?? [];
    if (!file) return;
    event.preventDefault();
    event.stopPropagation();
    document.body.classList.remove('dropping');
    void attempt(() => open(file));
  });
}

/** Judges with this classifier from now on. */
export function tryWith(given: Classifier): void {
  const other = given.columns !== classifier?.columns;
  classifier = given;
  const { imageShape } = given.net;
  show('try-part', imageShape !== undefined || given.columns !== undefined);
  show('try-picture', imageShape !== undefined);
  show('try-row', imageShape === undefined && given.columns !== undefined);
  if (imageShape) void attemptAside(judgeDrawing);
  else if (given.columns) {
    const form = element<HTMLFormElement>('try-row');
    if (other && !sameColumns(form, given)) askForRow(form, given);
    void attemptAside(judgeRow);
  }
}

function clear(): void {
  context.fillStyle = '#ffffff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  write('drawn-about', 'Draw, or drop a picture on the board.');
}

function letDraw(): void {
  let last: { x: number; y: number } | undefined;
  const placeOf = ({ offsetX, offsetY }: PointerEvent) => {
    const scale = canvas.width / canvas.clientWidth;
    return { x: offsetX * scale, y: offsetY * scale };
  };
  const lineTo = (place: { x: number; y: number }) => {
    context.strokeStyle = element<HTMLInputElement>('colour').value;
    context.lineWidth = element<HTMLInputElement>('width').valueAsNumber;
    context.lineCap = 'round';
    context.beginPath();
    context.moveTo(last?.x ?? place.x, last?.y ?? place.y);
    context.lineTo(place.x, place.y);
    context.stroke();
    last = place;
  };
  canvas.addEventListener('pointerdown', (event) => {
    canvas.setPointerCapture(event.pointerId);
    last = undefined;
    lineTo(placeOf(event));
  });
  canvas.addEventListener('pointermove', (event) => {
    if (last) lineTo(placeOf(event));
  });
  canvas.addEventListener('pointerup', () => {
    last = undefined;
    write('drawn-about', 'A drawing.');
    void attempt(judgeDrawing);
  });
}

/** Shows a test picture, with its class. */
async function showUnseen(data: Dataset | undefined): Promise<void> {
  const part = data?.test ?? data?.validation;
  if (!data || !part || !data.imageShape) throw new Error('Choose rows of pictures first: they have some to try');
  const { width, height, channels } = data.imageShape;
  const row = Math.floor(Math.random() * part.y.length);
  const bytes = part.X.data.subarray(row * part.X.columns, (row + 1) * part.X.columns);
  const pixels = new ImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) pixels.data[4 * i + c] = bytes[i * channels + (c % channels)] as number;
    pixels.data[4 * i + 3] = 255;
  }
  const picture = await createImageBitmap(pixels);
  clear();
  context.imageSmoothingEnabled = false;
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  write('drawn-about', `It is of the class ${data.classNames[part.y[row] as number]}.`);
  await judgeDrawing();
}

async function judgeDrawing(): Promise<void> {
  const { imageShape } = classifier?.net ?? {};
  if (!classifier || !imageShape) return;
  const { data } = await pictureRows([canvas], imageShape);
  list(classifier.top(data, SHOWN));
}

function sameColumns(form: HTMLFormElement, { columns }: Classifier): boolean {
  return form.dataset.columns === JSON.stringify(columns);
}

/** A field for each column. */
function askForRow(form: HTMLFormElement, { columns = [], scaler }: Classifier): void {
  form.dataset.columns = JSON.stringify(columns);
  let at = 0;
  form.replaceChildren(
    ...columns.map((column) => {
      const label = document.createElement('label');
      label.append(column.name);
      if (column.type === 'number') {
        const input = Object.assign(document.createElement('input'), { type: 'number', step: 'any', required: true });
        input.name = column.name;
        input.value = String(Number((scaler?.mean[at] ?? 0).toPrecision(3)));
        label.append(input);
        at++;
      } else {
        const select = Object.assign(document.createElement('select'), { name: column.name });
        select.replaceChildren(...column.categories.map((category) => new Option(category, category)));
        label.append(select);
        at += column.categories.length;
      }
      return label;
    }),
  );
  form.oninput = () => attempt(judgeRow);
  form.onsubmit = (event) => event.preventDefault();
}

function judgeRow(): void {
  const form = element<HTMLFormElement>('try-row');
  if (!classifier?.columns || !form.checkValidity()) return;
  list(classifier.top(Object.fromEntries(new FormData(form)), SHOWN));
}

/** Shows classes with their probabilities. */
function list(classes: ReturnType<Classifier['top']>): void {
  const items = classes.map(({ label, probability }) => {
    const item = document.createElement('li');
    const name = Object.assign(document.createElement('span'), { textContent: String(label) });
    const bar = Object.assign(document.createElement('span'), { className: 'bar' });
    const filled = document.createElement('span');
    filled.style.width = `${100 * probability}%`;
    bar.append(filled);
    const share = `${(100 * probability).toFixed(1)} %`;
    item.append(name, bar, Object.assign(document.createElement('span'), { className: 'share', textContent: share }));
    return item;
  });
  element('classes').replaceChildren(...items);
}

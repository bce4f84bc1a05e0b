/** The training: its settings, its curves and what it has learnt, as they change. */
import {
  type Classifier,
  type Dataset,
  FitAbortedError,
  fitInWorker,
  plotArchitecture,
  plotConfusion,
  plotHistory,
  plotWeights,
  type TrainingProgress,
} from 'two-layer-net';
import { announce, attempt, count, draw, element, show, write } from './page-elements.js';

/** Milliseconds between two pictures of the curves and the weights. */
const INTERVAL = 500;

/**
 * Lets a person train; `trained` is called with the classifier now and then, and when it is done.
 *
 * @returns what is to be called when the rows are others
 */
export function followTraining(rows: () => Dataset | undefined, trained: (classifier: Classifier) => void): () => void {
  let stop: AbortController | undefined;
  const allow = () => {
    element<HTMLButtonElement>('train').disabled = stop !== undefined || !rows();
  };
  element('stop').addEventListener('click', () => {
    write('stop', 'Stopping…');
    stop?.abort();
  });
  element('settings').addEventListener('submit', (event) => {
    event.preventDefault();
    const data = rows();
    if (!data || stop) return;
    const running = new AbortController();
    stop = running;
    allow();
    write('stop', 'Stop');
    show('stop');
    void attempt(() => train(data, running.signal, trained)).finally(() => {
      stop = undefined;
      allow();
      show('stop', false);
    });
  });
  return allow;
}

async function train(data: Dataset, signal: AbortSignal, trained: (classifier: Classifier) => void): Promise<void> {
  show('running');
  show('confusion-figure', false);
  announce('Training has begun');
  let drawnAt = 0;
  const onProgress = (progress: TrainingProgress) => {
    showNumbers(progress);
    if (performance.now() - drawnAt < INTERVAL) return;
    drawnAt = performance.now();
    showCurves(progress.history);
  };
  const onModel = (classifier: Classifier) => {
    showNet(classifier);
    trained(classifier);
  };
  const numberIn = (id: string) => element<HTMLInputElement>(id).valueAsNumber;
  const options = { hiddenSize: numberIn('hidden'), epochs: numberIn('epochs'), signal };
  let classifier: Classifier;
  try {
    classifier = await fitInWorker(data, { ...options, onProgress, onModel, modelInterval: INTERVAL });
    announce('Training has ended');
  } catch (error) {
    if ((error as Error).name !== 'AbortError') throw error;
    announce('Training was stopped');
    if (!(error instanceof FitAbortedError)) return;
    classifier = error.classifier;
  }
  if (classifier.history) showCurves(classifier.history);
  showNet(classifier);
  trained(classifier);
  await showConfusion(classifier, data);
}

function showNumbers({ iteration, numIters, loss, seconds, history }: TrainingProgress): void {
  element<HTMLProgressElement>('progress').value = iteration / numIters;
  write('iteration', `${iteration.toLocaleString('en')} / ${numIters.toLocaleString('en')}`);
  write('loss', loss.toFixed(3));
  const right = history.valAccHistory.at(-1);
  write('accuracy', right === undefined ? '–' : `${(100 * right).toFixed(1)} %`);
  write('step', `${((1000 * seconds) / iteration).toPrecision(3)} ms`);
}

function showCurves(history: Parameters<typeof plotHistory>[0]): void {
  draw('curves', ({ width, dark }) => plotHistory(history, { width, dark, height: width < 480 ? 420 : 460 }));
}

/** The weights as pictures, or the net as a drawing where its rows are no pictures. */
export function showNet(classifier: Classifier): void {
  show('net-part');
  const { net, numClasses } = classifier;
  const { imageShape, hiddenSize, inputSize } = net;
  if (imageShape && [1, 3].includes(imageShape.channels)) {
    const units = count(hiddenSize, 'hidden unit');
    write('weights-about', `The weights of the ${units}: each shows what it looks for.`);
    draw(
      'weights',
      ({ width }) => {
        const columns = columnsOf(hiddenSize, Math.floor(width / (imageShape.width + 2)));
        return plotWeights(net, { imageShape, columns, scale: 1, padding: 2 });
      },
      'The weights of the hidden units as pictures',
    );
  } else {
    const sizes = [count(inputSize, 'number'), count(hiddenSize, 'hidden unit'), count(numClasses, 'class', 'classes')];
    write('weights-about', `${sizes.join(', ')}.`);
    draw('weights', ({ width, dark }) => plotArchitecture(classifier, { width, dark, units: 8 }));
  }
}

/** Columns of a grid, at most so many: as many as give full rows, if that is possible. */
function columnsOf(units: number, most: number): number {
  const possible = Math.max(1, Math.min(units, most));
  for (let columns = possible; columns > possible / 2; columns--) if (units % columns === 0) return columns;
  return possible;
}

/** Which classes are taken for which others, on rows that were not trained on. */
async function showConfusion(classifier: Classifier, data: Dataset): Promise<void> {
  const part = data.test ?? data.validation;
  if (!part || classifier.numClasses > 12) return;
  const { confusion, accuracy } = await classifier.evaluate(part);
  show('confusion-figure');
  const rows = count(part.y.length, 'row');
  write('confusion-about', `${(100 * accuracy).toFixed(1)} % of ${rows} that it has not seen are right.`);
  draw('confusion', ({ width, dark }) =>
    plotConfusion({ confusion }, { classNames: classifier.classNames, width, height: Math.max(320, width), dark }),
  );
}

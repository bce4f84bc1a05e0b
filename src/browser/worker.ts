/**
 * Trains classifiers beside the page: the Worker that `fitInWorker` starts. It exports nothing. A page imports it only
 * where a bundler does not find it by itself: see [Bundlers](../../docs/browser.md#bundlers).
 *
 * @module two-layer-net/worker
 */
import { Classifier, isFitAborted } from '../classifier/classifier.js';
import type { ClassifierOptions } from '../classifier/options.js';
import { CHECKED, Dataset, type DatasetInput } from '../data/dataset.js';
import { Matrix } from '../data/matrix.js';
import { RandomState } from '../random/random-state.js';
import type { EpochMetrics, TrainingProgress } from '../training/history.js';
import { isError } from '../validation/kinds.js';
import {
  type Answer,
  CURVES,
  type Curves,
  type Request,
  type SentDataset,
  type SentError,
  type SentPart,
} from './fit-protocol.js';
import { fetchWasm } from './instead/backend/wasm/load.js';

const stop = new AbortController();

/** Called when the page has dealt with the last report. */
let taken = () => {};

addEventListener('message', ({ data }: MessageEvent<Request>) => {
  if (data.kind === 'fit') void answer(data);
  else if (data.kind === 'stop') stop.abort();
  else taken();
});

function post(message: Answer): void {
  postMessage(message);
}

async function answer(request: Extract<Request, { kind: 'fit' }>): Promise<void> {
  try {
    await train(request);
  } catch (error) {
    post({ kind: 'failed', error: sent(error) });
  }
}

async function train({ data, options, random, folder, told }: Extract<Request, { kind: 'fit' }>): Promise<void> {
  await fetchWasm(folder);
  let classifier: Classifier | undefined;
  let modelAt = performance.now();
  const lengths = new Map<string, number>();
  const onProgress = ({ history, ...progress }: TrainingProgress) => {
    const added = Object.fromEntries(
      CURVES.map((curve) => {
        const values = history[curve].slice(lengths.get(curve) ?? 0);
        lengths.set(curve, history[curve].length);
        return [curve, values];
      }),
    ) as Curves;
    const due = told.model !== undefined && performance.now() - modelAt >= told.model;
    if (due) modelAt = performance.now();
    post({ kind: 'progress', progress, added, model: due ? classifier?.toModel() : undefined });
    // A page that is slower than the training gets fewer reports, not a queue of them.
    return new Promise<void>((resolve) => {
      taken = resolve;
    });
  };
  const stream = random && streamOf(random);
  const all = {
    ...options,
    ...(stream && { random: stream }),
    ...((told.progress || told.model !== undefined) && { onProgress }),
    ...(told.epochs && { onEpochEnd: (metrics: EpochMetrics) => post({ kind: 'epoch', metrics }) }),
    signal: stop.signal,
  } satisfies ClassifierOptions;
  const began = (begun: Classifier) => {
    classifier = begun;
    post({ kind: 'begun' });
  };
  try {
    const fitted = await Classifier.fitting([received(data), all], began);
    post({ kind: 'done', model: fitted.toModel(), random: stream?.getState(), stopped: undefined });
  } catch (error) {
    if (!isFitAborted(error)) throw error;
    const model = error.classifier.toModel();
    post({ kind: 'done', model, random: stream?.getState(), stopped: error.numIters });
  }
}

function streamOf(snapshot: ReturnType<RandomState['getState']>): RandomState {
  const stream = new RandomState(0);
  stream.setState(snapshot);
  return stream;
}

/** The data set of a message. */
function received({ train, validation, test, ...rest }: SentDataset): Dataset {
  const part = (one: SentPart | undefined) =>
    one && { X: new Matrix(one.data, rest.inputSize, { mean: one.mean }), y: one.y };
  const input = { ...rest, train: part(train), validation: part(validation), test: part(test) };
  return new Dataset(input as DatasetInput, CHECKED);
}

function sent(error: unknown): SentError {
  if (!isError(error)) return { name: 'Error', message: String(error), stack: undefined, fields: {} };
  const { name, message, stack } = error;
  return { name, message, stack, fields: Object.fromEntries(Object.entries(error)) };
}

/** Reports of trainings and searches. */
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { BackendInfo } from '../../backend/choose.js';
import { Matrix } from '../../data/matrix.js';
import { evaluate } from '../../net/evaluation.js';
import type { TwoLayerNet } from '../../net/two-layer-net.js';
import { makeFolder } from '../../platform/make-folder.js';
import { packageVersion } from '../../platform/package-files.js';
import { defaultThreads } from '../../platform/processors.js';
import { replaceFile } from '../../platform/replace-file.js';
import type { TrainingHistory } from '../../training/history.js';
import type { SweepResults } from '../../tune/sweep.js';
import { wrongType } from '../../validation/errors.js';
import { columnsOf, type LabelsInput, type RowsInput } from '../../validation/inputs.js';
import type {
  ReportClasses,
  ReportData,
  ReportHistory,
  ReportImage,
  ReportMachine,
  ReportMistake,
  ReportRows,
} from '../content/report-data.js';
import { type ImageShape, plotWeights } from '../pictures/plot-weights.js';
import { encodePng, type Pixels } from '../pictures/png.js';
import { backendWords } from './backend-words.js';
import { reportHtml } from './report-html.js';

/** Rows with their classes. */
interface LabelledRows {
  readonly X: RowsInput;
  readonly y: LabelsInput;
}

/** What a report says of the data; an `ImageDataset` is one. */
export interface ReportDataset {
  readonly train: LabelledRows;
  readonly validation?: LabelledRows;
  /** Rows that neither training nor choosing has seen. */
  readonly test?: LabelledRows | undefined;
  /** The name of each class (C); numbers without it. */
  readonly classNames?: readonly string[];
  /** What a row means as a picture; without it, and where rows are not bytes in a `Matrix`, there are no pictures. */
  readonly imageShape?: ImageShape;
  /** Where the rows come from, in words. */
  readonly source?: string;
}

/** What {@link makeReport} reports. */
export interface ReportInput {
  /**
   * Above the report.
   * @defaultValue 'Training', or 'Search' with a search
   */
  readonly title?: string;
  /**
   * What came of it.
   * @defaultValue 'done'
   */
  readonly status?: ReportData['status'];
  /**
   * When it began.
   * @defaultValue now
   */
  readonly created?: Date;
  /** Settings by their names, as they shall be shown. */
  readonly settings?: ReportData['settings'];
  /** What the net runs on: `backendInfo()`. */
  readonly backend: BackendInfo;
  readonly data?: ReportDataset | undefined;
  /** The trained net; the best one of a search unless given. */
  readonly net?: TwoLayerNet | undefined;
  /** What its training recorded; that of the best trial of a search unless given. */
  readonly history?: TrainingHistory | undefined;
  /** Iterations that were to be made; those that were, unless given. */
  readonly numIters?: number;
  readonly search?: SweepResults;
}

/** The file in a report's folder. */
export const REPORT_FILE = 'report.html';

/** Wrong predictions that are shown. */
const MISTAKES = 24;

/**
 * Judges the net on the rows that are there and puts all together that the report shows.
 *
 * @throws what `evaluate` and `plotWeights` throw for rows and shapes that do not fit the net
 */
export function makeReport(input: ReportInput): ReportData {
  if (typeof input !== 'object' || input === null) throw wrongType('an object for the report', input);
  const { search, data, settings, backend, created = new Date(), status = 'done' } = input;
  const { net = search?.best?.net, history = search?.best?.history } = input;
  const report: ReportData = {
    ...{ format: 'two-layer-net report', version: 1, status, created: created.toISOString() },
    title: input.title ?? (search ? 'Search' : 'Training'),
    ...(settings && { settings }),
    machine: machineOf(backend),
    ...(data && { data: rowsOf(data) }),
    ...(history && { history: curvesOf(history) }),
    ...(search && { search: { search: search.search, ranking: search.ranking } }),
  };
  const progress = search ? searchProgress(search) : history && trainingProgress(history, input.numIters);
  return { ...report, ...(progress && { progress }), ...(net && judged(net, data)) };
}

/**
 * Writes the report as one page, `report.html` in `folder`, which is made if it is not there; a report that is there
 * already is replaced. The page needs nothing else, no network, and holds its data as JSON in the element with the id
 * `report-data`.
 *
 * @returns the path of the file
 * @throws (as a rejection) Error `ERR_NOT_WRITABLE`
 */
export async function writeReport(folder: string, report: ReportData): Promise<string> {
  await makeFolder(folder);
  const file = join(folder, REPORT_FILE);
  await replaceFile(file, [reportHtml(report)]);
  return file;
}

function machineOf(backend: BackendInfo): ReportMachine {
  return {
    cpu: cpus()[0]?.model ?? 'unknown processor',
    processors: defaultThreads(),
    platform: `${process.platform} ${process.arch}`,
    node: process.versions.node,
    version: packageVersion(),
    backend: backendWords(backend),
  };
}

function rowsOf({ train, validation, test, classNames, source }: ReportDataset): ReportRows {
  const labels = Array.from(train.y);
  return {
    source: source ?? 'rows of one’s own',
    trainRows: labels.length,
    validationRows: validation?.y.length ?? 0,
    testRows: test?.y.length ?? 0,
    inputSize: columnsOf(train.X, labels.length),
    numClasses: classNames?.length ?? labels.reduce((most, label) => Math.max(most, label + 1), 0),
  };
}

function curvesOf({ lossHistory, trainAccHistory, valAccHistory }: TrainingHistory): ReportHistory {
  // Copies: a training that goes on would make them longer.
  return { lossHistory: [...lossHistory], trainAccHistory: [...trainAccHistory], valAccHistory: [...valAccHistory] };
}

function trainingProgress(history: TrainingHistory, numIters?: number): ReportData['progress'] {
  const { lossHistory, seconds, samplesPerSecond, learningRate } = history;
  const done = lossHistory.length;
  return { done, total: numIters ?? done, unit: 'iterations', seconds, samplesPerSecond, learningRate };
}

function searchProgress({ results, seconds }: SweepResults): ReportData['progress'] {
  return { done: results.length, total: results.length, unit: 'trials', seconds };
}

/** What the net knows: accuracies on all parts, and on the last of them classes and mistakes. */
function judged(net: TwoLayerNet, data: ReportDataset | undefined): Partial<ReportData> {
  const weights = weightsOf(net, data);
  if (!data) return { ...(weights && { weights }) };
  const { train, validation, test } = data;
  const accuracy = (part?: LabelledRows) => part && evaluate(net, part.X, part.y).accuracy;
  const parts = { train: accuracy(train), validation: accuracy(validation), test: accuracy(test) };
  const accuracies = Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined));
  const unseen = test ?? validation;
  const mistakes = unseen && data.imageShape && mistakesOf(net, unseen, data.imageShape);
  return {
    accuracies,
    ...(weights && { weights }),
    ...(unseen && { classes: classesOf(net, unseen, data.classNames) }),
    ...(mistakes && { mistakes }),
  };
}

/** The weight grid of a net whose rows are pictures. */
export function weightsOf(net: TwoLayerNet, data: ReportDataset | undefined): ReportImage | undefined {
  const imageShape = data?.imageShape;
  if (!imageShape) return undefined;
  const picture = plotWeights(net, { imageShape, order: 'norm' });
  return { src: picture.dataUri(), width: picture.width, height: picture.height };
}

function classesOf(net: TwoLayerNet, { X, y }: LabelledRows, names?: readonly string[]): ReportClasses {
  const { classAccuracy, confusion } = evaluate(net, X, y);
  return {
    classNames: names ?? confusion.map((_, label) => String(label)),
    classAccuracy: classAccuracy.map((accuracy) => (Number.isNaN(accuracy) ? null : accuracy)),
    confusion,
    rows: y.length,
  };
}

/** The wrong predictions of the highest probability; undefined where rows are no pictures. */
function mistakesOf(net: TwoLayerNet, { X, y }: LabelledRows, shape: ImageShape): ReportMistake[] | undefined {
  if (!(X instanceof Matrix && X.data instanceof Uint8Array)) return undefined;
  const { data } = X;
  const C = net.numClasses;
  const probabilities = net.probabilities(X);
  const predictions = net.predict(X);
  const wrong = Array.from(predictions, (predicted, row) => ({
    ...{ row, label: Number(y[row]), predicted, probability: probabilities[row * C + predicted] },
  })).filter(({ label, predicted }) => label !== predicted);
  wrong.sort((a, b) => b.probability - a.probability);
  return wrong.slice(0, MISTAKES).map((mistake) => {
    const row = data.subarray(mistake.row * X.columns, (mistake.row + 1) * X.columns);
    return { ...mistake, image: imageOf(pixelsOf(row, shape)) };
  });
}

/** A row of bytes as pixels: grey is three times the same. */
function pixelsOf(row: Uint8Array, { height, width, channels }: ImageShape): Pixels {
  const rgb = new Uint8Array(height * width * 3);
  for (let i = 0; i < rgb.length; i++) rgb[i] = row[Math.floor(i / 3) * channels + ((i % 3) % channels)];
  return { width, height, rgb };
}

function imageOf(pixels: Pixels): ReportImage {
  const src = `data:image/png;base64,${Buffer.from(encodePng(pixels)).toString('base64')}`;
  return { src, width: pixels.width, height: pixels.height };
}

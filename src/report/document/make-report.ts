/** Creates reports of trainings and searches. */
import { join } from 'node:path';
import type { BackendInfo } from '../../backend/choose.js';
import { Dataset, type ImageShape } from '../../data/dataset.js';
import type { DatasetPart } from '../../data/part.js';
import { evaluate } from '../../net/evaluation.js';
import type { TwoLayerNet } from '../../net/two-layer-net.js';
import { makeFolder } from '../../platform/make-folder.js';
import { packageVersion } from '../../platform/package-version.js';
import { checkPath, replaceFile } from '../../platform/replace-file.js';
import { thisMachine } from '../../platform/this-machine.js';
import type { TrainingHistory } from '../../training/history.js';
import type { SweepResults } from '../../tune/sweep-results.js';
import { labelNames } from '../../validation/class-names.js';
import { isArrayOf } from '../../validation/typed-arrays.js';
import {
  REPORT_FORMAT,
  REPORT_VERSION,
  type ReportClasses,
  type ReportData,
  type ReportHistory,
  type ReportImage,
  type ReportMachine,
  type ReportMistake,
  type ReportRows,
} from '../content/report-data.js';
import { plotWeights } from '../pictures/plot-weights.js';
import { encodePng, type Pixels } from '../pictures/png.js';
import { backendWords } from './backend-words.js';
import { checkReport } from './check-report.js';
import { reportHtml } from './report-html.js';
import { checkReportInput, type ReportInput } from './report-input.js';

/** The name of the file in a report's folder. */
export const REPORT_FILE = 'report.html';

/** How many wrong predictions to show. */
const MISTAKES = 24;

/**
 * Evaluates the net on the given data and collects everything that the report shows.
 *
 * @throws TypeError or RangeError for input that is none, `ERR_UNKNOWN_OPTION` for a misspelt name; what `evaluate` and
 * `plotWeights` throw for rows and shapes that do not match the net
 */
export function makeReport(input: ReportInput): ReportData {
  checkReportInput(input);
  const { search, settings, backend, created = new Date(), status = 'done' } = input;
  const { net = search?.best?.net, history = search?.best?.history } = input;
  const data = input.data === undefined ? undefined : Dataset.from(input.data, net?.inputSize);
  const report: ReportData = {
    format: REPORT_FORMAT,
    version: REPORT_VERSION,
    status,
    created: created.toISOString(),
    title: input.title ?? (search ? 'Search' : 'Training'),
    ...(settings && { settings }),
    machine: machineOf(backend),
    ...(data && { data: rowsOf(data) }),
    ...(history && { history: curvesOf(history) }),
    ...(history?.warnings?.length && { warnings: [...history.warnings] }),
    ...(search && { search: searchOf(search) }),
  };
  const progress = search ? searchProgress(search) : history && trainingProgress(history, input.numIters);
  return { ...report, ...(progress && { progress }), ...(net && evaluated(net, data)) };
}

/**
 * Writes the report as a single page, `report.html` in `folder`. Creates the folder if necessary and replaces an
 * existing report. The page is self-contained and needs no network. It holds its data as JSON in the element with the
 * id `report-data`.
 *
 * @returns the path of the file
 * @throws (as a rejection) Error `ERR_NOT_WRITABLE`; TypeError `ERR_INVALID_TYPE` for something else than a report
 */
export async function writeReport(folder: string, report: ReportData): Promise<string> {
  checkPath(folder);
  checkReport(report);
  await makeFolder(folder);
  const file = join(folder, REPORT_FILE);
  await replaceFile(file, [reportHtml(report)]);
  return file;
}

function machineOf(backend: BackendInfo): ReportMachine {
  return { ...thisMachine(), version: packageVersion(), backend: backendWords(backend) };
}

function rowsOf({ train, validation, test, source, inputSize, numClasses }: Dataset): ReportRows {
  const trainRows = train.y.length;
  const validationRows = validation?.y.length ?? 0;
  const testRows = test?.y.length ?? 0;
  return { source, trainRows, validationRows, testRows, inputSize, numClasses };
}

function curvesOf({ lossHistory, trainAccHistory, valAccHistory }: TrainingHistory): ReportHistory {
  // Copies, since a running training appends to the originals.
  return { lossHistory: [...lossHistory], trainAccHistory: [...trainAccHistory], valAccHistory: [...valAccHistory] };
}

function searchOf({ search, ranking, validationRows }: SweepResults): NonNullable<ReportData['search']> {
  return { search, ranking, ...(validationRows !== undefined && { validationRows }) };
}

function trainingProgress(history: TrainingHistory, numIters?: number): ReportData['progress'] {
  const { lossHistory, seconds, samplesPerSecond, learningRate } = history;
  const done = lossHistory.length;
  return { done, total: numIters ?? done, unit: 'iterations', seconds, samplesPerSecond, learningRate };
}

function searchProgress({ results, seconds }: SweepResults): ReportData['progress'] {
  return { done: results.length, total: results.length, unit: 'trials', seconds };
}

/** The net's accuracies on all parts, and its results per class and mistakes on the least used part. */
function evaluated(net: TwoLayerNet, data: Dataset | undefined): Partial<ReportData> {
  const weights = weightsOf(net, data);
  if (!data) return { ...(weights && { weights }) };
  const { train, validation, test } = data;
  const accuracy = (part?: DatasetPart) => part && evaluate(net, part).accuracy;
  const parts = { train: accuracy(train), validation: accuracy(validation), test: accuracy(test) };
  const accuracies = Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined));
  const unseen = test ?? validation;
  const mistakes = unseen && data.imageShape && mistakesOf(net, unseen, data.imageShape);
  return {
    accuracies,
    ...(weights && { weights }),
    ...(unseen && { classes: classesOf(net, unseen, data.named ? data.classNames : net.classNames) }),
    ...(mistakes && { mistakes }),
  };
}

/** The weight grid of a net; undefined if the rows are not pictures. */
export function weightsOf(net: TwoLayerNet, data: Dataset | undefined): ReportImage | undefined {
  const imageShape = data?.imageShape;
  if (!imageShape) return undefined;
  const picture = plotWeights(net, { imageShape, order: 'norm' });
  return { src: picture.dataUri(), width: picture.width, height: picture.height };
}

function classesOf(
  net: TwoLayerNet,
  part: DatasetPart,
  classNames: readonly string[] = labelNames(net.numClasses),
): ReportClasses {
  const { classAccuracy, confusion } = evaluate(net, part);
  return {
    classNames,
    classAccuracy: classAccuracy.map((accuracy) => (Number.isNaN(accuracy) ? null : accuracy)),
    confusion,
    rows: part.y.length,
  };
}

/** The wrong predictions with the highest probability; undefined if the rows are not pictures. */
function mistakesOf(net: TwoLayerNet, { X, y }: DatasetPart, shape: ImageShape): ReportMistake[] | undefined {
  const { data } = X;
  if (!isArrayOf(data, 'Uint8Array')) return undefined;
  const C = net.numClasses;
  const probabilities = net.probabilities(X);
  const predictions = net.predict(X);
  const wrong = Array.from(predictions, (predicted, row) => ({
    row,
    label: y[row],
    predicted,
    probability: probabilities[row * C + predicted],
  })).filter(({ label, predicted }) => label !== predicted);
  wrong.sort((a, b) => b.probability - a.probability);
  return wrong.slice(0, MISTAKES).map((mistake) => {
    const row = data.subarray(mistake.row * X.columns, (mistake.row + 1) * X.columns);
    return { ...mistake, image: imageOf(pixelsOf(row, shape)) };
  });
}

/** Converts a row of bytes to pixels. Grey rows repeat each byte three times. */
function pixelsOf(row: Uint8Array, { height, width, channels }: ImageShape): Pixels {
  const rgb = new Uint8Array(height * width * 3);
  for (let i = 0; i < rgb.length; i++) rgb[i] = row[Math.floor(i / 3) * channels + ((i % 3) % channels)];
  return { width, height, rgb };
}

function imageOf(pixels: Pixels): ReportImage {
  const src = `data:image/png;base64,${Buffer.from(encodePng(pixels)).toString('base64')}`;
  return { src, width: pixels.width, height: pixels.height };
}

/** What a report is made of. */
import { BACKENDS } from '../../backend/capabilities.js';
import type { BackendInfo } from '../../backend/choose.js';
import type { Dataset, DatasetInput } from '../../data/dataset.js';
import { checkNet } from '../../net/check-net.js';
import type { TwoLayerNet } from '../../net/two-layer-net.js';
import type { TrainingHistory } from '../../training/history.js';
import type { SweepResults } from '../../tune/sweep-results.js';
import { checkNumber, checkOneOf, checkOptions, isObject } from '../../validation/check.js';
import { wrongType } from '../../validation/errors.js';
import { tagOf } from '../../validation/kinds.js';
import { checkHistory, checkSearchResults } from '../content/check-content.js';
import { REPORT_STATUSES, type ReportData } from '../content/report-data.js';

/** The input of `makeReport`. */
export interface ReportInput {
  /**
   * The heading of the report.
   * @defaultValue 'Training', or 'Search' if there is a search
   */
  readonly title?: string;
  /**
   * How the training or search stands, or how it ended.
   * @defaultValue 'done'
   */
  readonly status?: ReportData['status'];
  /**
   * The time of the start.
   * @defaultValue now
   */
  readonly created?: Date;
  /** Settings to show, by name. */
  readonly settings?: ReportData['settings'];
  /** The backend that the net runs on, from `backendInfo()`. */
  readonly backend: BackendInfo;
  /**
   * The data: a data set, or the plain object that one is made from. Without it the report has no accuracies and no
   * pictures.
   */
  readonly data?: Dataset | DatasetInput | undefined;
  /**
   * The trained net.
   * @defaultValue the best net of the search
   */
  readonly net?: TwoLayerNet | undefined;
  /**
   * The history of the net's training.
   * @defaultValue the history of the best trial of the search
   */
  readonly history?: TrainingHistory | undefined;
  /**
   * The planned number of iterations.
   * @defaultValue the number of iterations in the history
   */
  readonly numIters?: number;
  /** The results of a search. */
  readonly search?: SweepResults;
}

const INPUTS = [
  'title',
  'status',
  'created',
  'settings',
  'backend',
  'data',
  'net',
  'history',
  'numIters',
  'search',
] as const satisfies readonly (keyof ReportInput)[];

/**
 * Checks the input of a report, but for its data.
 *
 * @throws TypeError or RangeError
 */
export function checkReportInput(input: ReportInput): ReportInput {
  if (!isObject(input)) throw wrongType('an object for the report', input);
  const { title, status, created, settings, backend, net, history, numIters, search } = checkOptions(
    input,
    'the input of makeReport',
    INPUTS,
  );
  if (title !== undefined && typeof title !== 'string') throw wrongType('a string for title', title);
  if (status !== undefined) checkOneOf(status, 'status', REPORT_STATUSES);
  if (created !== undefined && !isDate(created)) throw wrongType('a Date for created', created);
  if (settings !== undefined && !isObject(settings)) throw wrongType('an object for settings', settings);
  if (!isObject(backend)) throw wrongType('what backendInfo() returns for backend', backend);
  checkOneOf(backend.backend, 'backend.backend', BACKENDS);
  if (net !== undefined) checkNet(net);
  if (history !== undefined) checkHistory(history);
  if (numIters !== undefined) checkNumber(numIters, 'numIters', { integer: true, min: 0 });
  if (search !== undefined) checkSearchResults(search);
  return input;
}

function isDate(value: unknown): value is Date {
  return tagOf(value) === 'Date' && Number.isFinite((value as Date).getTime());
}

/**
 * The content of a report as plain JSON, which the page displays and other programs can read. In report.html it is the
 * text of the element with the id `report-data`.
 */
import type { TrainingWarning } from '../../training/warnings/warning.js';
import { compare, keyOf, type RankedSettings } from '../../tune/ranking.js';
import type { Search } from '../../tune/search.js';

/** The id of the element in report.html that holds the data. */
export const DATA_ELEMENT = 'report-data';

/** What a report says of itself. */
export const REPORT_FORMAT = 'two-layer-net report';
export const REPORT_VERSION = 1;

/** How a training or a search stands, or how it ended. */
export const REPORT_STATUSES = ['running', 'done', 'interrupted', 'diverged'] as const;

/** A report. Unknown parts are omitted. */
export interface ReportData {
  readonly format: typeof REPORT_FORMAT;
  readonly version: typeof REPORT_VERSION;
  readonly title: string;
  /** How the training or search stands, or how it ended. */
  readonly status: (typeof REPORT_STATUSES)[number];
  /** The time of the start, in ISO 8601. */
  readonly created: string;
  /** The settings by name, as given on the command line or by the caller. */
  readonly settings?: Readonly<Record<string, string | number | boolean | null>>;
  /** The machine that it ran on. */
  readonly machine: ReportMachine;
  /** The data that it was trained on. */
  readonly data?: ReportRows;
  /** The progress so far. */
  readonly progress?: ReportProgress;
  /** Signs that little or nothing was learnt, each with a remedy; of a search, those of its best trial. */
  readonly warnings?: readonly TrainingWarning[];
  /** Accuracies at the end, 0 … 1. */
  readonly accuracies?: { readonly train?: number; readonly validation?: number; readonly test?: number };
  /** The curves of the training, or of the best trial of a search. */
  readonly history?: ReportHistory;
  /** The net's performance on each class, on rows that it was not trained on. */
  readonly classes?: ReportClasses;
  /** The columns of W1 as a picture. */
  readonly weights?: ReportImage;
  /** The wrong predictions with the highest probability, highest first. */
  readonly mistakes?: readonly ReportMistake[];
  /** A search and its combinations, best first. */
  readonly search?: {
    readonly search: Search;
    readonly ranking: readonly RankedSettings[];
    /** Rows that the accuracies were measured on. */
    readonly validationRows?: number;
  };
}

/** The machine that a training ran on. */
export interface ReportMachine {
  /** The name that the processor reports. */
  readonly cpu: string;
  /** Number of processors that the process may use, according to its affinity and its cgroup quota. */
  readonly processors: number;
  readonly platform: string;
  readonly node: string;
  /** This package's version. */
  readonly version: string;
  /** The backend and its kernels, in words. */
  readonly backend: string;
}

/** The data that a net was trained on. */
export interface ReportRows {
  /** Where the rows come from, in words. */
  readonly source: string;
  readonly trainRows: number;
  readonly validationRows: number;
  readonly testRows: number;
  /** D, numbers per row. */
  readonly inputSize: number;
  /** C, classes. */
  readonly numClasses: number;
}

/** The progress of a training or a search. */
export interface ReportProgress {
  /** Finished iterations or trials, see `unit`. */
  readonly done: number;
  readonly total: number;
  readonly unit: 'iterations' | 'trials';
  readonly seconds: number;
  readonly secondsLeft?: number;
  readonly samplesPerSecond?: number;
  /** The learning rate of the next iteration. */
  readonly learningRate?: number;
}

/** The curves of a training. */
export interface ReportHistory {
  readonly lossHistory: readonly number[];
  readonly trainAccHistory: readonly number[];
  readonly valAccHistory: readonly number[];
}

/** A net's performance on each class. */
export interface ReportClasses {
  /** The name of each class (C). */
  readonly classNames: readonly string[];
  /** 0 … 1; null for a class without rows. */
  readonly classAccuracy: readonly (number | null)[];
  /** Counts by true class (row) and predicted class (column). */
  readonly confusion: readonly (readonly number[])[];
  /** Number of rows that were evaluated. */
  readonly rows: number;
}

/** A picture in the report. */
export interface ReportImage {
  /** A PNG file as a `data:` URL. */
  readonly src: string;
  /** In pixels. */
  readonly width: number;
  readonly height: number;
}

/** A wrong prediction. */
export interface ReportMistake {
  /** The row's index in its part. */
  readonly row: number;
  /** The true class. */
  readonly label: number;
  /** The predicted class. */
  readonly predicted: number;
  /** Probability of the predicted class, 0 … 1. */
  readonly probability: number;
  readonly image: ReportImage;
}

/** A change to a live report. */
export interface ReportPatch {
  /** Fields to replace. */
  readonly set?: Partial<ReportData>;
  /** Values to append to the curves. */
  readonly append?: ReportHistory;
  /** Combinations that are new in the table of a search, or have new results. */
  readonly rank?: readonly RankedSettings[];
}

/** The report with a change applied. */
export function patched(report: ReportData, { set, append, rank }: ReportPatch): ReportData {
  const { history } = report;
  const joined = append && {
    lossHistory: [...(history?.lossHistory ?? []), ...append.lossHistory],
    trainAccHistory: [...(history?.trainAccHistory ?? []), ...append.trainAccHistory],
    valAccHistory: [...(history?.valAccHistory ?? []), ...append.valAccHistory],
  };
  const search = set?.search ?? report.search;
  const ranked = rank && search && { ...search, ranking: merged(search.ranking, rank) };
  return { ...report, ...set, ...(joined && { history: joined }), ...(ranked && { search: ranked }) };
}

/** Combinations, best first, with others in the place of those that have the same settings. */
export function merged(ranking: readonly RankedSettings[], others: readonly RankedSettings[]): RankedSettings[] {
  const all = new Map(ranking.map((ranked) => [keyOf(ranked.settings), ranked]));
  for (const ranked of others) all.set(keyOf(ranked.settings), ranked);
  return [...all.values()].sort(compare);
}

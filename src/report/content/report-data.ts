/**
 * What a report holds: plain JSON, which the page draws and other programs read. In report.html it is the text of the
 * element with the id `report-data`.
 */
import type { RankedSettings } from '../../tune/ranking.js';
import type { Search } from '../../tune/search.js';

/** The id of the element of report.html that holds its data. */
export const DATA_ELEMENT = 'report-data';

/** A report. What is not known (yet) is left out. */
export interface ReportData {
  readonly format: 'two-layer-net report';
  readonly version: 1;
  readonly title: string;
  /** What came of it. */
  readonly status: 'running' | 'done' | 'interrupted' | 'diverged';
  /** When it began; ISO 8601. */
  readonly created: string;
  /** Settings by their names, as the command line or the caller gave them. */
  readonly settings?: Readonly<Record<string, string | number | boolean | null>>;
  /** What it ran on. */
  readonly machine: ReportMachine;
  /** What it was trained on. */
  readonly data?: ReportRows;
  /** How far it is. */
  readonly progress?: ReportProgress;
  /** Accuracies at the end, 0 … 1. */
  readonly accuracies?: { readonly train?: number; readonly validation?: number; readonly test?: number };
  /** The curves of the training, or of the best trial of a search. */
  readonly history?: ReportHistory;
  /** How the net does on the classes of rows that it was not trained on. */
  readonly classes?: ReportClasses;
  /** W1's columns as a picture. */
  readonly weights?: ReportImage;
  /** Wrong predictions that the net is surest of, the surest first. */
  readonly mistakes?: readonly ReportMistake[];
  /** A search, and its combinations, best first. */
  readonly search?: { readonly search: Search; readonly ranking: readonly RankedSettings[] };
}

/** What a training ran on. */
export interface ReportMachine {
  /** The processor, as it names itself. */
  readonly cpu: string;
  /** Processors that the process may use: by its affinity and the quota of its cgroup. */
  readonly processors: number;
  readonly platform: string;
  readonly node: string;
  /** This package's version. */
  readonly version: string;
  /** Backend and kernels, in words. */
  readonly backend: string;
}

/** What a net was trained on. */
export interface ReportRows {
  /** In words. */
  readonly source: string;
  readonly trainRows: number;
  readonly validationRows: number;
  readonly testRows: number;
  /** D, numbers per row. */
  readonly inputSize: number;
  /** C, classes. */
  readonly numClasses: number;
}

/** How far a training or a search is. */
export interface ReportProgress {
  /** Of `total`, in `unit`s. */
  readonly done: number;
  readonly total: number;
  readonly unit: 'iterations' | 'trials';
  readonly seconds: number;
  readonly secondsLeft?: number;
  readonly samplesPerSecond?: number;
  /** Of the next iteration. */
  readonly learningRate?: number;
}

/** The curves of a training. */
export interface ReportHistory {
  readonly lossHistory: readonly number[];
  readonly trainAccHistory: readonly number[];
  readonly valAccHistory: readonly number[];
}

/** How a net does on each class. */
export interface ReportClasses {
  /** The name of each class (C). */
  readonly classNames: readonly string[];
  /** 0 … 1; null for a class without rows. */
  readonly classAccuracy: readonly (number | null)[];
  /** Counts by true class (row) and predicted class (column). */
  readonly confusion: readonly (readonly number[])[];
  /** Rows that were judged. */
  readonly rows: number;
}

/** A picture inside the report. */
export interface ReportImage {
  /** A data: address of a PNG file. */
  readonly src: string;
  /** In pixels. */
  readonly width: number;
  readonly height: number;
}

/** A wrong prediction. */
export interface ReportMistake {
  /** The row's index in its part. */
  readonly row: number;
  /** The class that it is, and the one that it was taken for. */
  readonly label: number;
  readonly predicted: number;
  /** Of the predicted class, 0 … 1. */
  readonly probability: number;
  readonly image: ReportImage;
}

/** A change of a report while it is live. */
export interface ReportPatch {
  /** Fields that are new. */
  readonly set?: Partial<ReportData>;
  /** What the curves go on with, from the places where they ended. */
  readonly append?: ReportHistory;
}

/** The report after a change. */
export function patched(report: ReportData, { set, append }: ReportPatch): ReportData {
  const { history } = report;
  const joined = append && {
    lossHistory: [...(history?.lossHistory ?? []), ...append.lossHistory],
    trainAccHistory: [...(history?.trainAccHistory ?? []), ...append.trainAccHistory],
    valAccHistory: [...(history?.valAccHistory ?? []), ...append.valAccHistory],
  };
  return { ...report, ...set, ...(joined && { history: joined }) };
}

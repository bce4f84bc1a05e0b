/** The content of each chart as plain data, shared by the SVG, the PNG and the report's page. */

/** The curves of a training. */
export interface HistoryChart {
  readonly kind: 'history';
  /** The loss of each iteration. */
  readonly lossHistory: readonly number[];
  /** Accuracies, 0 … 1, one per epoch; empty if there are none. */
  readonly trainAccHistory: readonly number[];
  readonly valAccHistory: readonly number[];
  /** Iterations that the smoothed loss averages over; a fiftieth of all iterations if undefined. */
  readonly smoothing?: number | undefined;
}

/** How often each class is predicted as each class. */
export interface ConfusionChart {
  readonly kind: 'confusion';
  /** Rows by true class (row) and predicted class (column): C lists of C counts. */
  readonly confusion: readonly (readonly number[])[];
  /** The name of each class (C). */
  readonly classNames: readonly string[];
}

/** The fraction of correct predictions in each class. */
export interface ClassAccuracyChart {
  readonly kind: 'classAccuracy';
  /** 0 … 1; null for a class without rows. */
  readonly classAccuracy: readonly (number | null)[];
  readonly classNames: readonly string[];
}

/** One setting that a search varied. */
export interface SweepAxis {
  /** A readable name, such as `learning rate`. */
  readonly name: string;
  /** Whether the axis is logarithmic. */
  readonly log: boolean;
  /** The values of a setting that is not a number; a point's value is then the index of one of them. */
  readonly words?: readonly string[];
  /** The numbers that were tried, in increasing order: they are the ticks. Undefined for words and for a range. */
  readonly tried?: readonly number[];
  /** The ends of the range that numbers were drawn from. */
  readonly range?: readonly [number, number];
}

/** One combination of a search. */
export interface SweepPoint {
  /** A value for each axis. */
  readonly values: readonly number[];
  /** Mean validation accuracy, 0 … 1; null if it diverged. */
  readonly accuracy: number | null;
  /** Sample standard deviation over the seeds; 0 for a single seed. */
  readonly deviation: number;
  /** Iterations of training. */
  readonly numIters: number;
}

/** Validation accuracy over the settings of a search. */
export interface SweepChart {
  readonly kind: 'sweep';
  readonly axes: readonly SweepAxis[];
  readonly points: readonly SweepPoint[];
  /** Rows that the accuracies were measured on, by which differences are judged; undefined if that is not known. */
  readonly validationRows?: number | undefined;
}

/** Any chart. */
export type Chart = HistoryChart | ConfusionChart | ClassAccuracyChart | SweepChart;

/** How a chart is drawn. */
export interface ChartStyle {
  /** In pixels. */
  readonly width: number;
  readonly height: number;
  /** Light text on a dark background. */
  readonly dark: boolean;
  /** The title above the chart; undefined for none. */
  readonly title?: string | undefined;
}

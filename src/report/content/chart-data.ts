/** What each chart shows, as plain data: the one definition behind the SVG, the PNG and the report's page. */

/** The curves of a training. */
export interface HistoryChart {
  readonly kind: 'history';
  /** The loss of each iteration. */
  readonly lossHistory: readonly number[];
  /** Accuracies, 0 … 1, once per epoch; empty for none. */
  readonly trainAccHistory: readonly number[];
  readonly valAccHistory: readonly number[];
  /** Iterations over which the smoothed loss is a mean; undefined for a fiftieth of them all. */
  readonly smoothing?: number | undefined;
}

/** How often each class is taken for each. */
export interface ConfusionChart {
  readonly kind: 'confusion';
  /** Rows by true class (row) and predicted class (column): C lists of C counts. */
  readonly confusion: readonly (readonly number[])[];
  /** The name of each class (C). */
  readonly classNames: readonly string[];
}

/** The share of right answers in each class. */
export interface ClassAccuracyChart {
  readonly kind: 'classAccuracy';
  /** 0 … 1; null for a class without rows. */
  readonly classAccuracy: readonly (number | null)[];
  readonly classNames: readonly string[];
}

/** One setting that a search varied. */
export interface SweepAxis {
  /** As a person reads it: `learning rate`. */
  readonly name: string;
  /** Whether factors count, not differences. */
  readonly log: boolean;
}

/** One combination of a search. */
export interface SweepPoint {
  /** A value for each axis. */
  readonly values: readonly number[];
  /** Mean validation accuracy, 0 … 1; null where it diverged. */
  readonly accuracy: number | null;
  /** The sample standard deviation over seeds; 0 for one seed. */
  readonly deviation: number;
  /** Iterations that it was trained for. */
  readonly numIters: number;
}

/** Validation accuracy over the settings of a search. */
export interface SweepChart {
  readonly kind: 'sweep';
  readonly axes: readonly SweepAxis[];
  readonly points: readonly SweepPoint[];
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
  /** Above the chart; undefined for none. */
  readonly title?: string | undefined;
}

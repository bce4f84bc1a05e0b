/** Classifiers beside those of scikit-learn, as a person reads it. */
import { backendLines, reportLines } from '../../src/cli/output/measurement-report.js';
import { formatCount, formatDigits, formatRange, table } from '../../src/cli/output/table.js';
import type { BackendInfo } from '../../src/index.js';
import type { Machine } from '../../src/platform/this-machine.js';
import { type ClassifierTimings, METHODS } from './measure.js';

/** The result of `npm run bench -- --classifiers`, as `--json` writes it. */
export interface ClassifierResult extends ClassifierTimings {
  /** When it began, ISO 8601. */
  readonly date: string;
  readonly machine: Machine;
  readonly backend: BackendInfo;
  readonly threads: number;
  readonly splits: number;
}

/** All lines of the report. */
export function classifierLines({ date, machine, backend, threads, splits, ...found }: ClassifierResult): string[] {
  const heading = [
    `classifiers on ${machine.cpu} (${formatCount(machine.processors, 'processor')}), Node ${machine.node}, ` +
      date.slice(0, 10),
    ...backendLines(backend),
    `scikit-learn ${found.sklearn}; ${formatCount(threads, 'thread')}; ${splits} splits, a quarter to test`,
  ];
  const rows = found.timings.map(({ set, rows, columns, classes, method, accuracy, seconds }) => [
    `${set}, ${rows} × ${columns}, ${classes} classes`,
    METHODS[method],
    accuracy.toFixed(4),
    formatDigits(1000 * seconds.median),
    formatRange({ median: 0, min: 1000 * seconds.min, max: 1000 * seconds.max }),
  ]);
  return reportLines([heading, table(['', 'method', 'accuracy', 'fit, ms', 'lowest – highest'], rows)]);
}

/** What `evaluate` prints. */
import type { AverageMetrics, ClassifierEvaluation } from '../../classifier/metrics.js';
import type { Evaluation } from '../../net/evaluation.js';
import { largest } from '../../validation/long-lists.js';
import { columns, formatRatio, printable } from './format.js';
import { formatCount, table } from './table.js';

/** Of a net: accuracy, accuracy by class, and the confusion matrix. */
export function netReport(
  { accuracy, classAccuracy, confusion }: Evaluation,
  names: readonly string[],
  rows: number,
): string[] {
  const perClass = names.map((name, c) => [name, formatRatio(classAccuracy[c])] as const);
  return [
    `accuracy ${formatRatio(accuracy)} on ${rows} test records`,
    '',
    'accuracy by class',
    ...columns(perClass).map((line) => `  ${line}`),
    '',
    ...confusionSection(confusion, names),
  ];
}

/** Of a classifier: accuracy, log loss, metrics by class and averaged, and the confusion matrix. */
export function classifierReport(evaluation: ClassifierEvaluation, rows: number): string[] {
  const { accuracy, logLoss, classes, macro, weighted, confusion } = evaluation;
  const names = classes.map(({ name }) => printable(name));
  const cells = (name: string, { precision, recall, f1, rocAuc }: AverageMetrics, count = rows) => [
    name,
    ...[precision, recall, f1, rocAuc].map(formatRatio),
    String(count),
  ];
  const byClass = table(
    ['', 'precision', 'recall', 'F1', 'ROC AUC', 'rows'],
    [
      ...classes.map((metrics, c) => cells(names[c], metrics, metrics.rows)),
      cells('mean of classes', macro),
      cells('weighted by rows', weighted),
    ],
  );
  return [
    `accuracy ${formatRatio(accuracy)}, log loss ${formatRatio(logLoss)} on ${formatCount(rows, 'row')}`,
    '',
    'by class',
    ...byClass.map((line) => `  ${line}`),
    '',
    ...confusionSection(confusion, names),
  ];
}

type Confusion = readonly (readonly number[])[];

function confusionSection(confusion: Confusion, names: readonly string[]): string[] {
  return ['confusion matrix (row: true class, column: predicted)', ...confusionLines(confusion, names)];
}

function confusionLines(confusion: Confusion, names: readonly string[]): string[] {
  const head = largest(names.map((name) => name.length));
  const width = Math.max(5, String(largest(confusion.flat())).length);
  const titles = names.map((name) => name.slice(0, width).padStart(width)).join(' ');
  const rows = confusion.map(
    (counts, c) => `  ${names[c].padEnd(head)} ${counts.map((count) => String(count).padStart(width)).join(' ')}`,
  );
  return [`  ${' '.repeat(head)} ${titles}`, ...rows];
}

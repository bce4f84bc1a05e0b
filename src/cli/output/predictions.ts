/** What `predict` prints of each row. */
import type { Label } from '../../data/labels.js';
import { printable } from './format.js';

/** How predictions are written. */
export const PREDICTION_FORMATS = ['text', 'csv', 'jsonl'] as const;
export type PredictionFormat = (typeof PREDICTION_FORMATS)[number];

/** A class with its probability. */
export interface PredictedClass {
  readonly label: Label;
  readonly name: string;
  readonly index: number;
  readonly probability: number;
}

/** The prediction for one row. */
export interface Prediction {
  /** The file, or `-`. */
  readonly file: string;
  /** The place of the row in its file, from 0, without header. */
  readonly row: number;
  /** The most probable classes, the most probable first. */
  readonly top: readonly PredictedClass[];
}

/** The first line of a format, for the k most probable classes; nothing if it has none. */
export function predictionHead(format: PredictionFormat, k: number): string {
  if (format !== 'csv') return '';
  const further = Array.from({ length: k - 1 }, (_, i) => `class_${i + 2},probability_${i + 2}`);
  return `${['file,row,class,probability', ...further].join(',')}\n`;
}

/** The line of one prediction. */
export function predictionLine(format: PredictionFormat, { file, row, top }: Prediction): string {
  if (format === 'jsonl') {
    const classes = top.map(({ label, probability }) => ({ class: jsonLabel(label), probability }));
    return `${JSON.stringify({ file, row, ...classes[0], ...(top.length > 1 && { top: classes }) })}\n`;
  }
  if (format === 'text') {
    const classes = top.map(({ name, probability }) => `${printable(name)}\t${probability.toFixed(4)}`);
    return `${file}:${row}\t${classes.join('\t')}\n`;
  }
  const classes = top.map(({ name, probability }) => `${quoted(name)},${probability}`);
  return `${quoted(file)},${row},${classes.join(',')}\n`;
}

/** A prediction as `--json` writes it. */
export function predictionJson({ file, row, top }: Prediction): string {
  const classes = top.map(({ name, index, probability }) => ({ class: name, classIndex: index, probability }));
  return JSON.stringify({ file, record: row, ...classes[0], ...(top.length > 1 && { top: classes }) });
}

/** JSON has no BigInt. */
function jsonLabel(label: Label): string | number | boolean {
  return typeof label === 'bigint' ? String(label) : label;
}

/** A value of a CSV file, in quotes if it needs them (RFC 4180). */
function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A training's history as a file of rows that grows while it runs. */
import { extname } from 'node:path';
import { AppendedFile } from '../../platform/appended-file.js';
import { checkPath } from '../../platform/replace-file.js';
import type { TrainingProgress } from '../../training/history.js';
import { withCode } from '../../validation/errors.js';
import { type HistoryRow, newRows, QUANTITIES } from './history-rows.js';

/**
 * Writes the history of a training to a file while it runs: a row for each iteration, as CSV (`.csv`) or JSON lines
 * (`.jsonl`). An existing file is replaced.
 *
 * The columns are `iteration`, counted from 0, `loss`, and for the first iteration of each epoch `train_accuracy`,
 * `validation_accuracy`, `validation_loss` and `learning_rate`; what a row does not have is empty in CSV, and left out
 * in JSON. Rows are in the file as soon as they are known, and stay there however the process ends.
 *
 * @param file - its extension says which of both
 * @returns what `onProgress` calls, for one training. When a row cannot be written it throws `ERR_NOT_WRITABLE`, which
 * ends the training
 * @throws Error `ERR_NOT_WRITABLE`, also for another extension
 * @example
 * await net.train(data, { numIters: 1000, onProgress: historyLog('run.csv') });
 */
export function historyLog(file: string): (progress: TrainingProgress) => void {
  const { head, line } = LAYOUTS[layoutOf(file)];
  const log = new AppendedFile(file);
  log.append(head);
  const rows = newRows();
  return (progress) => log.append(rows(progress).map(line).join(''));
}

/** How rows become text. */
interface Layout {
  readonly head: string;
  line(row: HistoryRow): string;
}

const COLUMNS = ['iteration', ...QUANTITIES] as const;

const LAYOUTS = {
  '.csv': {
    head: `${COLUMNS.join(',')}\n`,
    line: (row) => `${COLUMNS.map((name) => row[name] ?? '').join(',')}\n`,
  },
  '.jsonl': { head: '', line: (row) => `${JSON.stringify(row)}\n` },
} as const satisfies Record<string, Layout>;

/**
 * The extension of a log.
 *
 * @throws Error `ERR_NOT_WRITABLE` for another one than those of logs
 */
export function layoutOf(file: string): keyof typeof LAYOUTS {
  checkPath(file);
  const extension = extname(file).toLowerCase();
  if (Object.hasOwn(LAYOUTS, extension)) return extension as keyof typeof LAYOUTS;
  const message = `Expected a file ending in ${Object.keys(LAYOUTS).join(' or ')} for a log but received `;
  throw withCode(new Error(message + JSON.stringify(file)), 'ERR_NOT_WRITABLE');
}

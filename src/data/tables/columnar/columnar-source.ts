/** Tables in Parquet and Arrow files. */
import { Worker } from 'node:worker_threads';
import { packageFile } from '../../../platform/package-files.js';
import { withCode } from '../../../validation/errors.js';
import { isError } from '../../../validation/kinds.js';
import { withDataFile } from '../../files/data-file.js';
import { dataFileError } from '../../formats/data-file-error.js';
import type { Cell } from '../cell.js';
import { quote, repeated } from '../column.js';
import type { RowBatch, TableSource } from '../source.js';
import type { Answer, ColumnarKind, DecoderData } from './protocol.js';

/** What the kinds are called. */
const NAMES: Readonly<Record<ColumnarKind, string>> = { parquet: 'Parquet', arrow: 'Arrow' };

/** The packages that read each kind. */
const PACKAGES: Readonly<Record<ColumnarKind, string>> = {
  parquet: 'hyparquet hyparquet-compressors',
  arrow: 'apache-arrow',
};

/**
 * The memory of JavaScript's objects while a file of so many bytes is decoded, in MiB: files of 100 MB were decoded in
 * 64, and those with more values in few bytes too.
 */
const heapFor = (size: number) => Math.min(384, 96 + Math.ceil(size / 2 ** 20));

/** Seconds for one answer: decoding takes less than one. */
const MOST_SECONDS = 20;

/** Milliseconds for which a thread that knows the columns is kept for the rows. */
const MOST_WAITING = 5000;

/**
 * Opens a Parquet or Arrow file.
 *
 * @throws Error `ERR_DATA_FILE`; Error `ERR_MISSING_PEER` without the packages that read it
 */
export async function columnarSource(path: string, kind: ColumnarKind): Promise<TableSource> {
  const size = await withDataFile(path, async (file) => file.size);
  const first = new Reading(path, kind, size);
  const all = await first.columns().catch(async (error) => {
    await first.close();
    throw error;
  });
  const columns = all.map(({ name }) => name);
  const twice = repeated(columns);
  if (twice !== undefined) {
    await first.close();
    throw dataFileError(`Expected columns of different names in ${path} but found two of ${quote(twice)}`);
  }
  const refused = new Map(all.flatMap((column, i) => (column.refused ? [[i, column.refused] as const] : [])));
  let waiting = first.wait();
  async function* batches(): AsyncGenerator<RowBatch, void, void> {
    const reading = waiting() ?? new Reading(path, kind, size);
    waiting = () => undefined;
    try {
      if (reading !== first) await reading.columns();
      yield* reading.batches();
    } finally {
      await reading.close();
    }
  }
  return { name: path, columns, named: true, textual: false, format: NAMES[kind], refused, batches };
}

/** One reading of a file, from its beginning, by a thread of its own. */
class Reading {
  readonly #path: string;
  readonly #kind: ColumnarKind;
  readonly #worker: Worker;
  #answer: (answer: Answer | Error) => void = () => {};
  #ended: Error | undefined;

  constructor(path: string, kind: ColumnarKind, size: number) {
    this.#path = path;
    this.#kind = kind;
    const workerData: DecoderData = { path, kind };
    const resourceLimits = { maxOldGenerationSizeMb: heapFor(size), maxYoungGenerationSizeMb: 8 };
    this.#worker = new Worker(packageFile('dist', 'data', 'tables', 'columnar', 'worker.js'), {
      workerData,
      resourceLimits,
      // For code of the command line alone: it would not let a thread start from a file.
      ...(process.execArgv.some((flag) => flag.startsWith('--input-type')) && { execArgv: [] }),
    });
    this.#worker.on('message', (answer: Answer) => this.#answer(answer));
    this.#worker.on('error', (error) => this.#end(isError(error) ? error : new Error(String(error))));
    this.#worker.on('exit', () => this.#end(new Error('its thread ended')));
  }

  async columns() {
    const answer = await this.#next();
    return answer.kind === 'columns' ? answer.columns : [];
  }

  async *batches(): AsyncGenerator<RowBatch, void, void> {
    for (let first = 0; ; ) {
      const answer = this.#next();
      this.#worker.postMessage('next');
      const found = await answer;
      if (found.kind !== 'rows') return;
      const { count, cells } = found;
      const rows: Cell[][] = [];
      for (let row = 0; row < count; row++) rows.push(cells.map((column) => (column ? column[row] : null)));
      const start = first;
      yield { rows, where: (index) => `row ${start + index} of ${this.#path}` };
      first += count;
    }
  }

  /**
   * Keeps the thread for later, if that is soon, without keeping the process alive.
   *
   * @returns what gives this reading back, or undefined when it has been closed
   */
  wait(): () => this | undefined {
    let kept = true;
    const timer = setTimeout(() => {
      kept = false;
      void this.close();
    }, MOST_WAITING);
    timer.unref();
    this.#worker.unref();
    return () => {
      clearTimeout(timer);
      this.#worker.ref();
      return kept ? this : undefined;
    };
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #end(error: Error): void {
    this.#ended ??= error;
    this.#answer(error);
  }

  /** @throws the errors of {@link columnarSource} */
  async #next(): Promise<Exclude<Answer, { kind: 'error' }>> {
    let timer: NodeJS.Timeout | undefined;
    const answer = await new Promise<Answer | Error>((resolve) => {
      this.#answer = resolve;
      if (this.#ended) resolve(this.#ended);
      const late = () => resolve(new Error(`no part was decoded within ${MOST_SECONDS} seconds`));
      timer = setTimeout(late, 1000 * MOST_SECONDS);
    });
    clearTimeout(timer);
    if (isError(answer)) throw this.#damaged(answer.message, answer);
    if (answer.kind !== 'error') return answer;
    if (answer.missing === undefined) throw this.#damaged(answer.message);
    const packages = PACKAGES[this.#kind];
    const what = `${NAMES[this.#kind]} files need the package ${answer.missing} to be read, and it cannot be loaded`;
    throw withCode(new Error(`${what}. To install it, run: npm install ${packages}`), 'ERR_MISSING_PEER');
  }

  #damaged(found: string, cause?: Error): Error {
    return dataFileError(`Expected intact ${NAMES[this.#kind]} in ${this.#path} but found damage: ${found}`, cause);
  }
}

/**
 * Decodes a file on a thread of its own. The libraries that do it trust what the file says: damage may keep them busy,
 * or fill the memory of their thread, which then ends instead of the process.
 */
import { constants, open } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../../../validation/kinds.js';
import { openArrow } from './arrow.js';
import { openParquet } from './parquet.js';
import { type Answer, type DecodedRows, type DecoderData, MissingPackage } from './protocol.js';

const { path, kind } = workerData as DecoderData;
const say = (answer: Answer) => parentPort?.postMessage(answer);

async function decode(): Promise<void> {
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  const { size } = await handle.stat();
  const { columns, rows } = await (kind === 'parquet' ? openParquet(handle, size) : openArrow(handle, size));
  say({ kind: 'columns', columns });
  const iterator = inBatches(rows());
  parentPort?.on('message', () => {
    iterator.next().then(({ done, value }) => say(done ? { kind: 'end' } : { kind: 'rows', ...value }), fail);
  });
}

/** Cells of a batch: the thread that receives them is busy for a millisecond or two. */
const BATCH_CELLS = 2 ** 14;

async function* inBatches(parts: AsyncIterable<DecodedRows>): AsyncGenerator<DecodedRows, void, void> {
  for await (const { count, cells } of parts) {
    const each = Math.ceil(BATCH_CELLS / cells.length);
    for (let from = 0; from < count; from += each) {
      const to = Math.min(count, from + each);
      yield { count: to - from, cells: cells.map((column) => column?.slice(from, to)) };
    }
  }
}

function fail(error: unknown): void {
  const message = messageOf(error);
  say({ kind: 'error', message, ...(error instanceof MissingPackage && { missing: message }) });
}

decode().catch(fail);

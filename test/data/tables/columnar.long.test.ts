/** Damaged Parquet and Arrow files end in an error, in bounded memory and time. */
import { writeFileSync } from 'node:fs';
import { tableFromArrays, tableToIPC } from 'apache-arrow';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { expect, it } from 'vitest';
import { loadDataset } from '../../../src/data/load-dataset.js';
import { RandomState } from '../../../src/random/random-state.js';
import { freshFolder } from '../../support/temporary-folder.js';

const inFolder = freshFolder();
const kinds = Array.from({ length: 200 }, (_, i) => 'ab'[i % 2]);
const colors = kinds.map((_, i) => ['red', 'green', 'blue'][i % 3]);
const holes = kinds.map((_, i) => (i % 10 === 5 ? null : i / 4));
const FILES = {
  parquet: () =>
    parquetWriteBuffer({
      columnData: [
        { name: 'size', data: holes },
        { name: 'color', data: colors },
        { name: 'kind', data: kinds },
      ],
    }),
  arrow: () =>
    tableToIPC(tableFromArrays({ size: Float64Array.from(kinds, (_, i) => i), color: colors, kind: kinds }), 'file'),
};

/** Damaged files of each kind: each starts two or three threads. */
const TRIALS = 40;

/** What is wrong with a file, or with the values that damage left in it. */
const CODES = /^ERR_(DATA_FILE|COLUMN|MISSING_VALUE|NOT_FINITE|INVALID_TYPE|LABEL)$/;

it.each(['parquet', 'arrow'] as const)(
  'damaged %s is refused or read',
  async (kind) => {
    const intact = Buffer.from(new Uint8Array(FILES[kind]()));
    const random = new RandomState(1);
    const draw = (below: number) => random.randint(0, below);
    let read = 0;
    for (let trial = 0; trial < TRIALS; trial++) {
      const bytes = Buffer.from(intact);
      for (let flips = 1 + (trial % 3); flips > 0; flips--) bytes[draw(bytes.length)] ^= 1 << draw(8);
      const file = inFolder('damaged');
      writeFileSync(file, trial % 10 === 9 ? bytes.subarray(0, draw(bytes.length)) : bytes);
      try {
        await loadDataset(file, { format: 'table', missing: 'mean' });
        read++;
      } catch (error) {
        expect((error as { code?: string }).code, String(error)).toMatch(CODES);
      }
    }
    expect(read).toBeGreaterThan(0);
    expect(read).toBeLessThan(TRIALS);
    expect(process.memoryUsage.rss()).toBeLessThan(2 ** 30);
  },
  600_000,
);

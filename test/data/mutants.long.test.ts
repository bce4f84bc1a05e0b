/**
 * A million damaged files, the same ones each time: all truncations and all flipped bits of a small file of each kind,
 * and mutants with other damage. Each is read, or refused with a code and a message that says where, soon, and nothing
 * takes the memory of a size that a file only claims.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isDataset } from '../../src/data/dataset.js';
import type { Matrix } from '../../src/data/matrix.js';
import { cases } from '../long/size.js';
import { KINDS, type Kind } from '../support/file-kinds.js';
import { Mutator } from '../support/mutants.js';
import { sharedFolder } from '../support/temporary-folder.js';

/** All mutants, those with every truncation and flipped bit included. */
const ALL = cases(1_000_000, 20_000);
/** Of each kind, the most truncations and flipped bits. */
const MOST_EXHAUSTIVE = cases(Number.POSITIVE_INFINITY, 150);
/** Mutants that are read at the same time. */
const AT_ONCE = 8;
/** Milliseconds for one; those with a thread of their own load their library first. */
const [LONGEST, LONGEST_THREADED] = [1000, 10_000];
const MIB = 2 ** 20;

const folder = sharedFolder();
const gc = (() => {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
})();
const peak = () => process.resourceUsage().maxRSS / 1024;
const shares = Object.values(KINDS).reduce((sum, { share }) => sum + share, 0);
let [total, before] = [0, 0];

/** The mutant that is being read, for the watchdog: its kind and number, and how many there were. */
const now = new Int32Array(new SharedArrayBuffer(12));
/** Ends the process, with the mutant's number, when a mutant keeps this thread busy. */
const WATCHDOG = `
  const { workerData: now } = require('node:worker_threads');
  let last = -1;
  setInterval(() => {
    if (now[2] > 0 && now[2] === last) {
      require('node:fs').writeSync(2, 'stuck at kind ' + now[0] + ', mutant ' + now[1] + '\\n');
      process.kill(process.pid, 'SIGKILL');
    }
    last = now[2];
  }, 30000);`;
let watchdog: Worker;

beforeAll(() => {
  // Nobody looks at the stacks of refusals, and they take a fifth of the time.
  Error.stackTraceLimit = 0;
  watchdog = new Worker(WATCHDOG, { eval: true, workerData: now });
  gc();
  before = peak();
});
afterAll(() => watchdog.terminate());

/** Damages a file of a kind in all ways: by their number. */
function* damaged(index: number, kind: Kind, whole: Uint8Array): Generator<[number, Uint8Array]> {
  const bits = whole.length * 8;
  const step = kind.threaded ? cases(97, 997) : Math.ceil((bits + whole.length) / MOST_EXHAUSTIVE) | 1;
  let number = 0;
  for (let length = 0; length < whole.length; length += step) yield [number++, whole.subarray(0, length)];
  for (let bit = 0; bit < bits; bit += step) {
    const copy = Uint8Array.from(whole);
    copy[bit >> 3] ^= 1 << (bit & 7);
    yield [number++, copy];
  }
  const mutator = new Mutator();
  const count = Math.max(number + 1, Math.ceil((ALL * kind.share) / shares));
  for (; number < count; number++) {
    mutator.seek(index, number);
    yield [number, kind.inside && number % 2 ? kind.inside(whole, mutator) : mutator.mutant(whole)];
  }
}

describe('damaged files', () => {
  test.each(Object.entries(KINDS).map(([name, kind], index) => ({ name, kind, index })))(
    '$name',
    { timeout: 600_000 },
    async ({ name, kind, index }) => {
      const { file, beside = {}, load } = kind;
      const places = Array.from({ length: AT_ONCE }, (_, i) => `${folder}/${index}-${i}/${file}`);
      for (const place of places) {
        mkdirSync(dirname(place), { recursive: true });
        for (const [other, bytes] of Object.entries(beside)) writeFileSync(`${dirname(place)}/${other}`, bytes);
      }
      const mutants = damaged(index, kind, await kind.bytes());
      let [read, refused, slowest] = [0, 0, 0];
      const longest = kind.threaded ? LONGEST_THREADED : LONGEST;
      const slow: [number, Uint8Array][] = [];
      const attempt = async (place: string, number: number, bytes: Uint8Array) => {
        writeFileSync(place, bytes);
        now.set([index, number, now[2] + 1]);
        const begun = performance.now();
        try {
          expectWhole(await load(place, number % AT_ONCE > 0));
          read++;
        } catch (error) {
          expectSaid(error, `${name}, mutant ${number}`);
          refused++;
        }
        return performance.now() - begun;
      };
      const oneByOne = async (place: string) => {
        for (const [number, bytes] of mutants) {
          const took = await attempt(place, number, bytes);
          slowest = Math.max(slowest, took);
          if (took > longest) slow.push([number, bytes]);
        }
      };
      await Promise.all(places.map(oneByOne));
      total += read + refused;
      // Others may have kept the machine busy: what was slow is tried again, alone.
      for (const [number, bytes] of slow) {
        const again = [await attempt(places[0], number, bytes), await attempt(places[0], number, bytes)];
        expect(Math.min(...again), `mutant ${number}: ms`).toBeLessThan(longest);
      }
      expect(refused).toBeGreaterThan(0);
      const memory = `${Math.round(peak() - before)} MiB more than before all`;
      console.info(`${name}: ${read} read, ${refused} refused, ${Math.round(slowest)} ms at most, ${memory}`);
    },
  );

  test('were as many as there should be, and took no more memory than small files do', () => {
    expect(total).toBeGreaterThanOrEqual(ALL);
    gc();
    // Parquet and Arrow are decoded on threads that have heaps of their own.
    expect(peak() - before).toBeLessThan(512);
    expect(process.memoryUsage().arrayBuffers / MIB).toBeLessThan(64);
    now[2] = 0;
    console.info(`${total} mutants of ${Object.keys(KINDS).length} kinds`);
  });
});

/** As few calls of `expect` as there can be: it takes longer than many a reader. */
function expectWhole(result: unknown): void {
  if (!isWhole(result)) expect.fail('a data set, rows or a model with numbers that are not finite, or of other sizes');
}

function isWhole(result: unknown): boolean {
  if (isDataset(result)) {
    const { train, numClasses } = result;
    const finite = train.X.data.every(Number.isFinite);
    return finite && train.X.rows === train.y.length && train.y.every((label) => label < numClasses);
  }
  const {
    X,
    params,
    results,
    rows = 0,
  } = result as {
    X?: Matrix;
    params?: { W1: Float32Array };
    results?: unknown[];
    rows?: number;
  };
  if (results) return true;
  return params ? params.W1.length > 0 && params.W1.every(Number.isFinite) : (X?.rows ?? rows) > 0;
}

/** A code, and a message that says where: in which file, or where in it. */
function expectSaid(error: unknown, which: string): void {
  const { code = '', message } = error as Error & { code?: string };
  // A conflict: the bytes may look like another format's, to which an option does not apply.
  if (
    !/^ERR_(DATA_FILE|MODEL_FILE|CONFLICT|COLUMN|MISSING_VALUE|CATEGORY|NOT_FINITE|SHAPE|LABEL|INVALID_TYPE)$/.test(
      code,
    )
  ) {
    expect.fail(`${which}: ${code || error}`);
  }
  if (!message.includes(folder) && !/\b(byte|line|row|column) /.test(message)) {
    expect.fail(`${which} does not say where: ${message}`);
  }
}

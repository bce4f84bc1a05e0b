/** A file that is larger than the memory, or as large as this version of Node can map. */
import { constants } from 'node:buffer';
import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { totalmem } from 'node:os';
import { expect, it } from 'vitest';
import { npyChunks } from '../../src/data/arrays/write-npy.js';
import { Matrix, RandomState, TwoLayerNet } from '../../src/index.js';
import { describeOnNative } from '../support/backends.js';
import { freshFolder } from '../support/temporary-folder.js';

const place = freshFolder();
const N = 1_000_000;
/** Numbers per row of 8 bytes: more than the memory holds, if arrays may be as long. */
const D = Math.ceil(Math.min(1.1 * totalmem(), constants.MAX_LENGTH - 4096) / 8 / N) - 1;

/** Megabytes of memory that are no pages of files. */
function anonymousMegabytes(): number {
  return Number(/^RssAnon:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024;
}

describeOnNative(`rows of ${((N * D * 8) / 1e9).toFixed(1)} GB in a file`, () => {
  it.skipIf(process.platform !== 'linux')('train a net without being in memory of their own', async () => {
    const file = openSync(place('X.npy'), 'w');
    const [header] = npyChunks({ key: 'X', shape: [N, D], data: new Float64Array(0) });
    writeSync(file, header);
    ftruncateSync(file, header.length + N * D * 8); // zeros that take no room on the disk
    closeSync(file);
    const labels = new Int32Array(N).map((_, i) => i % 3);
    const net = new TwoLayerNet({ inputSize: D, hiddenSize: 8, numClasses: 3, random: new RandomState(0) });
    const before = anonymousMegabytes();
    const X = await Matrix.open(place('X.npy'));
    expect([X.rows, X.columns, X.mapped]).toEqual([N, D, true]);
    const history = await net.train(X, labels, null, null, { numIters: 50, batchSize: 100 });
    expect(history.lossHistory).toHaveLength(50);
    expect(anonymousMegabytes() - before).toBeLessThan(200);
    X.close();
  });
});

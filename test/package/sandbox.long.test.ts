/** The package in another realm than Node's own modules, and beside a second copy of itself. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { addonMissing, copyPackage, PACKAGE, runNode } from '../support/package-copy.js';
import { sharedFolder } from '../support/temporary-folder.js';

const folder = sharedFolder();
const ENTRY = join(PACKAGE, 'dist', 'index.js');

test.skipIf(addonMissing)('in a context of its own, as in Jest, errors keep their codes and files are written', () => {
  const program = join(PACKAGE, 'test', 'package', 'program-in-a-sandbox.mjs');
  const args = [
    '--experimental-vm-modules',
    '--experimental-import-meta-resolve',
    '--no-warnings',
    program,
    ENTRY,
    folder,
  ];
  const { stdout, stderr } = runNode(args);
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual({
    foreign: true,
    equal: true,
    rows: 500,
    missing: ['ERR_MODEL_FILE', 'ERR_DATA_FILE'],
    folder: 'ERR_NOT_WRITABLE',
    exists: 'ERR_NOT_WRITABLE',
    aborted: 'ABORT_ERR',
  });
});

test.each([
  ['a second copy', () => join(copyPackage(join(folder, 'copy')), 'dist', 'index.js')],
  ['its CommonJS file', () => join(PACKAGE, 'dist', 'cjs', 'index.cjs')],
])('objects of %s are accepted wherever those of the first are', (_what, find) => {
  const other = find();
  const { stdout, stderr } = runNode([
    '--input-type=module',
    '--no-warnings',
    '--eval',
    `
    import * as t from ${JSON.stringify(ENTRY)};
    import * as o from ${JSON.stringify(other)};
    const X = Float32Array.from(new t.RandomState(1).randn(2000));
    const y = Int32Array.from({ length: 500 }, (_, i) => (X[4 * i] > 0 ? 1 : 0));
    const mean = new Float64Array(4);
    const part = { X: new o.Matrix(X, 4, { mean }), y };
    const data = new o.Dataset({ train: part, validation: part });
    const sizes = { inputSize: 4, hiddenSize: 8, numClasses: 2, std: 0.5 };
    const short = { numIters: 20, batchSize: 50, learningRate: 0.1 };
    const net = new t.TwoLayerNet({ ...sizes, random: new o.RandomState(3) });
    const same = new t.TwoLayerNet({ ...sizes, random: new t.RandomState(3) });
    await net.train(data, short);
    await same.train({ train: { ...part, X: new t.Matrix(X, 4, { mean }) } }, short);
    const foreign = new o.TwoLayerNet(sizes);
    const history = await foreign.train(data, short);
    console.log(JSON.stringify({
      different: t.Matrix !== o.Matrix,
      equal: same.params.W1.every((weight, i) => weight === net.params.W1[i]),
      evaluated: t.evaluate(foreign, part.X, y).accuracy === o.evaluate(foreign, part.X, y).accuracy,
      restored: t.restoreTraining(t.trainingState(foreign, history)) instanceof t.TwoLayerNet,
      searched: (await t.sweep(data, { numIters: 20 })).results.length,
      fitted: (await t.Classifier.fit(data, { epochs: 2, random: new o.RandomState(1) })).numClasses,
      split: new t.Dataset({ train: part }).split({ validation: 0.2 }, { random: new o.RandomState(0) }).train.y.length,
      fingerprint: t.fingerprint(data) === o.fingerprint(data),
      drawn: t.plotArchitecture(foreign) !== undefined,
    }));`,
  ]);
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual({
    different: true,
    equal: true,
    evaluated: true,
    restored: true,
    searched: 6,
    fitted: 2,
    split: 400,
    fingerprint: true,
    drawn: true,
  });
});

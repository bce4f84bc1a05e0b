import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { ROOT } from '../support/run-cli.js';
import { DIST } from '../support/run-program.js';

const permission = process.allowedNodeEnvironmentFlags.has('--permission')
  ? '--permission'
  : '--experimental-permission';

/** Prints the messages of the errors, in the order of the calls. */
const PROGRAM = `
const t = await import(${JSON.stringify(DIST)});
const calls = [
  () => t.loadDataset('/denied/x'),
  () => t.loadRows('/denied/x'),
  () => t.loadCifar10('/denied/x'),
  () => t.loadModel('/denied/x.json'),
  () => t.loadCheckpoint('/denied/x'),
  () => t.Matrix.open('/denied/x.npy'),
  () => t.writeSyntheticCifar10('/denied/x'),
  () => t.writeReport('/denied/x', t.makeReport({ backend: t.backendInfo('js') })),
  () => t.ResultsFile.create('/denied/x', { search: {}, data: 'a hash', backend: 'js' }),
  () => t.saveModel('/denied/x.json', new t.TwoLayerNet({ inputSize: 2, hiddenSize: 2, numClasses: 2 })),
];
for (const call of calls) await call().then(() => console.log('nothing'), ({ message }) => console.log(message));
`;

test("what Node's permission model refuses names the option that allows it, to read and to write", () => {
  const allowed = [permission, `--allow-fs-read=${ROOT}/*`, '--no-warnings', '--input-type=module'];

  const { stdout, stderr } = spawnSync(process.execPath, [...allowed, '--eval', PROGRAM], { encoding: 'utf8' });
  const lines = stdout.trim().split('\n');
  expect(lines, stderr).toHaveLength(10);
  for (const [i, line] of lines.entries()) {
    const option = i < 6 ? '--allow-fs-read' : '--allow-fs-write';
    expect(line).toContain(`Node's permission model does not allow it; add ${option} for it to Node's options`);
  }
});

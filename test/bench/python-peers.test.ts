import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Peer } from '../../bench/peer.js';
import { findPeers } from '../../bench/peer-programs.js';
import { parseShapes } from '../../src/measure/shapes.js';
import { ROOT } from '../support/run-cli.js';

const python = process.env.TWO_LAYER_NET_PYTHON ?? 'python3';
const available = spawnSync(python, ['-c', 'import numpy']).status === 0;
const reason = available ? '' : ` (skipped: ${python} cannot import numpy)`;

test.skipIf(!available).each([
  ['numpy_float64', { name: "NumPy float64, the article's code", dtype: 'float64' }],
  ['numpy_float32', { name: 'NumPy float32, in place', dtype: 'float32' }],
])(`%s trains at several shapes${reason}`, async (file, introduction) => {
  const [program] = findPeers([join(ROOT, 'bench', 'peers', `${file}.py`)], python);
  const peer = await Peer.start(program, { threads: 1, rows: 50 });
  onTestFinished(() => peer.end());
  expect(peer.introduction).toMatchObject({ ...introduction, threads: 1, work: 'step' });
  for (const shape of ['D20,H8,C3,N16', 'D7,H1,C2,N64']) {
    await peer.prepare(parseShapes(shape)[0]);
    expect(await peer.run(3)).toBeGreaterThan(0);
  }
});

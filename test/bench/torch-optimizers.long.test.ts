import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { torchPrograms } from '../../bench/optimizers/measure.js';
import { RULES } from '../../bench/optimizers/rules.js';
import { Peer } from '../../bench/peer.js';
import { ROOT } from '../support/run-cli.js';

const python = process.env.TWO_LAYER_NET_PYTHON ?? 'python3';
const available = spawnSync(python, ['-c', 'import torch']).status === 0;
const reason = available ? '' : ` (skipped: ${python} cannot import torch)`;
const programsOf = torchPrograms(join(ROOT, 'bench', 'optimizers'), python);

test
  .skipIf(!available)
  .each(
    Object.entries(RULES).flatMap(([name, rule]) =>
      rule.torch === null ? [] : (['bytes', 'float32'] as const).map((rowType) => ({ name, rule, rowType })),
    ),
  )(
  `PyTorch trains with $name on $rowType${reason}`,
  async ({ rule, rowType }) => {
    const [eager] = programsOf(rule, rowType);
    const peer = await Peer.start(eager, { threads: 1, rows: 50 });
    onTestFinished(() => peer.end());
    expect(peer.introduction).toMatchObject({ name: 'PyTorch eager', dtype: 'float32', threads: 1, work: 'step' });
    await peer.prepare({ D: 20, H: 8, C: 3, N: 16 });
    expect(await peer.run(3)).toBeGreaterThan(0);
  },
  60_000,
);

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CLASSIFIER_SETS, measureClassifiers } from '../../bench/classifiers/measure.js';
import { ROOT } from '../support/run-cli.js';

const python = process.env.TWO_LAYER_NET_PYTHON ?? 'python3';
const folder = join(ROOT, 'bench', 'classifiers');
const available = spawnSync(python, ['-c', 'import sklearn']).status === 0;
const reason = available ? '' : ` (skipped: ${python} cannot import sklearn)`;

test.skipIf(!available)(
  `classifiers are compared with those of scikit-learn on the same splits${reason}`,
  async () => {
    const told: string[] = [];
    const bench = { sets: ['iris'], splits: 2, threads: 1, python, folder };
    const { timings } = await measureClassifiers(bench, (line) => told.push(line));
    expect(told).toEqual(['classifiers on iris']);
    expect(timings.map(({ method }) => method)).toEqual(CLASSIFIER_SETS.iris);
    for (const { rows, columns, classes, accuracies, accuracy, seconds } of timings) {
      expect({ rows, columns, classes }).toEqual({ rows: 150, columns: 4, classes: 3 });
      // Always the same class would be right in a third.
      for (const one of accuracies) expect(one).toBeGreaterThan(0.7);
      expect(accuracy).toBeCloseTo((accuracies[0] + accuracies[1]) / 2, 12);
      expect(seconds.min).toBeGreaterThan(0);
    }
  },
  60_000,
);

test('a Python without scikit-learn is reported', async () => {
  const bench = { sets: ['iris'], splits: 1, threads: 1, python: join(folder, 'no-python'), folder };
  await expect(measureClassifiers(bench, () => {})).rejects.toThrow(/could not be started/);
});

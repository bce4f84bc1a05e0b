/** Tables that pandas writes, by the command line with the options for tables. */
import { execFileSync, spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { loadDataset } from '../../../src/data/load-dataset.js';
import { runCli } from '../../support/run-cli.js';
import { sharedFolder } from '../../support/temporary-folder.js';

const python = process.env.TWO_LAYER_NET_PYTHON ?? 'python3';
const available = spawnSync(python, ['-c', 'import pandas']).status === 0;
const folder = sharedFolder();

/** A table that needs every option, and the rows that pandas makes of it by the same ones. */
const OPTIONS = `
import json, sys
import numpy as np, pandas as pd
r = np.random.RandomState(1)
n = 300
frame = pd.DataFrame({
    'zip': r.choice([8001, 9000, 3011], n),
    'rent': np.where(r.rand(n) < 0.1, np.nan, r.randint(500, 4000, n) + 0.25),
    'kind': r.choice(['flat', 'house'], n),
})
expected = {}
for name, sep, decimal in [('bar.txt', '|', '.'), ('comma.csv', ';', ','), ('tab.tsv', '\\t', ',')]:
    path = sys.argv[1] + '/' + name
    frame.to_csv(path, index=False, sep=sep, decimal=decimal, na_rep='NULL')
    read = pd.read_csv(path, sep=sep, decimal=decimal, dtype={'zip': str})
    rows = {'drop': read.dropna(), 'mean': read.fillna({'rent': read['rent'].mean()})}
    for rule, kept in rows.items():
        X = pd.get_dummies(kept[['zip', 'rent']], columns=['zip'])
        X = X[sorted(c for c in X if c.startswith('zip_')) + ['rent']].astype('float64')
        y = (kept['kind'] == 'house').astype(int).tolist()
        expected[f'{name} {sep} {decimal} {rule}'] = dict(X=X.values.ravel().tolist(), y=y)
json.dump(expected, sys.stdout)
`;

const crossed = 'the command line reads what pandas writes, with every option for tables';
test.skipIf(!available)(`${crossed}${available ? '' : ` (skipped: ${python} cannot import pandas)`}`, async () => {
  const printed = execFileSync(python, ['-c', OPTIONS, folder], { encoding: 'utf8', maxBuffer: 2 ** 26 });
  const expected: Record<string, { X: number[]; y: number[] }> = JSON.parse(printed);
  const reading = Object.entries(expected).map(async ([key, { X, y }], i) => {
    const [name, delimiter, decimal, missing] = key.split(' ').map((word) => (word === '\t' ? 'tab' : word));
    const options = ['--delimiter', delimiter, '--decimal', decimal, '--missing', missing, '--columns', 'zip=category'];
    const out = `${folder}/${i}.npz`;
    const { code, stderr } = await runCli(['data', 'convert', `${folder}/${name}`, out, ...options, '--header']);
    expect(code, stderr).toBe(0);
    const { train } = await loadDataset(out);
    expect([...train.y], key).toEqual(y);
    expect(train.X.data.length, key).toBe(X.length);
    for (const [at, x] of train.X.data.entries()) expect(x, `${at} of ${key}`).toBeCloseTo(X[at], 8);
  });
  expect(reading).toHaveLength(6);
  await Promise.all(reading);
});

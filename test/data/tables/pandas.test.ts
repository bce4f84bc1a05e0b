import { execFileSync, spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { loadDataset } from '../../../src/data/load-dataset.js';
import { sharedFolder } from '../../support/temporary-folder.js';

const python = process.env.TWO_LAYER_NET_PYTHON ?? 'python3';
const available = spawnSync(python, ['-c', 'import pandas']).status === 0;
const folder = sharedFolder();

/** Writes a table in several ways, and prints what pandas reads of each: dummy columns in sorted order, and classes. */
const PROGRAM = `
import json, sys
import numpy as np, pandas as pd
r = np.random.RandomState(0)
n = 500
frame = pd.DataFrame({
    'float': r.randn(n) * 10.0 ** r.randint(-12, 12, n),
    'whole': r.randint(-2**53, 2**53, n),
    'flag': r.rand(n) < 0.5,
    'word': r.choice(['red', 'a "b", c', 'two\\nlines', 'naïve', 'semi;colon'], n),
    'gap': np.where(r.rand(n) < 0.1, np.nan, r.rand(n)),
    'class': r.choice(['x', 'y', 'Z'], n),
})
ways = {
    'plain.csv': dict(),
    'quoted.csv': dict(quoting=1),
    'windows.csv': dict(lineterminator='\\r\\n', encoding='utf-8-sig'),
    'german.csv': dict(sep=';', decimal=','),
    'tabs.tsv': dict(sep='\\t', na_rep='NA'),
    'packed.csv.gz': dict(na_rep='?'),
}
expected = {}
for name, how in ways.items():
    path = sys.argv[1] + '/' + name
    frame.to_csv(path, index=False, **how)
    read = pd.read_csv(path, sep=how.get('sep', ','), decimal=how.get('decimal', '.'), na_values=['?'],
                       float_precision='round_trip')
    read['gap'] = read['gap'].fillna(read['gap'].mean())
    X = pd.get_dummies(read.drop(columns='class'), columns=['word'])
    word = [c for c in X if c.startswith('word_')]
    X = X[['float', 'whole', 'flag'] + word + ['gap']].astype('float64')
    classes = sorted(set(read['class']))
    expected[name] = dict(X=X.values.ravel().tolist(), y=[classes.index(c) for c in read['class']], classes=classes)
json.dump(expected, sys.stdout)
`;

const title = 'what pandas writes is read as pandas reads it';
test.skipIf(!available)(`${title}${available ? '' : ` (skipped: ${python} cannot import pandas)`}`, async () => {
  const printed = execFileSync(python, ['-c', PROGRAM, folder], { encoding: 'utf8', maxBuffer: 2 ** 26 });
  const expected: Record<string, { X: number[]; y: number[]; classes: string[] }> = JSON.parse(printed);
  expect(Object.keys(expected)).toHaveLength(6);
  for (const [name, { X, y, classes }] of Object.entries(expected)) {
    const data = await loadDataset(`${folder}/${name}`, { missing: 'mean' });
    expect(data.classNames, name).toEqual(classes);
    expect([...data.train.y], name).toEqual(y);
    const { data: read } = data.train.X;
    expect(read.length, name).toBe(X.length);
    for (const [i, x] of read.entries()) {
      // The mean of the last column, in the place of its gaps, is summed in another order.
      if (i % 9 < 8) expect(x, `number ${i} of ${name}`).toBe(X[i]);
      else expect(x, `number ${i} of ${name}`).toBeCloseTo(X[i], 14);
    }
  }
});

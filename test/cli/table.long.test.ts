import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { Classifier } from '../../src/classifier/classifier.js';
import { sweepClassifier } from '../../src/classifier/sweep-classifier.js';
import { loadDataset } from '../../src/data/load-dataset.js';
import { loadModel } from '../../src/model/model.js';
import type { TrialResult } from '../../src/tune/trial.js';
import { runCli, startCli } from '../support/run-cli.js';
import { sharedFolder } from '../support/temporary-folder.js';

const folder = sharedFolder();
const inFolder = (...args: string[]) => runCli([...args, '--backend', 'js'], { cwd: folder });

const rows = Array.from({ length: 60 }, (_, i) => `${i % 3},${i % 3 ? 'big' : 'small'},${'abc'[i % 3]},${i}`);

beforeAll(async () => {
  await writeFile(join(folder, 't.csv'), `size,word,class,id\n${rows.join('\n')}\n`);
});

test('train, with the options for tables', async () => {
  const options = ['--data', 't.csv', '--label', 'class', '--ignore', 'id', '--validation', '0.2', '--test', 't.csv'];
  const { code, stderr } = await inFolder('train', ...options, '--iterations', '20', '--json', 'result.json');
  expect(stderr).not.toMatch(/warning/);
  expect(code).toBe(0);
  const result = JSON.parse(await readFile(join(folder, 'result.json'), 'utf8'));
  expect(result).toMatchObject({ data: 't', valAccuracy: expect.any(Number), testAccuracy: expect.any(Number) });
  expect(result.lossHistory).toHaveLength(20);
  expect(result.parts).toMatchObject({ train: { rows: 48 }, validation: { rows: 12 }, test: { rows: 60 } });
});

test('train fits the classifier that the library fits by its own defaults', async () => {
  const options = ['--data', 't.csv', '--label', 'class', '--ignore', 'id'];
  const { code, stdout } = await inFolder('train', ...options, '--seed', '3', '--save', 't.safetensors');
  expect(code).toBe(0);
  const data = await loadDataset(join(folder, 't.csv'), { label: 'class', ignore: ['id'] });
  const fitted = await Classifier.fit(data, { seed: 3, backend: 'js' });
  const { settings, params, columns, history } = await loadModel(join(folder, 't.safetensors'));
  expect(params).toEqual(fitted.net.params);
  expect(columns).toEqual(data.columns);
  expect(history?.lossHistory).toEqual(fitted.history?.lossHistory);
  expect(settings).toEqual({ ...fitted.settings, seed: 3, backend: 'js' });
  expect(stdout).toMatch(/^classes +a 20, b 20, c 20\ntrain accuracy +\d\.\d{4}, log loss \d\.\d{4}, 54 rows\n/);
  expect(stdout).toMatch(/\nvalidation accuracy .*, 6 rows, held out of the training rows\ntest accuracy +-\n/);
});

test('train --validation 0 holds nothing out', async () => {
  const options = ['--data', 't.csv', '--label', 'class', '--ignore', 'id', '--epochs', '2', '--validation', '0'];
  const { stdout } = await inFolder('train', ...options, '--json', '-');
  expect(JSON.parse(stdout)).toMatchObject({ heldOut: 0, parts: { train: { rows: 60 } }, valAccHistory: [] });
});

test('train --ensemble averages nets that are trained on the same rows', async () => {
  const options = ['--data', 't.csv', '--label', 'class', '--ignore', 'id', '--epochs', '3'];
  const ensemble = ['--ensemble', '3', '--seed', '5', '--class-weights', 'balanced', '--save', 'three.safetensors'];
  const { code, stderr } = await inFolder('train', ...options, ...ensemble);
  expect(code, stderr).toBe(0);
  const data = await loadDataset(join(folder, 't.csv'), { label: 'class', ignore: ['id'] });
  const how = { seed: 5, epochs: 3, classWeights: 'balanced', backend: 'js' } as const;
  const fitted = await Classifier.ensemble(data, 3, how);
  const loaded = await Classifier.load(join(folder, 'three.safetensors'));
  expect(loaded.nets.map(({ params }) => params)).toEqual(fitted.nets.map(({ params }) => params));
  expect(loaded.settings).toMatchObject({ ensemble: 3, classWeights: 'balanced', optimizer: 'adam' });
});

test('train refuses flags that contradict the defaults of a classifier', async () => {
  const options = ['--data', 't.csv', '--label', 'class', '--ignore', 'id', '--momentum', '0.9'];
  const { code, stderr } = await inFolder('train', ...options);
  expect(stderr).toMatch(/--momentum 0\.9 only works with --optimizer "sgd", but --optimizer is "adam", the default/);
  expect(stderr).toMatch(/To fix this, pass --optimizer "sgd", or leave --momentum out/);
  expect(code).toBe(2);
  expect((await inFolder('train', ...options, '--optimizer', 'sgd')).code).toBe(0);
});

test('train keeps the classifier when Ctrl-C ends it', async () => {
  const options = ['--data', 't.csv', '--label', 'class', '--ignore', 'id', '--epochs', '1000000', '--patience', '0'];
  const args = ['train', ...options, '--save', 'stopped.safetensors', '--backend', 'js'];
  const { child, done, shows } = startCli(args, { cwd: folder });
  await shows('iteration 100 ');
  child.kill('SIGINT');
  const { code, stderr } = await done;
  expect(stderr).toMatch(/Training was aborted after \d+ of \d+ iterations/);
  expect(code).toBe(130);
  const { history } = await loadModel(join(folder, 'stopped.safetensors'));
  expect(history?.lossHistory.length).toBeGreaterThan(100);
});

test('train --report shows the rows as the net reads them', async () => {
  const { code } = await inFolder('train', '--data', 't.csv', '--label', 'class', '--ignore', 'id', '--report', 'page');
  expect(code).toBe(0);
  const page = await readFile(join(folder, 'page', 'report.html'), 'utf8');
  const { accuracies, classes, settings } = JSON.parse(/id="report-data">([^<]*)</.exec(page)?.[1] ?? '');
  expect(accuracies).toMatchObject({ train: 1, validation: 1 });
  expect(classes.classNames).toEqual(['a', 'b', 'c']);
  expect(settings).toMatchObject({ init: 'he', hiddenSize: 64, seed: 0 });
});

describe('sweep', () => {
  const data = ['--data', 't.csv', '--label', 'class', '--ignore', 'id'];
  const search = ['--learning-rate', '0.1,0.01', '--reg', '0.01', '--iterations', '60', '--hidden', '8'];

  test('finds the classifier that the library finds, and tests it once, at its end', async () => {
    const options = ['--validation', '0.25', '--seed', '3', '--results', 'r.jsonl', '--save', 'best.safetensors'];
    const more = ['--test', 't.csv', '--report', 'search', '--json', 'search.json'];
    const { code, stdout, stderr } = await inFolder('sweep', ...data, ...search, ...options, ...more);
    expect(code, stderr).toBe(0);
    const table = await loadDataset(join(folder, 't.csv'), {
      label: 'class',
      ignore: ['id'],
      test: join(folder, 't.csv'),
    });
    const space = { learningRate: [0.1, 0.01], reg: 0.01, hiddenSize: 8 };
    const found = await sweepClassifier(table, { space, numIters: 60, validation: 0.25, seed: 3, backend: 'js' });
    const result = JSON.parse(await readFile(join(folder, 'search.json'), 'utf8'));
    const numbers = (list: readonly TrialResult[]) => list.map(({ seconds: _, ...rest }) => rest);
    expect(numbers(result.results)).toEqual(numbers(found.results));
    const { accuracy } = (await found.classifier?.evaluate(table.part('test'))) ?? {};
    expect(result.testAccuracy).toBe(accuracy);
    expect(stdout).toMatch(/\nbest settings +lr 0\.1?\d+\ntest accuracy +\d/);

    const saved = await Classifier.load(join(folder, 'best.safetensors'), { backend: 'js' });
    const row = { size: 1, word: 'big' };
    expect(saved.probabilities([row])).toEqual(found.classifier?.probabilities([row]));
    expect(saved.settings).toEqual(found.classifier?.settings);
    const evaluated = await inFolder('evaluate', 'best.safetensors', ...data, '--json', '-');
    expect(JSON.parse(evaluated.stdout).accuracy).toBe(accuracy);
    const predicted = await inFolder('predict', 'best.safetensors', 't.csv');
    expect(predicted.stdout).toMatch(/^file,row,class,probability\nt\.csv,0,a,/);

    const page = await readFile(join(folder, 'search', 'report.html'), 'utf8');
    const report = JSON.parse(/id="report-data">([^<]*)</.exec(page)?.[1] ?? '');
    expect(report.accuracies.test).toBe(accuracy);
    expect(report.classes.classNames).toEqual(['a', 'b', 'c']);
    expect(report.search.ranking).toHaveLength(2);
  });

  test('continues with the rows that were held out then, and refuses others', async () => {
    const whole = await readFile(join(folder, 'r.jsonl'), 'utf8');
    await writeFile(join(folder, 'part.jsonl'), whole.slice(0, whole.indexOf('\n', whole.indexOf('\n') + 1) + 1));
    const resume = ['sweep', ...data, '--resume', 'part.jsonl', '--json', '-'];
    const { code, stdout } = await inFolder(...resume, '--validation', '0.25');
    expect(code).toBe(0);
    const before = JSON.parse(await readFile(join(folder, 'search.json'), 'utf8'));
    expect(JSON.parse(stdout).results.map(({ id }: TrialResult) => id)).toEqual(
      before.results.map(({ id }: TrialResult) => id),
    );
    const other = await inFolder(...resume, '--validation', '0.5');
    expect(other.stderr).toMatch(/error: Cannot continue the search in part\.jsonl: it was run on other data/);
    expect(other.code).toBe(1);
  });

  test.each([
    [['--input-scale', '2'], 1, /no inputScale in a search of classifiers/],
    [['--validation', '0'], 1, /Expected a data set with validation rows/],
    [['--patience', '3', '--search', 'halving'], 2, /no --patience in a halving/],
    [['--learning-rate', '1e30'], 1, /error: Every trial diverged: search smaller learning rates/],
    [['--save', 't.csv'], 1, /--save and --data are the same file/],
  ])('%j says what is wrong', async (options, code, message) => {
    const ended = await inFolder('sweep', ...data, ...options, '--no-results');
    expect(ended.stderr).toMatch(message);
    expect(ended.code).toBe(code);
  });
});

test('train, with columns by place, and a warning', async () => {
  const { code, stderr } = await inFolder('train', '--data', 't.csv', '--label', '-2', '--iterations', '2');
  expect(stderr).toMatch(/warning: Column "id" counts the rows/);
  expect(code).toBe(0);
});

test.each([
  [['--label', 'clas', '--header'], /error: Expected one of "size", .* for label but .*: did you mean "class"\?/],
  [['--no-header'], /error: Expected numbers or words in column "column 1"/],
  [['--missing', 'median'], /Allowed choices are mean, drop/],
  [['--validation', '-1'], /at least 0 for --validation/],
  [['--label', 'class', '--input-scale', '2'], /--input-scale cannot be used with these data/],
])('train %j says what is wrong', async (options, message) => {
  const { code, stderr } = await inFolder('train', '--data', 't.csv', ...options);
  expect(stderr).toMatch(message);
  expect(code).not.toBe(0);
});

test('train says that nothing was learnt on standard error, in the result and in the report', async () => {
  const options = ['--data', 't.csv', '--label', 'class', '--ignore', 'id', '--learning-rate', '1e-9'];
  const { code, stdout, stderr } = await inFolder('train', ...options, '--report', 'warned', '--json', 'warned.json');
  expect(code).toBe(0);
  const { warnings } = JSON.parse(await readFile(join(folder, 'warned.json'), 'utf8'));
  expect(warnings).toMatchObject([{ code: 'WARN_LOSS_OF_GUESSING' }]);
  expect(stderr).toContain(`\nwarning: ${warnings[0].message}\n`);
  expect(stdout).not.toContain('guessing');
  const page = await readFile(join(folder, 'warned', 'report.html'), 'utf8');
  expect(JSON.parse(/id="report-data">([^<]*)</.exec(page)?.[1] ?? '').warnings).toEqual(warnings);
});

/** The chain on tables: train, evaluate, predict, standard input. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { Classifier } from '../../src/classifier/classifier.js';
import { loadDataset } from '../../src/data/load-dataset.js';
import { saveDataset } from '../../src/data/save/save-dataset.js';
import { RandomState } from '../../src/random/random-state.js';
import { MAIN, runCli } from '../support/run-cli.js';
import { sharedFolder } from '../support/temporary-folder.js';

const folder = sharedFolder();
const inFolder = (...args: string[]) => runCli([...args, '--backend', 'js'], { cwd: folder });
const write = (name: string, text: string) => writeFile(join(folder, name), text);

/** Runs the command line in a shell: `cli` stands for the program. */
function inShell(command: string): string {
  const cli = `cli() { "${process.execPath}" "${MAIN}" "$@" --backend js; }`;
  return execFileSync('bash', ['-c', `${cli}\n${command}`], { cwd: folder, encoding: 'utf8' });
}

const NAMES = ['lily', 'rose, red', 'tulip'];
const draws = new RandomState(1).randn(240);
const rows = Array.from({ length: 120 }, (_, i) => [
  (draws[i] + 4 * (i % 3)) * 1e4,
  ['wet', 'dry'][Number(draws[120 + i] > 0)],
  i % 3,
]);
const HEAD = 'size,soil,id,flower';
const lines = rows.map(([size, soil, kind], i) => `${size},${soil},${i},"${NAMES[Number(kind)]}"`);
/** The same rows, without the class and with the columns in another order. */
const plain = rows.map(([size, soil]) => `${soil},${size}`);

beforeAll(async () => {
  await write('flowers.csv', `${HEAD}\n${lines.join('\n')}\n`);
  await write('plain.csv', `soil,size\n${plain.join('\n')}\n`);
  const { code, stderr } = await inFolder(
    'train',
    '--data',
    'flowers.csv',
    '--ignore',
    'id',
    '--save',
    'm.safetensors',
  );
  expect(code, stderr).toBe(0);
});

const known = async () => {
  const data = await loadDataset(join(folder, 'flowers.csv'), { ignore: ['id'] });
  const classifier = await Classifier.load(join(folder, 'm.safetensors'), { backend: 'js' });
  return { data, classifier, probabilities: classifier.probabilities(data.train.X) };
};

describe('evaluate', () => {
  test('prints the metrics of the library, by class and averaged, for all rows of a table', async () => {
    const { code, stdout } = await inFolder('evaluate', 'm.safetensors', '--data', 'flowers.csv', '--json', 'e.json');
    expect(code).toBe(0);
    const { data, classifier } = await known();
    const expected = await classifier.evaluate(data.train);
    const result = JSON.parse(await readFile(join(folder, 'e.json'), 'utf8'));
    expect(result).toEqual({ rows: 120, ...expected, classNames: NAMES, backend: 'js', data: 'flowers' });
    expect(stdout.split('\n')[0]).toBe(
      `accuracy ${expected.accuracy.toFixed(4)}, log loss ${expected.logLoss.toFixed(4)} on 120 rows`,
    );
    const { precision, recall, f1, rocAuc } = expected.classes[1];
    const figures = [precision, recall, f1, rocAuc].map((value) => value.toFixed(4)).join(' +');
    expect(stdout).toMatch(new RegExp(`\\n +rose, red +${figures} +40\\n`));
    expect(stdout).toMatch(/\n +mean of classes +[\s\S]*\n +weighted by rows +[\s\S]*\nconfusion matrix/);
    expect(expected.accuracy).toBeGreaterThan(0.9);
  });

  test('finds the columns by name, the class where it is, and leaves rows out', async () => {
    const some = lines.slice(0, 30).map((line, i) => `${line.replace(/^(\S+?),(\w+),\d+,(".*")$/, '$3,$2,$1')},${i}`);
    await write('moved.csv', `flower,soil,size,note\n${some.join('\n')}\n"lily",,1,x\n`);
    const options = ['--data', 'moved.csv', '--label', 'flower'];
    const { code, stdout } = await inFolder('evaluate', 'm.safetensors', ...options, '--missing', 'drop');
    expect(code).toBe(0);
    expect(stdout).toMatch(/ on 30 rows\n/);
    const { stderr } = await inFolder('evaluate', 'm.safetensors', ...options);
    expect(stderr).toMatch(/error: Expected a value in column "soil" at line 32 of moved\.csv but it is missing/);
  });

  test.each([
    [['--data', 'plain.csv'], /Expected a column with the class in plain\.csv besides those that the model reads/],
    [['--data', 'flowers.csv', '--label', 'id'], /Expected one of "lily", .* in column "id" at line 2/],
    [[], /Expected a table for the model in m\.safetensors.*pass it with --data/],
  ])('%j says what is wrong', async (options, message) => {
    const { code, stderr } = await inFolder('evaluate', 'm.safetensors', ...options);
    expect(stderr).toMatch(message);
    expect(code).toBe(1);
  });
});

describe('predict', () => {
  test('writes the most probable classes of each row as CSV', async () => {
    const { code, stdout } = await inFolder('predict', 'm.safetensors', 'flowers.csv', '--top', '2');
    expect(code).toBe(0);
    const [head, ...printed] = stdout.trimEnd().split('\n');
    expect(head).toBe('file,row,class,probability,class_2,probability_2');
    expect(printed).toHaveLength(120);
    const { probabilities } = await known();
    const quoted = ['lily', '"rose, red"', 'tulip'];
    for (const [i, line] of printed.entries()) {
      const order = [0, 1, 2].sort((a, b) => probabilities[3 * i + b] - probabilities[3 * i + a]).slice(0, 2);
      const classes = order.map((c) => `${quoted[c]},${probabilities[3 * i + c]}`);
      expect(line).toBe(`flowers.csv,${i},${classes.join(',')}`);
    }
  });

  test('predicts the same without the class, in another order, as JSON lines, and from standard input', async () => {
    const options = '--top 3 --output jsonl';
    const expected = inShell(`cli predict m.safetensors flowers.csv ${options}`).replaceAll('flowers.csv', '-');
    expect(inShell(`cli predict m.safetensors - ${options} < plain.csv`)).toBe(expected);
    const objects = rows.map(([size, soil]) => JSON.stringify({ soil, extra: [1], size: String(size) }));
    await write('rows.jsonl', `\n${objects.map((text) => text.replace('[1]', '1')).join('\n')}\n`);
    expect(inShell(`cat rows.jsonl | cli predict m.safetensors - ${options}`)).toBe(expected);
    await write('headless.csv', `${rows.map(([size, soil]) => `${size},${soil}`).join('\n')}\n`);
    expect(inShell(`cat headless.csv | cli predict m.safetensors - ${options} --no-header`)).toBe(expected);
    const [first] = expected.split('\n').map((line) => line && JSON.parse(line));
    expect(first).toMatchObject({ file: '-', row: 0, class: first.top[0].class });
    expect(first.top.map((each: { class: string }) => each.class).sort()).toEqual(NAMES);
  });

  test('writes rows as they arrive, before standard input ends', () => {
    // The second row is written only after the first has been answered.
    const command = `
      coproc CLI { cli predict m.safetensors - --output text; }
      echo $'size,soil\\n5,wet' >&"\${CLI[1]}"; read -r first <&"\${CLI[0]}"
      echo '7,dry' >&"\${CLI[1]}"; read -r second <&"\${CLI[0]}"
      echo "$first"; echo "$second"; exec {CLI[1]}>&-; wait`;
    expect(inShell(command)).toMatch(/^-:0\tlily\t\d\.\d{4}\n-:1\tlily\t\d\.\d{4}\n$/);
  });

  test('ends when its reader does, though the input never ends', () => {
    const rowsForever = "{ echo size,soil; yes '5,wet'; }";
    const printed = inShell(`${rowsForever} | cli predict m.safetensors - | head -2; echo "\${PIPESTATUS[1]}"`);
    expect(printed).toMatch(/^file,row,class,probability\n-,0,lily,0\.\d+\n0\n$/);
  });

  test.skipIf(!existsSync('/dev/full'))(
    'says when what it prints cannot be written (skipped without /dev/full)',
    () => {
      const printed = inShell('cli predict m.safetensors plain.csv 2>&1 > /dev/full; echo "$?"');
      expect(printed).toMatch(/^error: Cannot write the output: ENOSPC.*\n1\n$/);
    },
  );

  test('--json writes a file beside what is printed', async () => {
    const { stdout } = await inFolder('predict', 'm.safetensors', 'plain.csv', 'plain.csv', '--json', 'p.json');
    const { predictions, backend } = JSON.parse(await readFile(join(folder, 'p.json'), 'utf8'));
    expect(backend).toBe('js');
    expect(stdout.trimEnd().split('\n')).toHaveLength(241);
    expect(predictions.map(({ record }: { record: number }) => record)).toEqual([
      ...Array(120).keys(),
      ...Array(120).keys(),
    ]);
    const { probabilities } = await known();
    const { class: name, classIndex, probability } = predictions[7];
    expect(name).toBe(NAMES[classIndex]);
    expect(probability).toBe(Math.max(...probabilities.slice(21, 24)));
  });

  test.each([
    ['size,soil\n1,wet\n2,moist\n', /Expected one of "dry", "wet" in column "soil" at line 3 of bad\.csv .*"moist"/],
    ['size,soil\n1,wet\ntwo,wet\n', /Expected a number in column "size" at line 3 of bad\.csv but received "two"/],
    ['size,soil\n1,wet\n,wet\n', /Expected a value in column "size" at line 3 of bad\.csv but it is missing/],
    ['size,soil\n1,wet\n1\n', /Expected 2 values.*but line 3 of bad\.csv has 1/],
    ['height,soil\n1,wet\n2,dry\n', /bad\.csv but it lacks "size" and has "height", "soil"/],
    ['1,2,3\n1,2,3\n', /bad\.csv but it lacks "size", "soil" .*first line was taken for a row: .*--header/],
    ['', /bad\.csv is empty/],
  ])('names the row and the column: %j', async (text, message) => {
    await write('bad.csv', text);
    const { code, stderr } = await inFolder('predict', 'm.safetensors', 'bad.csv');
    expect(stderr).toMatch(message);
    expect(code).toBe(1);
  });

  test('says what it reads when rows have no names and it has categories', async () => {
    await saveDataset(join(folder, 'rows.npz'), (await known()).data);
    const message = /model in m\.safetensors reads tables .*\("size", "soil"\), and its column "soil" has categories/;
    for (const args of [
      ['predict', 'm.safetensors', 'rows.npz'],
      ['evaluate', 'm.safetensors', '--data', 'rows.npz'],
    ]) {
      const { code, stderr } = await inFolder(...args);
      expect(stderr).toMatch(message);
      expect(stderr).toMatch(/but rows\.npz is a NumPy archive: pass a table with these columns/);
      expect(code).toBe(1);
    }
  });

  test('a model of plain numbers reads tables of as many columns', async () => {
    const X = rows.map(([size], i) => [Number(size) / 1e4, i % 2]);
    const y = rows.map(([, , kind]) => Number(kind) * 10);
    const classifier = await Classifier.fit(X, y, { backend: 'js', epochs: 20 });
    await classifier.save(join(folder, 'numbers.safetensors'));
    await write('numbers.csv', `${X.map((row, i) => [...row, y[i]].join(',')).join('\n')}\n`);
    const { stdout } = await inFolder(
      'predict',
      'numbers.safetensors',
      'numbers.csv',
      '--ignore',
      '-1',
      '--output',
      'jsonl',
    );
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).class),
    ).toEqual(classifier.predict(X));
    const { stderr } = await inFolder('predict', 'numbers.safetensors', 'numbers.csv');
    expect(stderr).toMatch(/Expected 2 columns of numbers in numbers\.csv, as the model reads, but it has 3: ignore/);
    const evaluated = await inFolder('evaluate', 'numbers.safetensors', '--data', 'numbers.csv', '--json', '-');
    expect(JSON.parse(evaluated.stdout)).toMatchObject({ rows: 120, classNames: ['0', '10', '20'] });
  });

  test('reads standard input once', async () => {
    const { code, stderr } = await inFolder('predict', 'm.safetensors', '-', '-');
    expect(stderr).toMatch(/error: - stands for standard input, which can be read only once/);
    expect(code).toBe(2);
  });
});

test('predict --top prints all classes when more are asked for, and the same probabilities in all forms', async () => {
  const predict = async (...options: string[]) => {
    const { code, stdout, stderr } = await inFolder('predict', 'm.safetensors', 'plain.csv', '--top', '99', ...options);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return stdout;
  };
  const [head, ...lines] = (await predict('--output', 'csv')).trimEnd().split('\n');
  expect(head).toBe('file,row,class,probability,class_2,probability_2,class_3,probability_3');
  const csv = lines.map((line) => line.match(/\d\.\d+(e-\d+)?(?=,|$)/g)?.map(Number));
  const objects = (await predict('--output', 'jsonl')).trimEnd().split('\n');
  const jsonl = objects.map((line) => JSON.parse(line).top.map((each: { probability: number }) => each.probability));
  expect(csv).toEqual(jsonl);
  const { predictions } = JSON.parse(await predict('--json', '-'));
  expect(predictions.map(({ top }: { top: { probability: number }[] }) => top.map((each) => each.probability))).toEqual(
    jsonl,
  );
  const text = (await predict('--output', 'text')).trimEnd().split('\n');
  expect(text.map((line) => line.match(/\d\.\d{4}(?=\t|$)/g))).toEqual(
    jsonl.map((row: number[]) => row.map((value) => value.toFixed(4))),
  );
  expect(jsonl).toHaveLength(120);
});

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { Classifier } from '../../src/classifier/classifier.js';
import { loadCifar10 } from '../../src/data/formats/cifar10.js';
import { loadModel } from '../../src/model/model.js';
import { evaluate } from '../../src/net/evaluation.js';
import { TwoLayerNet } from '../../src/net/two-layer-net.js';
import { RandomState } from '../../src/random/random-state.js';
import { runCli } from '../support/run-cli.js';
import { sharedFolder } from '../support/temporary-folder.js';

/** A working folder whose data/ contains the synthetic stand-in in CIFAR-10's layout. */
const folder = sharedFolder();
const FEW = ['--iterations', '12', '--hidden', '8', '--batch-size', '40'];

beforeAll(async () => {
  const { code, stdout } = await runCli(['data', 'synthetic', 'data'], { cwd: folder });
  expect(stdout).toMatch(/Wrote 60 000 records in 10 classes to data/);
  expect(code).toBe(0);
});

const inFolder = (...args: string[]) => runCli(args, { cwd: folder });

async function trainToJson(...args: string[]) {
  const { code, stdout } = await inFolder('train', ...args, '--json', '-');
  expect(code).toBe(0);
  return JSON.parse(stdout);
}

describe('train', () => {
  test('--json has the numbers that the library returns for the same settings', async () => {
    const result = await trainToJson(...FEW, '--seed', '3', '--dtype', 'float64', '--learning-rate', '1e-3');
    const data = await loadCifar10(join(folder, 'data'));
    const net = new TwoLayerNet({
      inputSize: 3072,
      hiddenSize: 8,
      numClasses: 10,
      dtype: 'float64',
      random: new RandomState(3),
    });
    const { train, validation } = data;
    const settings = { numIters: 12, batchSize: 40, learningRate: 1e-3, learningRateDecay: 0.95, reg: 0.5 };
    const history = net.trainSync(train.X, train.y, validation.X, validation.y, settings);
    expect(result.lossHistory).toEqual(history.lossHistory);
    expect(result.trainAccHistory).toEqual(history.trainAccHistory);
    expect(result.valAccHistory).toEqual(history.valAccHistory);
    const right = net.predict(data.test.X).filter((label, i) => label === data.test.y[i]).length;
    expect(result.testAccuracy).toBe(right / 1000);
    const used = { hiddenSize: 8, seed: 3, dtype: 'float64', learningRate: 1e-3, numIters: 12 };
    expect(result.settings).toMatchObject(used);
    expect(result.trainAccuracy).toBeGreaterThan(0);
    expect(result.valAccuracy).toBeGreaterThan(0);
    expect(result.samplesPerSecond).toBeCloseTo((12 * 40) / result.seconds, 3);
    expect(result.backend).toBe(net.backend);
    expect(result.interrupted).toBe(false);
  });

  test('without a terminal, progress goes to standard error and the result to standard output', async () => {
    const { stdout, stderr } = await inFolder('train', '--iterations', '201', '--hidden', '4');
    const lines = stderr.trim().split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[1]).toMatch(/^iteration 100 \/ 201: loss 2\.\d{6}$/);
    expect(lines[3]).toMatch(
      /^warning: After 201 iterations the loss is 2\.3, no better than guessing: .*more iterations/,
    );
    expect(stdout).toMatch(/^train accuracy +0\.\d{4}\nvalidation accuracy +0\.\d{3}0\ntest accuracy +0\.\d{3}0\n/);
    expect(stdout).toMatch(/\nbackend +(native|js) \(.*\ndata +the synthetic stand-in/);
  });

  test.skipIf(!existsSync('/usr/bin/script'))(
    'on a terminal a bar shows iteration, loss, samples/s and time left (skipped without util-linux script)',
    async () => {
      const train = `"${process.execPath}" dist/cli/main.js train --data "${folder}/data"`;
      const command = `stty cols 80; ${train} --iterations 400 --hidden 16`;
      const shown = execFileSync('/usr/bin/script', ['-qec', command, '/dev/null'], { encoding: 'utf8' });
      expect(shown).toMatch(/[█░]+ 400\/400 \| loss 2\.\d{6} \| [\d,]+ samples\/s \| 0\.0 s left/);
      expect(shown).not.toMatch(/iteration 100/);
    },
  );

  test('the TypeScript backend trains too', async () => {
    const [js, auto] = [await trainToJson(...FEW, '--backend', 'js'), await trainToJson(...FEW)];
    expect(js.backend).toBe('js');
    for (const [i, loss] of js.lossHistory.entries()) expect(loss).toBeCloseTo(auto.lossHistory[i], 5);
  });

  test('--plot prints the curves below the results, in braille if the terminal cannot show images', async () => {
    const { code, stdout, stderr } = await inFolder('train', ...FEW, '--plot');
    expect(code, stderr).toBe(0);
    const lines = stdout.split('\n');
    const [loss, accuracy] = ['Loss', 'Accuracy'].map((title) => lines.findIndex((line) => line.trim() === title));
    expect(loss).toBeGreaterThan(lines.findIndex((line) => line.startsWith('data ')));
    expect(accuracy).toBeGreaterThan(loss);
    expect(lines.slice(loss, accuracy).join('\n')).toMatch(/[\u2801-\u28ff]{3}[\s\S]*iteration/);
    expect(lines.slice(accuracy).join('\n')).toMatch(/epoch[\s\S]*training accuracy.*validation accuracy/);
    // Standard output is not a terminal: no query is sent to it, and there are no colours.
    expect(stdout).not.toContain('\u001b');
    expect(lines.slice(loss).every((line) => line.length <= 80)).toBe(true);
  });

  test('a report of a training that diverges shows the iterations before that', async () => {
    const args = ['--learning-rate', '1e6', '--report', 'lost'];
    const { code, stderr } = await inFolder('train', ...FEW, ...args);
    expect(code).toBe(1);
    expect(stderr).toMatch(/error: The loss became NaN or infinite/);
    const page = await readFile(join(folder, 'lost', 'report.html'), 'utf8');
    const [, json] = /id="report-data">([^<]*)</.exec(page) ?? [];
    const { status, history } = JSON.parse(json);
    expect(status).toBe('diverged');
    expect(history.lossHistory.length).toBeGreaterThan(0);
    expect(history.lossHistory.length).toBeLessThan(12);
  });

  test('an infinite loss ends it with exit code 1, and nothing is saved', async () => {
    const { code, stderr } = await inFolder('train', ...FEW, '--learning-rate', '1e9', '--save', 'diverged');
    expect(stderr).toMatch(/error: The loss became NaN or infinite at iteration \d+ of 12.*try a smaller one/);
    expect(code).toBe(1);
    expect(existsSync(join(folder, 'diverged'))).toBe(false);
  });

  test('has the update rules, schedules and changed pictures of the library', async () => {
    const rule = ['--optimizer', 'sgd', '--momentum', '0.9', '--nesterov', '--clip-norm', '5'];
    const schedule = ['--schedule', 'cosine', '--warmup', '3', '--final-rate', '1e-4'];
    const noise = ['--dropout', '0.3', '--input-dropout', '0.1', '--label-smoothing', '0.1', '--flip', '--shift', '2'];
    const rest = ['--sampling', 'permutation', '--class-weights', 'balanced', '--input-scale', '0.015'];
    const flags = [...rule, ...schedule, ...noise, ...rest, '--learning-rate', '0.01'];
    const result = await trainToJson(...FEW, ...flags, '--dtype', 'float64', '--save', 'rules');
    const data = await loadCifar10(join(folder, 'data'));
    const random = new RandomState(0);
    const sizes = { inputSize: 3072, hiddenSize: 8, numClasses: 10, inputScale: 0.015 };
    const net = new TwoLayerNet({ ...sizes, dtype: 'float64', random });
    const history = net.trainSync(data, {
      numIters: 12,
      batchSize: 40,
      learningRate: 0.01,
      reg: 0.5,
      momentum: 0.9,
      nesterov: true,
      clipNorm: 5,
      schedule: { kind: 'cosine', warmup: 3, final: 1e-4 },
      dropout: 0.3,
      inputDropout: 0.1,
      labelSmoothing: 0.1,
      flip: true,
      shift: 2,
      sampling: 'permutation',
      classWeights: 'balanced',
    });
    expect(result.lossHistory).toEqual(history.lossHistory);
    const { settings } = await loadModel(join(folder, 'rules'));
    expect(settings).toMatchObject({ momentum: 0.9, schedule: 'cosine', finalRate: 1e-4, shift: 2, flip: true });
    expect(Object.keys(settings ?? {})).not.toContain('beta1');
  });

  test('prints the accuracies of the net at the end over all rows', async () => {
    const result = await trainToJson('--epochs', '1', '--batch-size', '1000', '--hidden', '4', '--save', 'whole');
    const data = await loadCifar10(join(folder, 'data'));
    const net = TwoLayerNet.fromModel(await loadModel(join(folder, 'whole')));
    expect(result.trainAccuracy).toBe(evaluate(net, data.train).accuracy);
    expect(result.valAccuracy).toBe(evaluate(net, data.part('validation')).accuracy);
  });

  test('--ensemble averages nets of seeds in a row, saves them in one file, and evaluate reads it', async () => {
    const result = await trainToJson(...FEW, '--ensemble', '2', '--learning-rate', '1e-3', '--save', 'two.safetensors');
    const classifier = await Classifier.load(join(folder, 'two.safetensors'));
    expect(classifier.nets).toHaveLength(2);
    for (const [seed, { params }] of classifier.nets.entries()) {
      const alone = ['--seed', String(seed), '--learning-rate', '1e-3', '--save', `one-${seed}`];
      await trainToJson(...FEW, ...alone);
      expect(params, String(seed)).toEqual((await loadModel(join(folder, `one-${seed}`))).params);
    }
    const data = await loadCifar10(join(folder, 'data'));
    const { accuracy } = await classifier.evaluate(data.part('test'));
    expect(result.testAccuracy).toBe(accuracy);
    expect(result.settings).toMatchObject({ ensemble: 2 });
    const { stdout } = await inFolder('evaluate', 'two.safetensors', '--data', 'data', '--json', '-');
    expect(JSON.parse(stdout).accuracy).toBe(accuracy);
  });

  test.each([
    [['--optimizer', 'adam', '--momentum', '0.9'], /--momentum 0\.9 only .*, but --optimizer is "adam"/],
    [['--schedule', 'step', '--learning-rate-decay', '0.9'], /--learning-rate-decay 0\.9 .* --schedule is "step"/],
    [['--ensemble', '2', '--report', 'r'], /--ensemble cannot be used with --report and --serve/],
    [['--ensemble', '2', '--save', 'm.onnx'], /--ensemble needs a safetensors file for --save/],
  ])('flags that contradict each other are wrong usage: %j', async (flags, message) => {
    const { code, stderr } = await inFolder('train', ...FEW, ...flags);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });
});

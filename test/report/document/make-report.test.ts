import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backendInfo } from '../../../src/backend/choose.js';
import { Matrix } from '../../../src/data/matrix.js';
import { evaluate } from '../../../src/net/evaluation.js';
import { TwoLayerNet } from '../../../src/net/two-layer-net.js';
import { RandomState } from '../../../src/random/random-state.js';
import type { ReportData, ReportImage } from '../../../src/report/content/report-data.js';
import { makeReport, writeReport } from '../../../src/report/document/make-report.js';
import type { ReportInput } from '../../../src/report/document/report-input.js';
import { DivergedError } from '../../../src/training/errors.js';
import { sweep } from '../../../src/tune/sweep.js';

const imageShape = { height: 4, width: 3, channels: 3 };
const D = 36;
const C = 4;
const random = new RandomState(5);
const centres = random.uniform(90, 160, C * D);

/** Pictures around a centre for each class, with so much noise that a net makes some mistakes. */
function pictures(rows: number, classes = C) {
  const y = Array.from(random.choice(classes, rows));
  const noise = random.randn(rows * D);
  const bytes = Uint8Array.from(noise, (value, i) => centres[y[Math.floor(i / D)] * D + (i % D)] + 50 * value);
  return { X: new Matrix(bytes, D, { mean: new Float64Array(D).fill(125) }), y };
}

const [train, validation, test] = [pictures(200), pictures(80), pictures(160)];
const classNames = ['ant', 'bee', 'cat', 'dog'];
const data = { train, validation, test, classNames, imageShape, source: 'drawn for a test' };
const net = new TwoLayerNet({ inputSize: D, hiddenSize: 6, numClasses: C, std: 0.01, backend: 'js', random });
const options = { numIters: 30, batchSize: 40, learningRate: 1e-3 };
const history = net.trainSync(train.X, train.y, validation.X, validation.y, options);
const backend = backendInfo('js');
const input = { backend, net, history, data } satisfies ReportInput;

const plain = (report: ReportData) => JSON.parse(JSON.stringify(report));

function catchError(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return error;
  }
}

/** The width and height in the PNG file of a data URL. */
function sizeOf({ src }: ReportImage): [number, number] {
  const [, base64] = /^data:image\/png;base64,(.*)$/.exec(src) ?? expect.fail('no PNG');
  const file = Buffer.from(base64, 'base64');
  expect([...file.subarray(0, 8)]).toStrictEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return [file.readUInt32BE(16), file.readUInt32BE(20)];
}

describe('the report of a training', () => {
  const report = makeReport(input);

  it('has the accuracies of all parts, as evaluate returns them', () => {
    const accuracy = ({ X, y }: typeof train) => evaluate(net, X, y).accuracy;
    const all = { train: accuracy(train), validation: accuracy(validation), test: accuracy(test) };
    expect(report.accuracies).toStrictEqual(all);
    expect(new Set(Object.values(all)).size).toBe(3);
  });

  it('has the classes of the test rows', () => {
    const { classAccuracy, confusion } = evaluate(net, test.X, test.y);
    expect(report.classes).toStrictEqual({ classNames, classAccuracy, confusion, rows: 160 });
  });

  it('has the curves and the progress', () => {
    const { lossHistory, trainAccHistory, valAccHistory, seconds, samplesPerSecond, learningRate } = history;
    expect(report.history).toStrictEqual({ lossHistory, trainAccHistory, valAccHistory });
    expect(report.history?.lossHistory).not.toBe(lossHistory);
    const progress = { done: 30, total: 30, unit: 'iterations', seconds, samplesPerSecond, learningRate };
    expect(report.progress).toStrictEqual(progress);
    expect(makeReport({ ...input, numIters: 90 }).progress).toMatchObject({ done: 30, total: 90 });
  });

  it('has the warnings of the training, and none otherwise', () => {
    expect(plain(report)).not.toHaveProperty('warnings');
    const warnings = [{ code: 'WARN_ONE_CLASS', message: 'All rows are predicted as class 1.' }] as const;
    expect(makeReport({ ...input, history: { ...history, warnings: [...warnings] } }).warnings).toStrictEqual(warnings);
  });

  it('has the most confident wrong predictions, with their pictures', () => {
    const mistakes = report.mistakes ?? expect.fail('no mistakes');
    const [predictions, probabilities] = [net.predict(test.X), net.probabilities(test.X)];
    const wrong = Array.from(predictions.keys()).filter((row) => predictions[row] !== test.y[row]);
    expect(wrong.length).toBeGreaterThan(24);
    const surest = wrong.map((row) => probabilities[row * C + predictions[row]]).sort((a, b) => b - a);
    expect(mistakes.map(({ probability }) => probability)).toStrictEqual(surest.slice(0, 24));
    for (const { row, label, predicted, probability, image } of mistakes) {
      expect(label).toBe(test.y[row]);
      expect(predicted).toBe(predictions[row]);
      expect(predicted).not.toBe(label);
      expect(probability).toBe(probabilities[row * C + predicted]);
      expect(sizeOf(image)).toStrictEqual([3, 4]);
      expect(image).toMatchObject({ width: 3, height: 4 });
    }
    expect(new Set(mistakes.map(({ row }) => row)).size).toBe(24);
    expect(new Set(mistakes.map(({ image }) => image.src)).size).toBe(24);
  });

  it('has the weights as a picture of the stated size', () => {
    const weights = report.weights ?? expect.fail('no weights');
    expect(sizeOf(weights)).toStrictEqual([weights.width, weights.height]);
  });

  it('describes the machine and the data', () => {
    expect(report.data).toStrictEqual({
      source: 'drawn for a test',
      trainRows: 200,
      validationRows: 80,
      testRows: 160,
      inputSize: D,
      numClasses: C,
    });
    expect(report.machine).toMatchObject({ node: process.versions.node, version: expect.stringMatching(/^\d+\.\d+/) });
    expect(report.machine.backend).toMatch(/^js/);
    expect(report.machine.processors).toBeGreaterThan(0);
  });

  it('has the given title, status, settings and time, or defaults', () => {
    expect(report).toMatchObject({ format: 'two-layer-net report', version: 1, title: 'Training', status: 'done' });
    expect(Math.abs(Date.parse(report.created) - Date.now())).toBeLessThan(120_000);
    const settings = { reg: 0.5, 'a name': null, fast: true };
    const given = { title: 'Mine', status: 'interrupted', created: new Date(0), settings } as const;
    expect(makeReport({ ...input, ...given })).toMatchObject({ ...given, created: '1970-01-01T00:00:00.000Z' });
    expect(report).not.toHaveProperty('settings');
  });

  it('survives a round trip through JSON', () => {
    expect(plain(report)).toStrictEqual(report);
    const noTest = { ...data, test: undefined as never };
    for (const part of [{ backend }, { backend, data }, { backend, net }, { ...input, data: noTest }]) {
      const made = makeReport(part);
      expect(plain(made)).toStrictEqual(made);
    }
  });

  it('is valid JSON if the training diverged', () => {
    const other = new TwoLayerNet({ inputSize: D, hiddenSize: 6, numClasses: C, backend: 'js' });
    const diverge = () => other.trainSync(train.X, train.y, undefined, undefined, { ...options, learningRate: 1e30 });
    const error = catchError(diverge);
    if (!(error instanceof DivergedError)) return expect.fail('it did not diverge');
    const report = makeReport({ backend, data, history: error.history, status: 'diverged' });
    expect(report.history?.lossHistory.length).toBeGreaterThan(0);
    expect(plain(report)).toStrictEqual(report);
  });

  it('omits what is unknown', () => {
    expect(Object.keys(makeReport({ backend })).sort()).toStrictEqual([
      ...['created', 'format', 'machine', 'status', 'title', 'version'],
    ]);
    const noNet = makeReport({ backend, data, history });
    for (const name of ['accuracies', 'classes', 'mistakes', 'weights']) expect(noNet).not.toHaveProperty(name);
    const noData = makeReport({ backend, net, history });
    for (const name of ['accuracies', 'classes', 'mistakes', 'weights', 'data'])
      expect(noData).not.toHaveProperty(name);
  });

  it('refuses anything but an object', () => {
    expect(() => makeReport(null as unknown as ReportInput)).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_TYPE' }),
    );
  });
});

describe('the data of a report', () => {
  it('have no pictures without an image shape', () => {
    const { imageShape: _, ...shapeless } = data;
    const report = makeReport({ ...input, data: shapeless });
    expect(report).not.toHaveProperty('weights');
    expect(report).not.toHaveProperty('mistakes');
    expect(report.classes).toBeDefined();
    expect(JSON.stringify(report)).not.toContain('data:image');
  });

  it('have no pictures of rows that are not bytes', () => {
    const asNumbers = ({ X, y }: typeof train) => ({ X: new Matrix(Float32Array.from(X.data), D), y });
    const parts = { train: asNumbers(train), validation: asNumbers(validation), test: asNumbers(test) };
    const report = makeReport({ ...input, data: { ...data, ...parts } });
    expect(report.mistakes ?? []).toStrictEqual([]);
    expect(report.weights).toBeDefined();
  });

  it('are evaluated on the validation rows if there are no test rows', () => {
    const { test: _, ...untested } = data;
    const report = makeReport({ ...input, data: untested });
    expect(report.accuracies).toStrictEqual({
      train: evaluate(net, train.X, train.y).accuracy,
      validation: evaluate(net, validation.X, validation.y).accuracy,
    });
    expect(report.classes?.rows).toBe(80);
    expect(report.classes?.confusion).toStrictEqual(evaluate(net, validation.X, validation.y).confusion);
    for (const { row, label } of report.mistakes ?? []) expect(label).toBe(validation.y[row]);
    expect(report.data).toMatchObject({ validationRows: 80, testRows: 0 });
  });

  it('have one accuracy if there are only training rows', () => {
    const report = makeReport({ ...input, data: { train, imageShape } });
    expect(Object.keys(report.accuracies ?? {})).toStrictEqual(['train']);
    expect(report).not.toHaveProperty('classes');
    expect(report).not.toHaveProperty('mistakes');
    expect(report.data).toMatchObject({ source: 'unnamed rows', numClasses: C, validationRows: 0 });
  });

  it('may lack rows of a class, whose accuracy is null, and names, which become numbers', () => {
    const { classNames: _, ...nameless } = data;
    const report = makeReport({ ...input, data: { ...nameless, test: pictures(40, 3) } });
    const accuracy = report.classes?.classAccuracy ?? [];
    expect(accuracy.map((value) => value === null)).toStrictEqual([false, false, false, true]);
    expect(report.classes?.classNames).toStrictEqual(['0', '1', '2', '3']);
    expect(plain(report)).toStrictEqual(report);
  });

  it('may lack names and the last class: the classes are those of the net', () => {
    const few = { train: pictures(40, 2), test: pictures(40, 2) };
    expect(makeReport({ ...input, data: few }).classes?.classNames).toStrictEqual(['0', '1', '2', '3']);
    const named = TwoLayerNet.fromParams(net.params, { backend: 'js', classNames });
    expect(makeReport({ ...input, net: named, data: few }).classes?.classNames).toStrictEqual(classNames);
  });

  it('may be grey pictures', () => {
    const grey = { height: 6, width: 6, channels: 1 };
    const report = makeReport({ ...input, data: { ...data, imageShape: grey } });
    for (const { image } of report.mistakes ?? expect.fail('no mistakes')) expect(sizeOf(image)).toStrictEqual([6, 6]);
    expect(report.weights).toBeDefined();
  });

  it('are refused if their image shape does not match the net', () => {
    expect(() => makeReport({ ...input, data: { ...data, imageShape: { ...imageShape, width: 4 } } })).toThrow(
      expect.objectContaining({ code: 'ERR_SHAPE' }),
    );
  });
});

describe('the report of a search', () => {
  const space = { learningRate: [1e-3, 1e30], reg: [0.1, 0.5], hiddenSize: 6, batchSize: 40, std: 0.01 };

  it('has its ranking, and the net and the curves of the best trial', async () => {
    const search = await sweep(data, { space, numIters: 20, backend: 'js' });
    const { best } = search;
    if (!best) return expect.fail('there is no best trial');
    const report = makeReport({ backend, data, search });
    expect(report).toMatchObject({ title: 'Search', status: 'done', progress: { done: 4, total: 4, unit: 'trials' } });
    expect(report.search).toStrictEqual({ search: search.search, ranking: search.ranking, validationRows: 80 });
    expect(report.search?.ranking.map(({ diverged }) => diverged)).toStrictEqual([0, 0, 1, 1]);
    expect(report.history?.lossHistory).toStrictEqual(best.history.lossHistory);
    expect(report.accuracies).toMatchObject({ validation: best.result.valAccuracy });
    expect(report.accuracies?.test).toBe(evaluate(best.net, test.X, test.y).accuracy);
    expect(report.weights).toBeDefined();
    expect(plain(report)).toStrictEqual(report);
  });

  it('has no net to evaluate if every trial diverged', async () => {
    const search = await sweep(data, { space: { ...space, learningRate: 1e30 }, numIters: 20, backend: 'js' });
    const report = makeReport({ backend, data, search });
    for (const name of ['accuracies', 'classes', 'mistakes', 'weights', 'history']) {
      expect(report).not.toHaveProperty(name);
    }
    expect(report.search?.ranking).toHaveLength(2);
    expect(plain(report)).toStrictEqual(report);
  });
});

describe('writing a report', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'report-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const written = async (file: string) => {
    const [, json] = /id="report-data">(.*?)<\/script>/s.exec(await readFile(file, 'utf8')) ?? expect.fail('no data');
    return JSON.parse(json);
  };

  it('creates the folders and one file', async () => {
    const into = join(folder, 'a', 'b', 'c');
    const report = makeReport(input);
    const file = await writeReport(into, report);
    expect(file).toBe(join(into, 'report.html'));
    expect(await readdir(into)).toStrictEqual(['report.html']);
    expect(await written(file)).toStrictEqual(report);
  });

  it('replaces an existing report and nothing else', async () => {
    const into = join(folder, 'again');
    await mkdir(into);
    await writeFile(join(into, 'notes.txt'), 'mine');
    await writeReport(into, makeReport({ ...input, title: 'The first' }));
    const file = await writeReport(into, makeReport({ backend, title: 'The second' }));
    expect(await written(file)).toMatchObject({ title: 'The second' });
    expect((await readdir(into)).sort()).toStrictEqual(['notes.txt', 'report.html']);
    expect(await readFile(join(into, 'notes.txt'), 'utf8')).toBe('mine');
  });

  it('reports a file in the way, and leaves it', async () => {
    const file = join(folder, 'file');
    await writeFile(file, 'mine');
    for (const into of [file, join(file, 'below')]) {
      await expect(writeReport(into, makeReport({ backend }))).rejects.toThrow(
        expect.objectContaining({
          code: 'ERR_NOT_WRITABLE',
          message: expect.stringContaining('a file exists where a folder is needed'),
        }),
      );
    }
    expect(await readFile(file, 'utf8')).toBe('mine');
  });

  it('reports a folder with the name of the file', async () => {
    const into = join(folder, 'taken');
    await mkdir(join(into, 'report.html'), { recursive: true });
    await expect(writeReport(into, makeReport({ backend }))).rejects.toThrow(
      expect.objectContaining({ code: 'ERR_NOT_WRITABLE' }),
    );
  });

  it.each(['', 'a\0b', 3])('refuses the folder %j', async (into) => {
    await expect(writeReport(into as string, makeReport({ backend }))).rejects.toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_TYPE' }),
    );
  });
});

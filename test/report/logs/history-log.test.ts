import { existsSync, readFileSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { historyLog } from '../../../src/report/logs/history-log.js';
import type { TrainOptions } from '../../../src/training/options.js';
import { trainingState } from '../../../src/training/state.js';
import { describeOnBackends } from '../../support/backends.js';
import { freshFolder } from '../../support/temporary-folder.js';
import { brisk, newNet, rejection, validation, X, y } from '../../support/training.js';

const inFolder = freshFolder();
/** Four iterations per epoch. */
const OPTIONS = { ...brisk, numIters: 11, learningRateDecay: 0.5 } satisfies TrainOptions;

/** The rows of a CSV file of numbers; what is empty is undefined. */
function readCsv(file: string): { columns: string[]; rows: (number | undefined)[][] } {
  const [head, ...lines] = readFileSync(file, 'utf8').trimEnd().split('\n');
  return {
    columns: head.split(','),
    rows: lines.map((line) => line.split(',').map((cell) => (cell === '' ? undefined : Number(cell)))),
  };
}

describeOnBackends('a log of a training', (backend) => {
  test('as CSV has a row for each iteration, and the numbers of an epoch at its first one', async () => {
    const onProgress = historyLog(inFolder('run.csv'));
    const history = await newNet(backend).train(X, y, validation.X, validation.y, { ...OPTIONS, onProgress });
    const { columns, rows } = readCsv(inFolder('run.csv'));
    expect(columns).toEqual([
      'iteration',
      'loss',
      'train_accuracy',
      'validation_accuracy',
      'validation_loss',
      'learning_rate',
    ]);
    expect(rows).toHaveLength(11);
    for (const [i, row] of rows.entries()) {
      const ofEpoch = [history.trainAccHistory, history.valAccHistory, history.valLossHistory, [0.1, 0.05, 0.025]];
      const numbers = ofEpoch.map((list) => (i % 4 === 0 ? list[i / 4] : undefined));
      expect(row).toEqual([i, history.lossHistory[i], ...numbers]);
    }
    expect(history.learningRateHistory).toEqual([0.1, 0.05, 0.025]);
    expect(history.learningRate).toBe(0.0125);
  });

  test('as JSON lines has what is known, and is the same however often training reports', async () => {
    for (const [name, progressInterval] of Object.entries({ 'a.jsonl': 0, 'b.jsonl': 1e9 })) {
      const onProgress = historyLog(inFolder(name));
      await newNet(backend).train(X, y, null, null, { ...OPTIONS, progressInterval, onProgress });
    }
    const text = readFileSync(inFolder('a.jsonl'), 'utf8');
    expect(readFileSync(inFolder('b.jsonl'), 'utf8')).toBe(text);
    const rows = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows.map(({ iteration }) => iteration)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(Object.keys(rows[4])).toEqual(['iteration', 'loss', 'train_accuracy', 'learning_rate']);
    expect(Object.keys(rows[5])).toEqual(['iteration', 'loss']);
  });

  test('has the rows of a training that diverges, up to there', async () => {
    const onProgress = historyLog(inFolder('run.csv'));
    const diverging = { ...OPTIONS, learningRate: 1e200, progressInterval: 1e9, onProgress };
    const { history } = await rejection<Error & { history: { lossHistory: number[] } }>(
      newNet(backend).train(X, y, null, null, diverging),
    );
    expect(history.lossHistory.length).toBeGreaterThan(0);
    expect(readCsv(inFolder('run.csv')).rows.map(([, loss]) => loss)).toEqual(history.lossHistory);
  });

  test('of a training that is continued has all of it', async () => {
    const net = newNet(backend);
    const first = await net.train(X, y, null, null, { ...OPTIONS, numIters: 6 });
    const { history } = trainingState(net, first);
    const onProgress = historyLog(inFolder('run.csv'));
    const whole = await net.train(X, y, null, null, { ...OPTIONS, resume: history, onProgress });
    const { rows } = readCsv(inFolder('run.csv'));
    expect(rows.map(([, loss]) => loss)).toEqual(whole.lossHistory);
    expect(rows.map((row) => row[5]).filter((rate) => rate !== undefined)).toEqual([0.1, 0.05, 0.025]);
    const { learningRateHistory: _, ...without } = first;
    const again = newNet(backend);
    await again.train(X, y, null, null, { ...OPTIONS, numIters: 6 });
    const resume = without as typeof first;
    const log = historyLog(inFolder('old.csv'));
    await again.train(X, y, null, null, { ...OPTIONS, resume, onProgress: log });
    expect(readCsv(inFolder('old.csv')).rows.map((row) => row[5])).toEqual([
      ...new Array(8).fill(undefined),
      0.025,
      undefined,
      undefined,
    ]);
  });
});

describe('what is wrong with a log', () => {
  test.each(['run.txt', 'run', 'csv'])('is said of the name %s', (name) => {
    expect(() => historyLog(inFolder(name))).toThrow(
      expect.objectContaining({
        code: 'ERR_NOT_WRITABLE',
        message: expect.stringMatching(/^Expected a file ending in \.csv or \.jsonl for a log but received "/),
      }),
    );
    expect(existsSync(inFolder(name))).toBe(false);
  });

  test('is said before training: a folder that does not exist', () => {
    const message = expect.stringMatching(/^Cannot write .*none.run\.csv: its folder was removed .*\(ENOENT\)$/);
    expect(() => historyLog(inFolder('none/run.csv'))).toThrow(
      expect.objectContaining({ code: 'ERR_NOT_WRITABLE', message }),
    );
    expect(() => historyLog(3 as never)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_TYPE' }));
  });

  test.skipIf(!existsSync('/dev/full'))(
    'ends the training when the disk is full (skipped without /dev/full)',
    async () => {
      const file = inFolder('run.csv');
      const onProgress = historyLog(file);
      unlinkSync(file);
      symlinkSync('/dev/full', file);
      const error = await rejection(newNet('js').train(X, y, null, null, { ...OPTIONS, onProgress }));
      expect(error).toMatchObject({
        code: 'ERR_NOT_WRITABLE',
        message: expect.stringMatching(/^Cannot write .*run\.csv: no space is left on the device; .*\(ENOSPC\)$/),
      });
    },
  );

  test('does not keep the rows of an earlier training', async () => {
    writeFileSync(inFolder('run.jsonl'), 'old\n');
    await newNet('js').train(X, y, null, null, { ...OPTIONS, onProgress: historyLog(inFolder('run.jsonl')) });
    expect(readFileSync(inFolder('run.jsonl'), 'utf8')).toMatch(/^\{"iteration":0,/);
  });
});

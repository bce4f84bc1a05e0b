import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { backendInfo } from '../../src/backend/choose.js';
import { Matrix } from '../../src/data/matrix.js';
import { diagnose } from '../../src/doctor/diagnose.js';
import type { FileLock } from '../../src/platform/file-lock.js';
import { LineFile } from '../../src/platform/line-file.js';
import { makeReport } from '../../src/report/document/make-report.js';
import { LiveReport } from '../../src/report/live/live-server.js';
import type { ScheduleFunction } from '../../src/training/schedule.js';
import { type SweepOptions, sweep } from '../../src/tune/sweep.js';
import { freshFolder } from '../support/temporary-folder.js';
import { brisk, ENDLESS, newNet, rejection, X, y } from '../support/training.js';

const at = freshFolder();
/** A folder in the place of a file, which therefore cannot be written. */
const spoil = (file: string) => existsSync(at(file)) || mkdirSync(at(file));
const part = { X: new Matrix(X, 7), y };
const search = (options: SweepOptions) =>
  sweep({ train: part, validation: part }, { backend: 'js', numIters: 20, space: { hiddenSize: 8 }, ...options });

/** What calls a callback, waits for it, and is ended by a signal. */
const WORKS: readonly [string, (callback: () => unknown, signal: AbortSignal) => Promise<unknown>][] = [
  [
    'checkpoint.onError of train',
    (onError, signal) => {
      const following = { progressInterval: 0, onProgress: () => spoil('run'), signal };
      const checkpoint = { file: at('run'), every: 0.01, onError };
      return newNet('js').train(X, y, null, null, { ...brisk, ...following, numIters: ENDLESS, checkpoint });
    },
  ],
  [
    'checkpoint.onError of sweep, for the folder',
    (onError, signal) => {
      writeFileSync(at('states'), '');
      return search({ signal, checkpoint: { folder: at('states'), onError } });
    },
  ],
  [
    'checkpoint.onError of sweep, for a state',
    (onError, signal) => {
      const onResult = ({ id }: { id: string }) => spoil(`states/${id}.checkpoint`);
      return search({ signal, onResult, checkpoint: { folder: at('states'), onError } });
    },
  ],
];

const FAILING: readonly [string, () => unknown][] = [
  [
    'throws',
    () => {
      throw new Error('from the callback');
    },
  ],
  ['rejects with', () => Promise.reject(new Error('from the callback'))],
];

describe.each(WORKS)('%s', (_, work) => {
  it.each(FAILING)('ends the work with what it %s', async (_, callback) => {
    await expect(work(callback, new AbortController().signal)).rejects.toThrow('from the callback');
  });

  it('that never settles does not keep the signal from ending the work', async () => {
    const abort = new AbortController();
    const never = () => {
      setImmediate(() => abort.abort('enough'));
      return new Promise(() => {});
    };
    expect(await rejection(work(never, abort.signal))).toMatchObject({ code: 'ABORT_ERR', cause: 'enough' });
  });
});

describe.each(FAILING)('the caller learns what a callback %s', (_, callback) => {
  it('that is onStep of diagnose', async () => {
    await expect(diagnose({ selfTest: false, speed: false, onStep: callback })).rejects.toThrow('from the callback');
  });

  it('that is onStop of a live report, when it closes that', async () => {
    const live = await LiveReport.start(makeReport({ backend: backendInfo('js') }), { onStop: callback });
    const { status } = await fetch(`${live.url}stop`, { method: 'POST' });
    expect(status).toBe(202);
    await expect(live.close()).rejects.toThrow('from the callback');
  });
});

describe.each(FAILING)('a line that cannot be written, whose onFailure %s', (_, callback) => {
  it('is rejected with that, and later lines are not held up', async () => {
    const done = async () => {};
    const write = () => Promise.reject(new Error('disk full'));
    const handle = { write, datasync: done, truncate: done, sync: done, close: done } as unknown as FileHandle;
    const file = new LineFile(handle, { release: done } as FileLock, 0, (error) => error);
    await expect(file.add(Buffer.from('a\n'), callback)).rejects.toThrow('from the callback');
    await file.add(Buffer.from('b\n'), callback);
    await expect(file.close()).rejects.toThrow('disk full');
  });
});

it('a promise in place of a learning rate is refused, whatever becomes of it', async () => {
  const schedule = (() => Promise.reject(new Error('nobody waits'))) as unknown as ScheduleFunction;
  const expected = { code: 'ERR_INVALID_TYPE', message: expect.stringContaining('the schedule returned') };
  expect(await rejection(newNet('js').train(X, y, null, null, { ...brisk, schedule }))).toMatchObject(expected);
});

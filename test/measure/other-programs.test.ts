import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { OtherPrograms, type ProcessorTimes } from '../../src/measure/other-programs.js';

/** A watch whose clock shows these times, one after the other. */
function watch(...times: Omit<ProcessorTimes, 'processors'>[]): OtherPrograms {
  return new OtherPrograms(() => ({ processors: 4, ...(times.shift() as Omit<ProcessorTimes, 'processors'>) }));
}

test('what is neither idle nor this process is other programs, on average over all that was done', () => {
  const found = watch(
    { wall: 10, idle: 100, own: 5 },
    { wall: 11, idle: 101, own: 7 }, // 4 s passed on the processors: 1 idle, 2 own
    { wall: 50, idle: 200, own: 9 },
    { wall: 51, idle: 202, own: 11 }, // 2 idle, 2 own
  );
  expect(found.processors).toBe(0);
  expect(found.during(() => 'result')).toBe('result');
  expect(found.processors).toBe(1);
  found.during(() => {});
  expect(found.processors).toBe(0.5);
});

test('it is never negative, though clocks are coarse', () => {
  const found = watch({ wall: 0, idle: 0, own: 0 }, { wall: 1, idle: 3, own: 1.01 });
  found.during(() => {});
  expect(found.processors).toBe(0);
});

test('a program that computes is noticed', async () => {
  const busy = spawn(process.execPath, ['-e', 'console.log(); for (;;);']);
  onTestFinished(() => void busy.kill('SIGKILL'));
  await once(busy.stdout, 'data');
  const found = new OtherPrograms();
  found.during(() => {
    for (const end = performance.now() + 300; performance.now() < end; );
  });
  expect(found.processors).toBeGreaterThan(0.1);
});

import { expect, test } from 'vitest';
import type { Binding } from '../../binding.js';
import { withCodedErrors } from '../../src/backend/native/coded-errors.js';
import { reasonOf } from '../../src/platform/denied.js';
import { explained, isSystemError } from '../../src/platform/replace-file.js';
import { RandomState } from '../../src/random/random-state.js';
import { allocated, limitError } from '../../src/validation/system-limits.js';

test('an array that cannot be allocated is ERR_OUT_OF_MEMORY, with what the language said as its cause', () => {
  const error = { code: 'ERR_OUT_OF_MEMORY', message: expect.stringMatching(/^Not enough memory for the rows: /) };
  const make = () => allocated('the rows', () => new Float64Array(2 ** 52));
  expect(make).toThrow(expect.objectContaining({ ...error, cause: expect.any(RangeError) }));
  expect(() => new RandomState(1).randn(-1)).toThrow(expect.objectContaining({ code: 'ERR_OUT_OF_RANGE' }));
});

test.each([
  ['std::bad_alloc', 'ERR_OUT_OF_MEMORY'],
  ['Training failed: std::bad_alloc', 'ERR_OUT_OF_MEMORY'],
  ["Cannot start a thread for the training: the system's limit is reached", 'ERR_NO_THREAD'],
  ['Resource temporarily unavailable', 'ERR_NO_THREAD'],
])('the addon says %j: %s', async (message, code) => {
  const fail = () => {
    throw new Error(message);
  };
  const binding = withCodedErrors({ version: 1, info: fail, train: async () => fail() } as unknown as Binding);
  expect(binding.version).toBe(1);
  expect(() => binding.info()).toThrow(expect.objectContaining({ code }));
  await expect(binding.train({} as never, undefined as never)).rejects.toMatchObject({ code, cause: { message } });
});

test.each(['scores', 'predict', 'scoresAsync', 'predictAsync'] as const)(
  'a prepared net says so too: %s',
  async (name) => {
    const fail = () => {
      throw new Error('std::bad_alloc');
    };
    const methods = { scores: fail, predict: fail, scoresAsync: async () => fail(), predictAsync: async () => fail() };
    const own = { partRows: 7, scoreRow: () => true, ...methods };
    const prepared = withCodedErrors({ prepare: () => own } as unknown as Binding).prepare({} as never, null, null);
    expect(prepared.partRows).toBe(7);
    expect(prepared.scoreRow()).toBe(true);
    const call = async () => prepared[name](undefined as never, undefined as never, 1);
    await expect(call()).rejects.toMatchObject({
      code: 'ERR_OUT_OF_MEMORY',
      message: expect.stringContaining('the prediction'),
    });
  },
);

test('errors with a code, and others, stay as they are', () => {
  const coded = Object.assign(new RangeError('Invalid array length'), { code: 'ERR_SHAPE' });
  expect(limitError(coded, 'x')).toBe(coded);
  const other = new Error('another');
  expect(limitError(other, 'x')).toBe(other);
});

test("what Node's permission model refuses is an error of the system, with the option that allows it", () => {
  const denied = Object.assign(new Error('Access to this API has been restricted'), { code: 'ERR_ACCESS_DENIED' });
  expect(isSystemError(denied)).toBe(true);
  expect(explained('/x', denied)).toMatchObject({
    code: 'ERR_NOT_WRITABLE',
    message: expect.stringContaining('--allow-fs-write'),
    cause: denied,
  });
  expect(reasonOf(denied)).toContain('add --allow-fs-read for it');
  expect(reasonOf(denied, '--allow-fs-write')).toContain('add --allow-fs-write for it');
  expect(reasonOf(new Error('EIO'))).toBe('EIO');
});

import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { isSystemError } from '../../src/platform/replace-file.js';
import { codeOf, hasCode, isArrayBuffer, isError, messageOf } from '../../src/validation/kinds.js';

const foreign = runInNewContext(`({
  error: Object.assign(new TypeError('wrong'), { code: 'ERR_SHAPE' }),
  missing: Object.assign(new Error('no such file'), { code: 'ENOENT', syscall: 'open' }),
  buffer: new ArrayBuffer(8),
  plain: { message: 'no error', code: 'ERR_SHAPE' },
})`);

test('errors of another realm are errors, with their codes', () => {
  expect(foreign.error).not.toBeInstanceOf(Error);
  expect(isError(foreign.error)).toBe(true);
  expect(hasCode(foreign.error, 'ERR_SHAPE')).toBe(true);
  expect(messageOf(foreign.error)).toBe('wrong');
  expect(isSystemError(foreign.missing)).toBe(true);
  expect(isSystemError(foreign.error)).toBe(false);
});

test('what looks like an error is none', () => {
  expect(isError(foreign.plain)).toBe(false);
  expect(codeOf(foreign.plain)).toBeUndefined();
  expect(messageOf('thrown text')).toBe('thrown text');
});

test('memory is told from shared memory in any realm', () => {
  expect(isArrayBuffer(foreign.buffer)).toBe(true);
  expect(isArrayBuffer(new SharedArrayBuffer(8))).toBe(false);
});

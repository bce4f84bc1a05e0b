/**
 * What kind of object a value is. `instanceof` asks for the class of this realm, and of this copy of the package:
 * objects of a `vm` context, of a test runner's sandbox (Jest, jsdom) or of a second copy have another one. Their tags
 * and codes are the same everywhere.
 */
import type { ErrorCode } from './errors.js';

/** Whether `value` is an error of any realm. */
export function isError(value: unknown): value is Error {
  return tagOf(value) === 'Error' || tagOf(value) === 'DOMException';
}

/** The `code` of an error; undefined if it has none, or is no error. */
export function codeOf(error: unknown): unknown {
  return isError(error) && 'code' in error ? error.code : undefined;
}

/** Whether `error` is one that this package, of any copy, has thrown with this code. */
export function hasCode(error: unknown, code: ErrorCode): error is Error & { readonly code: ErrorCode } {
  return codeOf(error) === code;
}

/** What an error says; other values that were thrown as text. */
export function messageOf(error: unknown): string {
  return isError(error) ? error.message : String(error);
}

/** Whether `value` is an ArrayBuffer of any realm, which is not shared. */
export function isArrayBuffer(value: unknown): value is ArrayBuffer {
  return tagOf(value) === 'ArrayBuffer';
}

/** Whether a value, such as what a callback has returned, is to be awaited. */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as PromiseLike<unknown>).then === 'function';
}

/** `Float32Array`, `Error`, `Object`: what the language calls the kind of a value, in any realm. */
export function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

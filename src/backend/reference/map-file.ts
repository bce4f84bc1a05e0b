/** Node.js cannot map files into memory: callers have to read them. */
import { fstatSync } from 'node:fs';
import type { FileCall } from '../../../binding.js';
import { isArrayBuffer } from '../../validation/kinds.js';
import { Argument } from './argument.js';

/** @see Binding.mapFile */
export function mapFile(fileCall: FileCall): null {
  const call = new Argument(fileCall, 'call');
  const descriptor = call.at('descriptor');
  const number = descriptor.integer(0);
  const bytes = call.at('bytes').integer(1, Number.MAX_SAFE_INTEGER);
  const name = call.at('name');
  if (typeof name.value !== 'string') name.refuseType('a string');
  const size = sizeOf(number);
  if (size === undefined || size < bytes) {
    descriptor.refuseValue(`a file of at least ${bytes} bytes`, size === undefined ? 'no file' : String(size));
  }
  return null;
}

function sizeOf(descriptor: number): number | undefined {
  try {
    return fstatSync(descriptor).size;
  } catch {
    return undefined;
  }
}

/** @see Binding.unmapFile */
export function unmapFile(memory: ArrayBuffer): void {
  const buffer = new Argument(memory, 'buffer');
  if (!isArrayBuffer(memory)) buffer.refuseType('an ArrayBuffer');
  buffer.refuseValue('a buffer of mapFile');
}

import { extname } from 'node:path';
import { describe, withCode } from '../../validation/errors.js';
import type { ModelFormat } from './format.js';
import { JAVASCRIPT } from './javascript.js';
import { JSON_FORMAT } from './json.js';
import { NPZ } from './npz.js';
import { ONNX } from './onnx/onnx.js';
import { SAFETENSORS } from './safetensors-model.js';

/** The formats. The first is written when a name has no extension, and says what is wrong with unknown files. */
export const FORMATS: readonly ModelFormat[] = [SAFETENSORS, ONNX, JSON_FORMAT, NPZ, JAVASCRIPT];

/** The format that the end of a file's name says, in any case; undefined for others. */
export function formatOfName(file: string): ModelFormat | undefined {
  return FORMATS.find(({ extension }) => file.toLowerCase().endsWith(extension));
}

/** What the names of model files end in. */
export const MODEL_EXTENSIONS: readonly string[] = FORMATS.map(({ extension }) => extension);

/**
 * The format in which a model is written to a file of this name: what its end says; safetensors without an end.
 *
 * @throws Error `ERR_NOT_WRITABLE` for another end
 */
export function formatToWrite(file: string): ModelFormat {
  const format = formatOfName(file);
  if (format) return format;
  if (extname(file) === '') return SAFETENSORS;
  throw withCode(
    new Error(
      `Expected a file ending in ${MODEL_EXTENSIONS.join(', ')} for a model, or a name without an end, but received ` +
        describe(file),
    ),
    'ERR_NOT_WRITABLE',
  );
}

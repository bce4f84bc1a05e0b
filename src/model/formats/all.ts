import type { ModelFormat } from './format.js';
import { JAVASCRIPT } from './javascript.js';
import { JSON_FORMAT } from './json.js';
import { NPZ } from './npz.js';
import { ONNX } from './onnx/onnx.js';
import { SAFETENSORS } from './safetensors-model.js';

/** The formats. The first is written when the extension is unknown, and says what is wrong with unknown files. */
export const FORMATS: readonly ModelFormat[] = [SAFETENSORS, ONNX, JSON_FORMAT, NPZ, JAVASCRIPT];

/** The format that the end of a file's name says, in any case; undefined for others. */
export function formatOfName(file: string): ModelFormat | undefined {
  return FORMATS.find(({ extension }) => file.toLowerCase().endsWith(extension));
}

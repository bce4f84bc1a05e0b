import { checkFiniteNumbers } from '../../check-model.js';
import { readStart } from '../../model-file.js';
import type { ModelFormat } from '../format.js';
import { readGraph } from './graph.js';
import { modelOfGraph } from './read-onnx.js';
import { encodeOnnx, rowsInGraph } from './write-onnx.js';

/** ONNX, for onnxruntime and others: opset 17. Reads graphs of exactly two layers. */
export const ONNX: ModelFormat = {
  name: 'ONNX',
  extension: '.onnx',
  options: ['input'],
  // The version of the format, then another field; a safetensors file with such a length has zeros in bytes 4 to 7.
  recognises: (head) => head[0] === 8 && head[1] > 0 && head[1] < 32 && head.subarray(4, 8).some((byte) => byte !== 0),
  async encode(model, { input = 'float32' }) {
    for (const { name, data } of rowsInGraph(model)) await checkFiniteNumbers(data, `${name} in float32`);
    return encodeOnnx(model, input);
  },
  read: async (file) => modelOfGraph(file.path, readGraph(file.path, await readStart(file))),
};

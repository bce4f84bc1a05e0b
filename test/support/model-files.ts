import { writeFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { Model, SaveOptions } from '../../src/model/model-types.js';

/** The bytes of a safetensors file, independent of the writer under test; `header` as text, or an object for JSON. */
export function safetensorsBytes(header: unknown, data: Uint8Array = new Uint8Array(0)): Buffer {
  const text = typeof header === 'string' ? header : JSON.stringify(header);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(Buffer.byteLength(text)));
  return Buffer.concat([length, Buffer.from(text), data]);
}

/** The bytes of a file of F32 tensors whose numbers are stored in order. */
export function modelBytes(
  tensors: Record<string, { shape: number[]; values: number[] }>,
  metadata?: Record<string, string>,
): Buffer {
  const header: Record<string, unknown> = metadata ? { __metadata__: metadata } : {};
  let begin = 0;
  for (const [name, { shape, values }] of Object.entries(tensors)) {
    header[name] = { dtype: 'F32', shape, data_offsets: [begin, begin + 4 * values.length] };
    begin += 4 * values.length;
  }
  const values = Object.values(tensors).flatMap((tensor) => tensor.values);
  return safetensorsBytes(header, new Uint8Array(Float32Array.from(values).buffer));
}

/** The four parameters of a net with D = 2, H = 3 and C = 2. */
export const smallParams = {
  W1: { shape: [2, 3], values: [1, 2, 3, 4, 5, 6] },
  b1: { shape: [3], values: [7, 8, 9] },
  W2: { shape: [3, 2], values: [-1, -2, -3, -4, -5, -6] },
  b2: { shape: [2], values: [0.5, -0.5] },
};

/** A model with every field (D = 3, H = 2, C = 2). Some of its numbers change if text rounds them carelessly. */
export function fullModel(dtype: 'float32' | 'float64'): Model {
  const type = dtype === 'float32' ? Float32Array : Float64Array;
  return {
    params: {
      W1: type.from([0.1, -0, 1e-40, 5e-324, 3.4e38, -1 / 3]),
      b1: type.from([Math.PI, 2 ** -149]),
      W2: type.from([1e-45, -1e30, 7, 0.1 + 0.2]),
      b2: type.from([-1e-4, 0]),
    },
    inputSize: 3,
    hiddenSize: 2,
    numClasses: 2,
    dtype,
    mean: Float64Array.from([130.71074, 1 / 3, -0]),
    classNames: ['cat', 'dog "é" \ud83d\udc36 \ud800'],
    settings: { seed: 0, learningRate: 1e-3, nested: { list: [1, null, 'two'] } },
    history: { lossHistory: [2.5, Number.NaN, 1.5], trainAccHistory: [0.25], valAccHistory: [] },
  };
}

/** Writes `bytes` to `file` and expects `load` to refuse it as a model file, with a message that names it. */
export async function expectRefused(
  load: (file: string) => Promise<unknown>,
  file: string,
  bytes: Uint8Array,
  message: string | RegExp,
): Promise<void> {
  writeFileSync(file, bytes);
  const error: unknown = await load(file).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({ code: 'ERR_MODEL_FILE' });
  expect((error as Error).message).toContain(`Cannot read the model ${file}: `);
  expect((error as Error).message).toMatch(message);
}

/** The formats that are read as well as written: a name, and the options that write it. */
export const READABLE: [string, SaveOptions][] = [
  ['m.safetensors', {}],
  ['m.onnx', {}],
  ['u.onnx', { input: 'uint8' }],
  ['m.json', {}],
  ['m.npz', {}],
  ['torch.safetensors', { layout: 'torch' }],
];

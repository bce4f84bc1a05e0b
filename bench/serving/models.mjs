// Writes the net of each shape as safetensors and as ONNX, and the body of a request with one row.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RandomState, saveModel, TwoLayerNet } from '../../dist/index.js';

export const SHAPES = [
  { D: 768, H: 64 },
  { D: 3072, H: 512 },
];

/** Digits after the point of the numbers in bodies, as embeddings are often sent. */
const DIGITS = 6;

export async function writeModels(folder, { D, H }) {
  mkdirSync(folder, { recursive: true });
  const random = new RandomState(0);
  const net = new TwoLayerNet({ inputSize: D, hiddenSize: H, numClasses: 10, std: 1 / Math.sqrt(D), random });
  const files = { own: join(folder, 'net.safetensors'), onnx: join(folder, 'net.onnx'), row: join(folder, 'row.json') };
  await saveModel(files.own, net);
  await saveModel(files.onnx, net);
  const row = Array.from(random.randn(D), (value) => Number(value.toFixed(DIGITS)));
  writeFileSync(files.row, JSON.stringify({ rows: [row] }));
  return files;
}

// The program to compare with: Fastify over onnxruntime-node, as its documentation has it, without checks and limits.
//
//   node onnx-server.mjs FILE.onnx THREADS
import { readFileSync } from 'node:fs';
import { fastify } from 'fastify';
import { InferenceSession, Tensor } from 'onnxruntime-node';

const [file, threads] = process.argv.slice(2);
const session = await InferenceSession.create(readFileSync(file), {
  intraOpNumThreads: Number(threads),
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
});
const [input] = session.inputNames;
const app = fastify({ bodyLimit: 8 * 2 ** 20 });

app.post('/v1/models/net/predict', async ({ body: { rows } }) => {
  const D = rows[0].length;
  const data = new Float32Array(rows.length * D);
  rows.forEach((row, i) => void data.set(row, i * D));
  const outputs = await session.run({ [input]: new Tensor('float32', data, [rows.length, D]) });
  const { data: probabilities } = outputs.probabilities ?? outputs[session.outputNames[0]];
  const C = probabilities.length / rows.length;
  const predictions = rows.map((_, i) => {
    let best = i * C;
    for (let c = best; c < (i + 1) * C; c++) if (probabilities[c] > probabilities[best]) best = c;
    return { class: best - i * C, probability: probabilities[best] };
  });
  return { predictions };
});

console.error(`Serving at ${await app.listen({ host: '127.0.0.1', port: 0 })}/`);

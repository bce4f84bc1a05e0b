// Trains while ONNX Runtime, which has its own matrix products and threads, computes in the same process. Neither may
// change the other's results.
import * as ort from 'onnxruntime-node';
import { backendInfo, RandomState, TwoLayerNet } from 'two-layer-net';
import { outcome } from './outcome.mjs';

const [N, K, M] = [64, 128, 32];

/**
 * Encodes a Protocol Buffers message whose fields are bytes or small integers
 * (https://protobuf.dev/programming-guides/encoding).
 */
function message(...fields) {
  const varint = (n) => (n < 128 ? [n] : [(n & 127) | 128, ...varint(n >> 7)]);
  return fields.flatMap(([id, value]) => {
    if (typeof value === 'number') return [...varint(id << 3), ...varint(value)];
    const bytes = typeof value === 'string' ? [...Buffer.from(value)] : value;
    return [...varint((id << 3) | 2), ...varint(bytes.length), ...bytes];
  });
}

/** C = A · B as an ONNX model (onnx.proto: ModelProto, GraphProto, NodeProto, ValueInfoProto). */
function productModel() {
  const value = (name, ...dims) => {
    const shape = message(...dims.map((dim) => [1, message([1, dim])]));
    return message([1, name], [2, message([1, message([1, 1], [2, shape])])]);
  };
  const node = message([1, 'A'], [1, 'B'], [2, 'C'], [4, 'MatMul']);
  const values = [
    [11, value('A', N, K)],
    [11, value('B', K, M)],
    [12, value('C', N, M)],
  ];
  const graph = message([1, node], [2, 'product'], ...values);
  return Uint8Array.from(message([1, 8], [8, message([2, 13])], [7, graph]));
}

const random = new RandomState(3);
const reals = (n) => Float32Array.from(random.randn(n));
const [A, B] = [reals(N * K), reals(K * M)];
const session = await ort.InferenceSession.create(productModel());
const product = async () => {
  const tensors = { A: new ort.Tensor('float32', A, [N, K]), B: new ort.Tensor('float32', B, [K, M]) };
  return Buffer.from((await session.run(tensors)).C.data.slice().buffer).toString('hex');
};

const before = await product();
const training = outcome({ backendInfo, RandomState, TwoLayerNet });
const during = [];
for (let i = 0; i < 200; i++) during.push(await product());
const found = await training;
if ([...during, await product()].some((result) => result !== before)) {
  throw new Error('Expected the same product from ONNX Runtime during a training but it was different');
}
process.stdout.write(`${JSON.stringify(found)}\n`);

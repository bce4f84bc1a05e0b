import { expect, it } from 'vitest';
import { loadModel, saveModel } from '../../../src/model/model.js';
import { TwoLayerNet } from '../../../src/net/two-layer-net.js';
import { describeWithPython, python } from '../../support/python.js';
import {
  BYTES,
  expectClose,
  expectSameProbabilities,
  scaledModel,
  scaledProbabilities,
  smallNet,
  writeRows,
} from '../../support/small-net.js';
import { freshFolder } from '../../support/temporary-folder.js';

const inFolder = freshFolder();

/** Checks a model with onnx.checker, and runs it in onnxruntime on the rows of a file. */
const RUN = `
import json, sys, numpy, onnx, onnxruntime
path, rows, dtype = sys.argv[1:]
onnx.checker.check_model(onnx.load(path), full_check=True)
session = onnxruntime.InferenceSession(path, providers=['CPUExecutionProvider'])
label, probabilities = session.run(['label', 'probabilities'], {'input': numpy.array(json.load(open(rows)), dtype)})
print(json.dumps({'label': label.tolist(), 'type': str(label.dtype), 'dtype': str(probabilities.dtype),
    'probabilities': probabilities.ravel().tolist(), 'shape': probabilities.shape,
    'inputs': [[i.name, i.type, i.shape] for i in session.get_inputs()],
    'names': session.get_modelmeta().custom_metadata_map.get('class_names')}))
`;

interface Ran {
  label: unknown[];
  dtype: string;
  probabilities: number[];
  shape: number[];
  inputs: unknown[];
  names?: string;
}

describeWithPython('onnxruntime', ['onnx', 'onnxruntime'], () => {
  it.each(
    (['float32', 'float64'] as const).flatMap((dtype) =>
      (['float32', 'uint8'] as const).map((input) => [dtype, input] as const),
    ),
  )('runs a %s net on rows of %s', (dtype, input) => runs(dtype, input));

  async function runs(dtype: 'float32' | 'float64', input: 'float32' | 'uint8'): Promise<void> {
    const net = smallNet(dtype);
    await saveModel(inFolder('m.onnx'), net, { input });
    writeRows(inFolder('rows'));
    const ran = python<Ran>(RUN, inFolder('m.onnx'), inFolder('rows'), input);
    expectSameProbabilities(ran.probabilities, net);
    expect(ran.label).toEqual(Array.from(net.predict(BYTES), (label) => net.classNames?.[label]));
    expect(ran).toMatchObject({ dtype: 'float32', shape: [7, 3], names: JSON.stringify(net.classNames) });
    expect(ran.inputs).toEqual([['input', input === 'uint8' ? 'tensor(uint8)' : 'tensor(float)', ['N', 6]]]);
  }

  it('scales rows', async () => {
    await saveModel(inFolder('m.onnx'), scaledModel('float32'));
    writeRows(inFolder('rows'));
    const { probabilities } = python<Ran>(RUN, inFolder('m.onnx'), inFolder('rows'), 'float32');
    expectClose(probabilities, scaledProbabilities(scaledModel('float32')));
  });

  it('gives integers as labels of a net without names, and subtracts nothing without a mean', async () => {
    const net = smallNet('float32');
    net.classNames = undefined;
    net.mean = undefined;
    await saveModel(inFolder('m.onnx'), net);
    writeRows(inFolder('rows'));
    const ran = python<Ran>(RUN, inFolder('m.onnx'), inFolder('rows'), 'float32');
    expect(ran).toMatchObject({ label: [...net.predict(BYTES)], type: 'int64' });
    expectSameProbabilities(ran.probabilities, net);
  });
});

/** Makes a graph with onnx.helper as another exporter does, and prints its probabilities in onnxruntime. */
const MAKE = `
import json, sys, numpy, onnx, onnxruntime
from onnx import TensorProto as T, helper as h, numpy_helper as n
path, rows, form = sys.argv[1:]
random = numpy.random.RandomState(0)
W1, b1 = (random.randn(6, 5) * .05).astype('f'), random.randn(5).astype('f')
W2, b2 = random.randn(5, 3).astype('f'), random.randn(3).astype('f')
if form == 'gemm':
    nodes = [h.make_node('Gemm', ['x', 'a.weight', 'a.bias'], ['h'], transB=1, alpha=1.0, beta=1.0)]
    nodes += [h.make_node('Relu', ['h'], ['r'])]
    nodes += [h.make_node('Gemm', ['r', 'b.weight', 'b.bias'], ['s'], transB=1)]
    W1, W2 = W1.T.copy(), W2.T.copy()
    tensors = [n.from_array(W1, 'a.weight'), n.from_array(W2, 'b.weight')]
    tensors += [n.from_array(b1, 'a.bias'), n.from_array(b2, 'b.bias')]
else:
    nodes = [h.make_node('MatMul', ['x', 'W1'], ['m']), h.make_node('Add', ['m', 'b1'], ['h'])]
    nodes += [h.make_node('Constant', [], ['W2'], value=h.make_tensor('v', T.FLOAT, [5, 3], W2.ravel()))]
    nodes += [h.make_node(form, ['h'], ['r'])]
    nodes += [h.make_node('MatMul', ['r', 'W2'], ['n']), h.make_node('Add', ['b2', 'n'], ['s'])]
    tensors = [n.from_array(W1, 'W1'), h.make_tensor('b1', T.FLOAT, [5], b1), n.from_array(b2, 'b2')]
nodes += [h.make_node('Softmax', ['s'], ['p'], axis=1)]
graph = h.make_graph(nodes, 'g', [h.make_tensor_value_info('x', T.FLOAT, ['N', 6])],
    [h.make_tensor_value_info('p', T.FLOAT, ['N', 3])], tensors)
onnx.save(h.make_model(graph, opset_imports=[h.make_opsetid('', 17)], ir_version=8), path)
session = onnxruntime.InferenceSession(path, providers=['CPUExecutionProvider'])
print(json.dumps(session.run(None, {'x': numpy.array(json.load(open(rows)), 'f')})[0].ravel().tolist()))
`;

describeWithPython('loadModel reads graphs of others', ['onnx', 'onnxruntime'], () => {
  it.each(['gemm', 'Relu'])('%s', async (form) => {
    writeRows(inFolder('rows'));
    const probabilities = python<number[]>(MAKE, inFolder('m.onnx'), inFolder('rows'), form);
    const net = TwoLayerNet.fromModel(await loadModel(inFolder('m.onnx')));
    expectSameProbabilities(probabilities, net);
  });

  it('and refuses other activations by their name', async () => {
    writeRows(inFolder('rows'));
    python(MAKE, inFolder('m.onnx'), inFolder('rows'), 'Tanh');
    const refusal = { code: 'ERR_MODEL_FILE', message: expect.stringContaining('found the operator "Tanh"') };
    await expect(loadModel(inFolder('m.onnx'))).rejects.toMatchObject(refusal);
  });
});

/*
 * The graph that is written; its inputs and outputs are shaped as scikit-learn's exporter shapes a classifier's:
 *
 *   input (N, D) → Cast → Sub mean → Mul scale → Gemm W1, b1 → Relu → Gemm W2, b2 → scores
 *   scores → Softmax → Cast → probabilities (N, C), float
 *   scores → ArgMax → label (N), int64; with class names → Gather class_names → label (N), text
 *
 * All of it is of the domain ai.onnx: Gather takes text too, so ai.onnx.ml, which small builds of runtimes leave out,
 * is not needed. Everything is computed in the dtype of the net; Cast stands only where types differ. Metadata come
 * before the graph, so that a truncated file never passes for a net without class names.
 */
import type { Reals } from '../../../../binding.js';
import { bytesOf, inFileOrder } from '../../../data/arrays/byte-order.js';
import { bytesField, type Chunks, integerField } from '../../../protobuf/protobuf.js';
import { PARAMETERS, parameterShapes } from '../../../validation/parameters.js';
import { metadataOf } from '../../metadata.js';
import type { LayoutOptions, Model } from '../../model-types.js';
import * as onnx from './schema.js';

/** The chunks of an ONNX file. Parameters are not copied. */
export function encodeOnnx(model: Model, input: NonNullable<LayoutOptions['input']>): Chunks {
  const { MODEL, OPSET, PAIR } = onnx;
  const pairs = [...metadataOf(model)];
  return [
    ...integerField(MODEL.irVersion, onnx.IR_VERSION),
    ...bytesField(MODEL.producerName, 'two-layer-net'),
    ...bytesField(MODEL.opsets, [...bytesField(OPSET.domain, ''), ...integerField(OPSET.version, onnx.OPSET_VERSION)]),
    ...pairs.flatMap(([key, value]) =>
      bytesField(MODEL.metadata, [...bytesField(PAIR.key, key), ...bytesField(PAIR.value, value)]),
    ),
    ...bytesField(MODEL.graph, graphOf(model, input)),
  ];
}

function graphOf(model: Model, input: 'float32' | 'uint8'): Chunks {
  const { GRAPH, ELEMENT } = onnx;
  const { inputSize: D, numClasses: C, classNames } = model;
  return [
    ...bytesField(GRAPH.name, 'two_layer_net'),
    ...nodesOf(model, input).flatMap((node) => bytesField(GRAPH.nodes, node)),
    ...tensorsOf(model).flatMap((tensor) => bytesField(GRAPH.initializers, tensor)),
    ...bytesField(GRAPH.inputs, value('input', ELEMENT[input], ['N', D])),
    ...bytesField(GRAPH.outputs, value('label', classNames ? ELEMENT.text : ELEMENT.int64, ['N'])),
    ...bytesField(GRAPH.outputs, value('probabilities', ELEMENT.float32, ['N', C])),
  ];
}

function nodesOf({ dtype, mean, scale, classNames }: Model, input: 'float32' | 'uint8'): Chunks[] {
  const { ELEMENT } = onnx;
  const type = dtype === 'float64' ? 'float64' : 'float32';
  const nodes: Chunks[] = [];
  let last = 'input';
  const then = (operator: string, output: string, others: string[] = [], attributes: Record<string, number> = {}) => {
    nodes.push(node(operator, [last, ...others], output, attributes));
    last = output;
  };
  if (input !== type) then('Cast', 'numbers', [], { to: ELEMENT[type] });
  if (mean) then('Sub', 'centered', ['mean']);
  if (scale) then('Mul', 'scaled', ['scale']);
  then('Gemm', 'hidden', ['W1', 'b1']);
  then('Relu', 'active');
  then('Gemm', 'scores', ['W2', 'b2']);
  if (type === 'float32') then('Softmax', 'probabilities', [], { axis: 1 });
  else {
    then('Softmax', 'shares', [], { axis: 1 });
    then('Cast', 'probabilities', [], { to: ELEMENT.float32 });
  }
  const index = classNames ? 'index' : 'label';
  nodes.push(node('ArgMax', ['scores'], index, { axis: 1, keepdims: 0 }));
  if (classNames) nodes.push(node('Gather', ['class_names', 'index'], 'label', { axis: 0 }));
  return nodes;
}

function node(operator: string, inputs: string[], output: string, attributes: Record<string, number>): Chunks {
  const { NODE, ATTRIBUTE } = onnx;
  return [
    ...inputs.flatMap((name) => bytesField(NODE.inputs, name)),
    ...bytesField(NODE.outputs, output),
    ...bytesField(NODE.name, `${operator}_${output}`),
    ...bytesField(NODE.operator, operator),
    ...Object.entries(attributes).flatMap(([name, integer]) =>
      bytesField(NODE.attributes, [
        ...bytesField(ATTRIBUTE.name, name),
        ...integerField(ATTRIBUTE.integer, integer),
        ...integerField(ATTRIBUTE.type, onnx.ATTRIBUTE_INTEGER),
      ]),
    ),
  ];
}

/** Mean and scale in the dtype of the net: those of a float32 net are rounded. */
export function rowsInGraph({ dtype, mean, scale }: Model): { name: 'mean' | 'scale'; data: Reals }[] {
  const rows: { name: 'mean' | 'scale'; data: Reals }[] = [];
  const add = (name: 'mean' | 'scale', data: Float64Array | undefined) => {
    if (data) rows.push({ name, data: dtype === 'float64' ? data : Float32Array.from(data) });
  };
  add('mean', mean);
  add('scale', scale);
  return rows;
}

function tensorsOf(model: Model): Chunks[] {
  const { TENSOR, ELEMENT } = onnx;
  const { params, classNames, inputSize } = model;
  const shapes = parameterShapes(model);
  const type = model.dtype === 'float64' ? 'float64' : 'float32';
  const numbers = (name: string, data: Float32Array | Float64Array, shape: readonly number[]): Chunks => [
    ...shape.flatMap((size) => integerField(TENSOR.sizes, size)),
    ...integerField(TENSOR.type, ELEMENT[type]),
    ...bytesField(TENSOR.name, name),
    ...bytesField(TENSOR.raw, bytesOf(inFileOrder(data))),
  ];
  const tensors = PARAMETERS.map((name) => numbers(name, params[name], shapes[name]));
  for (const { name, data } of rowsInGraph(model)) tensors.push(numbers(name, data, [inputSize]));
  if (classNames) {
    tensors.push([
      ...integerField(TENSOR.sizes, classNames.length),
      ...integerField(TENSOR.type, ELEMENT.text),
      ...classNames.flatMap((name) => bytesField(TENSOR.texts, name)),
      ...bytesField(TENSOR.name, 'class_names'),
    ]);
  }
  return tensors;
}

/** An input or output: its type, and its sizes, of which those with a name are free. */
function value(name: string, element: number, sizes: readonly (number | string)[]): Chunks {
  const { VALUE, TENSOR_TYPE } = onnx;
  const shape = sizes.flatMap((size) =>
    bytesField(
      TENSOR_TYPE.size,
      typeof size === 'string' ? bytesField(TENSOR_TYPE.named, size) : integerField(TENSOR_TYPE.fixed, size),
    ),
  );
  const tensor = [...integerField(TENSOR_TYPE.element, element), ...bytesField(TENSOR_TYPE.shape, shape)];
  return [...bytesField(VALUE.name, name), ...bytesField(VALUE.type, bytesField(TENSOR_TYPE.tensor, tensor))];
}

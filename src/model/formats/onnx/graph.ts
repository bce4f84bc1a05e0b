/** The parts of an ONNX file that make a net: nodes, tensors and metadata, checked against the file's own lengths. */

import { bytesOf, fromFileOrder } from '../../../data/arrays/byte-order.js';
import { countOf } from '../../../data/arrays/stored-array.js';
import { inTurns, type Pieces } from '../../../platform/turns.js';
import { type Message, messageReader, type Part } from '../../../protobuf/protobuf.js';
import { describe } from '../../../validation/errors.js';
import { addAll } from '../../../validation/long-lists.js';
import { METADATA_NAMES } from '../../layout.js';
import { modelFileError } from '../../model-file-error.js';
import type { Tensor } from '../tensor.js';
import * as onnx from './schema.js';

/** A step of the graph. */
export interface Node {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Attributes that are integers or float32 numbers; of others, undefined. */
  readonly attributes: ReadonlyMap<string, number | undefined>;
}

/** What a file holds. */
export interface Graph {
  readonly nodes: readonly Node[];
  /** Messages of constant tensors, by name. */
  readonly tensors: ReadonlyMap<string, Message>;
  /** The names of the inputs, without those that are constants. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly metadata: ReadonlyMap<string, string>;
}

/** The most nodes of a graph that is looked at. */
const MOST_NODES = 100;

/** Reads the structure of a file. */
export function readGraph(path: string, bytes: Buffer): Graph {
  const message = messageReader((found, at) =>
    modelFileError(path, `expected an ONNX model, found ${found}, at byte ${at}`),
  );
  const model = message({ bytes, at: 0 });
  const [part] = model.bytes(onnx.MODEL.graph);
  if (!part) throw modelFileError(path, 'expected an ONNX model, found no graph; is the file truncated?');
  const graph = message(part);
  const { GRAPH, TENSOR, VALUE, PAIR } = onnx;
  const tensors = new Map<string, Message>();
  for (const each of graph.bytes(GRAPH.initializers).map(message)) {
    const name = text(each, TENSOR.name);
    if (tensors.has(name)) throw modelFileError(path, `expected one tensor ${describe(name)}, found two`);
    tensors.set(name, each);
  }
  const nodes: Node[] = [];
  if (graph.bytes(GRAPH.nodes).length > MOST_NODES) {
    throw modelFileError(path, `expected an ONNX graph of two layers, found more than ${MOST_NODES} nodes`);
  }
  for (const each of graph.bytes(GRAPH.nodes).map(message)) {
    const node = readNode(each, message);
    const [constant] = node.constants;
    if (node.operator === 'Constant' && constant && node.outputs[0]) tensors.set(node.outputs[0], constant);
    else nodes.push(node);
  }
  const namesOf = (field: number) => graph.bytes(field).map((value) => text(message(value), VALUE.name));
  const pairs = model.bytes(onnx.MODEL.metadata).map(message);
  const keys = pairs.map((pair) => text(pair, PAIR.key));
  const twice = keys.find((key, i) => keys.indexOf(key) < i && METADATA_NAMES.includes(key));
  if (twice !== undefined) throw modelFileError(path, `expected one ${describe(twice)} in the metadata, found two`);
  return {
    nodes,
    tensors,
    inputs: namesOf(GRAPH.inputs).filter((name) => !tensors.has(name)),
    outputs: namesOf(GRAPH.outputs),
    metadata: new Map(pairs.map((pair) => [text(pair, PAIR.key), text(pair, PAIR.value)])),
  };
}

function readNode(node: Message, message: (part: Part) => Message): Node & { constants: Message[] } {
  const { NODE, ATTRIBUTE } = onnx;
  const attributes = new Map<string, number | undefined>();
  const constants: Message[] = [];
  for (const each of node.bytes(NODE.attributes).map(message)) {
    attributes.set(text(each, ATTRIBUTE.name), each.floats(ATTRIBUTE.float)[0] ?? each.integers(ATTRIBUTE.integer)[0]);
    addAll(constants, each.bytes(ATTRIBUTE.tensor).map(message));
  }
  const texts = (field: number) => node.bytes(field).map(({ bytes }) => bytes.toString());
  return {
    operator: text(node, NODE.operator),
    inputs: texts(NODE.inputs),
    outputs: texts(NODE.outputs),
    attributes,
    constants,
  };
}

function text(message: Message, field: number): string {
  return message.bytes(field)[0]?.bytes.toString() ?? '';
}

/** The numbers of a constant tensor of floats, copied. */
export async function numbersOf(path: string, name: string, tensor: Message): Promise<Tensor> {
  const { TENSOR, ELEMENT } = onnx;
  const fail = (found: string) => modelFileError(path, `expected a tensor of floats for ${describe(name)}, ${found}`);
  const shape = tensor.integers(TENSOR.sizes);
  const [element] = tensor.integers(TENSOR.type);
  if (element !== ELEMENT.float32 && element !== ELEMENT.float64) throw fail(`found the type ${element}`);
  if (tensor.bytes(TENSOR.external).length > 0) {
    throw fail('found that it is in another file; save the model with all data in one file');
  }
  const single = element === ELEMENT.float32;
  const packed = tensor.bytes(single ? TENSOR.floats : TENSOR.doubles);
  // Numbers in a row are laid out as raw ones are.
  const parts = [...tensor.bytes(TENSOR.raw), ...packed];
  const count = countOf(shape);
  const bytes = parts.reduce((sum, part) => sum + part.bytes.length, 0);
  if (count === undefined || bytes !== count * (single ? 4 : 8)) {
    throw fail(`found ${bytes} bytes for sizes ${shape.slice(0, 8).join(', ')}, from byte ${parts[0]?.at ?? 0}`);
  }
  const data = single ? new Float32Array(count) : new Float64Array(count);
  let at = 0;
  for (const part of parts) {
    await inTurns(copyInto(bytesOf(data).subarray(at), part.bytes));
    at += part.bytes.length;
  }
  fromFileOrder(data);
  return { data, shape };
}

/** Bytes in a piece: some tenths of a millisecond. */
const PIECE = 2 ** 19;

function* copyInto(target: Buffer, source: Buffer): Pieces<void> {
  for (let from = 0; from < source.length; from += PIECE) {
    source.copy(target, from, from, from + PIECE);
    yield;
  }
}

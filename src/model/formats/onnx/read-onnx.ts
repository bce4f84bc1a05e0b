import { inTurns } from '../../../platform/turns.js';
import { describe } from '../../../validation/errors.js';
import { modelFileError } from '../../model-file-error.js';
import type { Model } from '../../model-types.js';
import { modelFrom } from '../../read-model.js';
import type { Tensor } from '../tensor.js';
import { transposed } from '../torch.js';
import { type Graph, type Node, numbersOf } from './graph.js';

/** Operators that pass rows on as they are. */
const UNCHANGED = ['Cast', 'Identity', 'Flatten', 'Dropout'];
/** Operators that may follow the scores. */
const AFTER = [...UNCHANGED, 'Softmax', 'LogSoftmax', 'ArgMax', 'Gather'];

/**
 * The net that a graph computes: rows, perhaps minus a mean and times a scale, through a layer, ReLU and a layer. A
 * layer is a Gemm, or a MatMul and an Add; what follows the scores may only turn them into probabilities and labels.
 *
 * @throws Error `ERR_MODEL_FILE`
 */
export async function modelOfGraph(path: string, graph: Graph): Promise<Model> {
  const walk = new Walk(path, graph);
  const mean = await walk.row('Sub');
  const scale = await walk.row('Mul');
  const first = await walk.layer();
  walk.relu();
  const second = await walk.layer();
  walk.end();
  const tensors = new Map<string, Tensor>([
    ['W1', first.weight],
    ['b1', first.bias],
    ['W2', second.weight],
    ['b2', second.bias],
  ]);
  if (mean) tensors.set('mean', mean);
  if (scale) tensors.set('scale', scale);
  return modelFrom(path, tensors, graph.metadata, [...graph.tensors.keys()]);
}

/** Follows the rows from the input, node by node. */
class Walk {
  readonly #path: string;
  readonly #graph: Graph;
  readonly #left: Set<Node>;
  /** The name of what the last node computed. */
  #at: string;

  constructor(path: string, graph: Graph) {
    this.#path = path;
    this.#graph = graph;
    this.#left = new Set(graph.nodes);
    if (graph.inputs.length !== 1) throw this.#fail('one input', `${graph.inputs.length}`);
    this.#at = graph.inputs[0];
  }

  /** The mean that is subtracted next, or the scale of a multiplication, if there is one. */
  async row(operator: 'Sub' | 'Mul'): Promise<Tensor | undefined> {
    const node = this.#next();
    if (node?.operator !== operator || node.inputs[0] !== this.#at) return undefined;
    const { data } = await this.#constant(node.inputs[1]);
    this.#take(node);
    // A row may be saved as (1, D).
    return { data, shape: [data.length] };
  }

  async layer(): Promise<{ weight: Tensor; bias: Tensor }> {
    const node = this.#next();
    if (node?.inputs[0] !== this.#at) throw this.#fail('a layer', nameOf(node));
    if (node.operator === 'Gemm') {
      const { attributes, inputs } = node;
      if (attributes.get('transA') || (attributes.get('alpha') ?? 1) !== 1 || (attributes.get('beta') ?? 1) !== 1) {
        throw this.#fail('a Gemm with transA 0, alpha 1 and beta 1', 'others');
      }
      const weight = await this.#constant(inputs[1]);
      this.#take(node);
      return this.#layer(attributes.get('transB') ? await this.#transpose(weight) : weight, inputs[2]);
    }
    if (node.operator !== 'MatMul') throw this.#fail('a layer (Gemm, or MatMul and Add)', nameOf(node));
    const weight = await this.#constant(node.inputs[1]);
    this.#take(node);
    const add = this.#next();
    if (add?.operator !== 'Add') throw this.#fail('an Add after a MatMul', nameOf(add));
    const bias = add.inputs.find((name) => name !== this.#at);
    this.#take(add);
    return this.#layer(weight, bias);
  }

  relu(): void {
    const node = this.#next();
    if (node?.operator !== 'Relu') throw this.#fail('a Relu after the first layer', nameOf(node));
    this.#take(node);
  }

  /** Checks what follows the scores. */
  end(): void {
    const other = [...this.#left].find(({ operator }) => !AFTER.includes(operator));
    if (other) throw this.#fail('nothing but probabilities and labels after two layers', nameOf(other));
  }

  async #layer(weight: Tensor, bias: string | undefined): Promise<{ weight: Tensor; bias: Tensor }> {
    if (weight.shape.length !== 2) throw this.#fail('a weight of two sizes', `${weight.shape.length}`);
    if (bias === undefined) throw this.#fail('a layer with a bias', 'none');
    const { data } = await this.#constant(bias);
    return { weight, bias: { data, shape: [data.length] } };
  }

  async #transpose({ data, shape }: Tensor): Promise<Tensor> {
    const [rows, columns] = shape;
    if (shape.length !== 2) throw this.#fail('a weight of two sizes', `${shape.length}`);
    return { data: await inTurns(transposed(data, rows, columns)), shape: [columns, rows] };
  }

  /** The only node that reads what the last one computed, past those that change nothing; undefined at the end. */
  #next(): Node | undefined {
    for (;;) {
      const readers = [...this.#left].filter(({ inputs }) => inputs.includes(this.#at));
      if (readers.length > 1) throw this.#fail('nodes in a line', `${readers.length} that read ${describe(this.#at)}`);
      const [node] = readers;
      if (!node || !UNCHANGED.includes(node.operator)) return node;
      this.#take(node);
    }
  }

  #take(node: Node): void {
    this.#left.delete(node);
    this.#at = node.outputs[0] ?? '';
  }

  async #constant(name: string | undefined): Promise<Tensor> {
    const tensor = name === undefined ? undefined : this.#graph.tensors.get(name);
    if (name === undefined || !tensor) throw this.#fail(`a constant tensor ${describe(name)}`, 'none');
    return numbersOf(this.#path, name, tensor);
  }

  #fail(expected: string, found: string): Error {
    return modelFileError(
      this.#path,
      `expected an ONNX graph of two layers with ReLU in between, with ${expected}, found ${found}`,
    );
  }
}

function nameOf(node: Node | undefined): string {
  return node ? `the operator ${describe(node.operator)}` : 'the end of the graph';
}

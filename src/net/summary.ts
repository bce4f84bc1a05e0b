/** What a net consists of, for people and programs. */
import type { Shape } from '../../binding.js';
import type { Dtype } from '../training/settings.js';
import { largest } from '../validation/long-lists.js';
import { arrayType } from '../validation/parameters.js';

/** One layer of a net. */
export interface LayerSummary {
  readonly name: 'hidden' | 'output';
  /** What it computes. */
  readonly computes: string;
  /** Numbers that it receives for each row. */
  readonly inputs: number;
  /** Numbers that it gives for each row. */
  readonly outputs: number;
  /** The shape of each of its parameters, by name. */
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  /** Numbers in its parameters. */
  readonly parameters: number;
  /** Bytes of its parameters. */
  readonly bytes: number;
}

/** The layers of a net, and what they take together. */
export class NetSummary {
  readonly dtype: Dtype;
  /** In the order of the arithmetic. */
  readonly layers: readonly LayerSummary[];
  /** Numbers in all parameters: (D + 1)·H + (H + 1)·C. */
  readonly parameters: number;
  /** Bytes of all parameters; of bfloat16 nets, too, they are float32. */
  readonly bytes: number;

  /** @internal `net.summary()` makes it. */
  constructor({ inputSize: D, hiddenSize: H, numClasses: C, dtype }: Shape & { readonly dtype: Dtype }) {
    this.dtype = dtype;
    const each = arrayType(dtype).BYTES_PER_ELEMENT;
    const layer = (n: 1 | 2, name: LayerSummary['name'], computes: string, [inputs, outputs]: readonly number[]) => {
      const parameters = (inputs + 1) * outputs;
      const shapes = { [`W${n}`]: [inputs, outputs], [`b${n}`]: [outputs] };
      return { name, computes, inputs, outputs, shapes, parameters, bytes: parameters * each };
    };
    this.layers = [layer(1, 'hidden', 'affine, ReLU', [D, H]), layer(2, 'output', 'affine, softmax', [H, C])];
    this.parameters = this.layers.reduce((sum, { parameters }) => sum + parameters, 0);
    this.bytes = this.parameters * each;
  }

  /** A table of the layers. */
  toString(): string {
    const [{ inputs, outputs }, { outputs: classes }] = this.layers;
    const rows = this.layers.map(({ name, computes, shapes, parameters, bytes }) => [
      name,
      computes,
      Object.entries(shapes)
        .map(([parameter, sizes]) => `${parameter} (${sizes.join(', ')})`)
        .join(', '),
      counted(parameters),
      counted(bytes),
    ]);
    const head = ['layer', 'computes', 'parameters', 'numbers', 'bytes'];
    const all = [head, ...rows, ['total', '', '', counted(this.parameters), counted(this.bytes)]];
    const widths = head.map((_, column) => largest(all.map((row) => row[column].length)));
    const lines = all.map((row) =>
      row.map((cell, i) => (i < 3 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  '),
    );
    return [`${inputs} inputs, ${outputs} hidden units, ${classes} classes; ${this.dtype}`, ...lines].join('\n');
  }
}

function counted(count: number): string {
  return count.toLocaleString('en-US');
}

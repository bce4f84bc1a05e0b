import type { Reals } from '../../../binding.js';
import { bytesOf, inFileOrder } from '../../data/arrays/byte-order.js';
import { isArrayOf } from '../../validation/typed-arrays.js';
import { modelFileError } from '../model-file-error.js';
import type { Model } from '../model-types.js';
import type { ModelFormat } from './format.js';

const FIRST_LINE = '// A two-layer net';

/** A module of plain JavaScript that predicts, for browsers and wherever there is no addon. It is only written. */
export const JAVASCRIPT: ModelFormat = {
  name: 'JavaScript module',
  extension: '.mjs',
  options: [],
  recognises: (head) => FIRST_LINE.startsWith(Buffer.from(head).toString('latin1')) && head.length === 16,
  encode: async (model) => moduleChunks(model),
  async read({ path }) {
    throw modelFileError(path, 'expected a file with a net, found a module made of one; load what it was made from');
  },
};

function* moduleChunks({
  params,
  mean,
  scale,
  classNames,
  inputSize,
  hiddenSize,
  numClasses,
  imageShape,
}: Model): Generator<string> {
  yield `${FIRST_LINE}, written by the package two-layer-net. It needs nothing else, and runs in browsers too.
const D = ${inputSize}; // numbers per row
const H = ${hiddenSize}; // hidden units
const C = ${numClasses}; // classes

/** The name of each class, in the order of the probabilities; undefined when there are no names. */
export const classNames = ${classNames ? `Object.freeze(${JSON.stringify(classNames)})` : 'undefined'};

/** The size of the pictures that rows are, in the order height, width, channel; undefined when they are none. */
export const imageShape = ${imageShape ? `Object.freeze(${JSON.stringify(imageShape)})` : 'undefined'};

/** The class of each row of D numbers: its index in classNames. Ties go to the first. */
export function predict(rows) {
  return Array.from(rows, (row) => {
    const values = scores(row);
    return values.indexOf(largestOf(values));
  });
}

/** The probability of each class, for each row of D numbers: arrays of C numbers that sum to 1. */
export function probabilities(rows) {
  return Array.from(rows, (row) => {
    const values = scores(row);
    const largest = largestOf(values);
    const exponentials = values.map((value) => Math.exp(value - largest));
    const sum = exponentials.reduce((total, value) => total + value);
    return exponentials.map((value) => value / sum);
  });
}

function largestOf(values) {
  return values.reduce((most, value) => Math.max(most, value));
}

/** max(0, ${mean ? '(row - mean)' : 'row'}${scale ? ' scale' : ''} W1 + b1) W2 + b2 */
function scores(row) {
  if (typeof row !== 'object' || row === null) {
    throw new TypeError(\`Expected an array of rows, such as [row], but received \${typeof row} in place of a row\`);
  }
  if (row?.length !== D) throw new RangeError(\`Expected rows of \${D} numbers but received \${row?.length}\`);
  const hidden = Float64Array.from(b1);
  for (let d = 0; d < D; d++) {
    const x = ${mean ? '(row[d] - mean[d])' : 'row[d]'}${scale ? ' * scale[d]' : ''};
    if (typeof row[d] !== 'number' || !Number.isFinite(x)) {
      const found = \`\${typeof row[d] === 'string' ? 'text ' : ''}\${row[d]}\`;
      throw new RangeError(\`Expected finite numbers but received \${found} at index \${d}\`);
    }
    if (x !== 0) for (let h = 0; h < H; h++) hidden[h] += x * W1[d * H + h];
  }
  const sums = Array.from(b2);
  for (let h = 0; h < H; h++) {
    if (hidden[h] > 0) for (let c = 0; c < C; c++) sums[c] += hidden[h] * W2[h * C + c];
  }
  return sums;
}

/** The numbers in base64, little-endian. */
function numbers(Type, base64) {
  return new Type(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)).buffer);
}

`;
  if (mean) yield* constant('mean', mean);
  if (scale) yield* constant('scale', scale);
  yield* constant('b1', params.b1);
  yield* constant('b2', params.b2);
  yield* constant('W1', params.W1);
  yield* constant('W2', params.W2);
}

/** Bytes in a piece, a multiple of 3: base64 of pieces is that of the whole. */
const PIECE = 3 * 2 ** 18;

function* constant(name: string, data: Reals): Generator<string> {
  yield `const ${name} = numbers(${isArrayOf(data, 'Float32Array') ? 'Float32Array' : 'Float64Array'}, '`;
  const bytes = bytesOf(inFileOrder(data));
  for (let from = 0; from < bytes.length; from += PIECE) yield bytes.toString('base64', from, from + PIECE);
  yield `');\n`;
}

/** What training does to a minibatch at random: dropout, and changed pictures. binding.d.ts says what is drawn when. */
import type { CallSettings, Picture, Reals, TrainingCall } from '../../../binding.js';
import { NUMBERS_IN_BLOCK, Philox } from '../../random/generator/philox.js';
import type { CopyRow } from './layers.js';

/** The second word of the key of each kind of draws. */
const KINDS = { hidden: 0, inputs: 1, pictures: 2 };

/** The number of values of a 16-bit draw. */
const DRAWS = 2 ** 16;

/** The changes of the minibatch of one iteration after another. */
export class MinibatchNoise {
  /** Copies a row with its picture changed; null if pictures stay as they are. */
  readonly copyRow: CopyRow | null;
  private readonly inputs: Dropout;
  private readonly hidden: Dropout;
  private iteration = 0;
  /** The number in the minibatch of the first row that is gathered. */
  private first = 0;

  constructor({ net: { shape }, picture, settings, noiseSeed }: TrainingCall) {
    const { dropout, inputDropout, flip, shift } = settings;
    this.hidden = new Dropout(dropout, shape.hiddenSize, new Philox(noiseSeed, KINDS.hidden));
    this.inputs = new Dropout(inputDropout, shape.inputSize, new Philox(noiseSeed, KINDS.inputs));
    const pictures =
      picture && (flip || shift > 0)
        ? new PictureChange(picture, settings, new Philox(noiseSeed, KINDS.pictures))
        : null;
    this.copyRow =
      pictures &&
      ((i, data, from, X, to) => pictures.copy(this.iteration, this.first + i, data.subarray(from), X.subarray(to)));
  }

  /** To be called before rows of a minibatch are gathered, from row `first` on. */
  begin(iteration: number, first: number): void {
    this.iteration = iteration;
    this.first = first;
  }

  /** Drops inputs of the gathered rows X (n, D). */
  dropInputs(X: Reals): void {
    this.inputs.apply(this.iteration, this.first, X);
  }

  /** Drops hidden units (n, H). */
  dropHidden(hidden: Reals): void {
    this.hidden.apply(this.iteration, this.first, hidden);
  }

  /** The gradient of that, where it is 0 already for the dropped units. */
  dropHiddenBackward(dhidden: Reals): void {
    this.hidden.divide(dhidden);
  }
}

/** Dropout of the numbers of rows of one length. */
class Dropout {
  /** A number is dropped if its draw is below this. */
  private readonly threshold: number;
  /** The share of numbers that are kept; 1 if all are dropped, when there is none to divide. */
  private readonly kept: number;
  private readonly draws: Uint16Array;

  constructor(
    rate: number,
    length: number,
    private readonly philox: Philox,
  ) {
    this.threshold = Math.round(rate * DRAWS);
    this.kept = 1 - this.threshold / DRAWS || 1;
    this.draws = new Uint16Array(length);
  }

  /** Drops numbers of rows of a minibatch, from row `first` on, and divides the others by the share that is kept. */
  apply(iteration: number, first: number, rows: Reals): void {
    const { draws, threshold, kept } = this;
    if (threshold === 0) return;
    const blocks = Math.ceil(draws.length / NUMBERS_IN_BLOCK);
    for (let start = 0, block = first * blocks; start < rows.length; start += draws.length, block += blocks) {
      this.philox.fill16(iteration, block, draws);
      for (let i = 0; i < draws.length; i++) rows[start + i] = draws[i] < threshold ? 0 : rows[start + i] / kept;
    }
  }

  divide(values: Reals): void {
    if (this.threshold === 0) return;
    for (let i = 0; i < values.length; i++) values[i] /= this.kept;
  }
}

/** Flips and shifts of pictures. */
class PictureChange {
  constructor(
    private readonly picture: Picture,
    private readonly settings: CallSettings,
    private readonly philox: Philox,
  ) {}

  /** `to` ← the picture that `from` begins with, changed as that of row i of the minibatch. */
  copy(iteration: number, i: number, from: ArrayLike<number>, to: Reals): void {
    const { height, width, channels } = this.picture;
    const { flip, down, right } = this.draw(iteration, i);
    let next = 0;
    for (let y = 0; y < height; y++) {
      const fromY = clamp(y - down, height);
      for (let x = 0; x < width; x++) {
        const unflipped = clamp(x - right, width);
        const fromX = flip ? width - 1 - unflipped : unflipped;
        const pixel = (fromY * width + fromX) * channels;
        for (let c = 0; c < channels; c++) to[next++] = from[pixel + c];
      }
    }
  }

  /** Row i takes word i of the iteration's stream: its lowest bit, and bits 16 … 31 and 32 … 47. */
  private draw(iteration: number, i: number) {
    const words = this.philox.draw(iteration, Math.floor(i / 4));
    const [low, high] = [words[2 * (i % 4)], words[2 * (i % 4) + 1]];
    const { flip, shift } = this.settings;
    const offset = (draw: number) => Math.floor((draw * (2 * shift + 1)) / DRAWS) - shift;
    return { flip: flip && (low & 1) === 1, down: offset(low >>> 16), right: offset(high & 0xffff) };
  }
}

/** The index of a picture of this size that is nearest to `index`. */
function clamp(index: number, size: number): number {
  return Math.min(Math.max(index, 0), size - 1);
}

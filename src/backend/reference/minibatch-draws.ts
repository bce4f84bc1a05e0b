import type { GeneratorState, TrainingCall } from '../../../binding.js';
import { MersenneTwister } from '../../random/generator/mersenne-twister.js';

/** Draws the rows of minibatches, as `random` of a training call in binding.d.ts says. */
export class MinibatchDraws {
  /** The rows of the minibatch that was drawn last. */
  indices: Int32Array;
  private readonly twister = new MersenneTwister();
  /** The permutation of the epoch; null for draws with replacement. */
  private readonly order: Int32Array | null;
  /** The number of the epoch whose permutation it is, from 0; −1 before there is one. */
  private orderOf = -1;
  /** The state before it was drawn. */
  private before: GeneratorState;

  /** @param epoch - iterations per epoch */
  constructor(
    private readonly call: TrainingCall,
    private readonly epoch: number,
  ) {
    const { settings, random, training } = call;
    this.indices = new Int32Array(settings.batchSize);
    this.order = settings.sampling === 'permutation' ? new Int32Array(training.rows.count) : null;
    this.twister.key.set(random.key);
    this.twister.position = random.position;
    this.before = this.twisterState();
  }

  /** Draws the minibatch of an iteration: of the next one, from the call's first on. */
  draw(iteration: number): void {
    const { batchSize } = this.call.settings;
    if (!this.order) {
      this.twister.fillUpTo(this.call.training.rows.count - 1, this.indices);
      return;
    }
    const epoch = Math.floor(iteration / this.epoch);
    if (epoch !== this.orderOf) {
      this.before = this.twisterState();
      this.twister.fillPermutation(this.order);
      this.orderOf = epoch;
    }
    const start = (iteration % this.epoch) * batchSize;
    this.indices = this.order.subarray(start, start + batchSize);
  }

  /** The state with which a training continues that has made so many iterations. */
  stateAfter(iterations: number): GeneratorState {
    return this.order && Math.floor(iterations / this.epoch) === this.orderOf ? this.before : this.twisterState();
  }

  private twisterState(): GeneratorState {
    const { key, position } = this.twister;
    return { key: key.slice(), position };
  }
}

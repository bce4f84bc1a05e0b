import type { EpochMetrics, TrainingHistory } from './history.js';

/** Counts the epochs of a training by its history. */
export class EpochCounter {
  /** E, iterations of an epoch. */
  readonly iterations: number;
  readonly #history: TrainingHistory;
  /** Epochs that have been told of, or have ended before the training began. */
  #ended: number;

  /** @param iterations - E */
  constructor(history: TrainingHistory, iterations: number) {
    this.#history = history;
    this.iterations = iterations;
    this.#ended = Math.floor(history.lossHistory.length / iterations);
  }

  /**
   * The epochs that have ended since the last call.
   *
   * @param over - whether training is over, so that an epoch ends that is shorter
   */
  ended(over: boolean): EpochMetrics[] {
    const done = this.#history.lossHistory.length / this.iterations;
    const before = this.#ended;
    this.#ended = Math.max(before, over ? Math.ceil(done) : Math.floor(done));
    return Array.from({ length: this.#ended - before }, (_, i) => this.#metricsOf(before + i));
  }

  /**
   * The learning rate of an iteration that was made, without a schedule.
   *
   * @param decay - the factor after the first iteration of each epoch
   * @returns undefined if the history does not know
   */
  rateAt(iteration: number, decay: number): number | undefined {
    const ofEpoch = this.#history.learningRateHistory[Math.floor(iteration / this.iterations)];
    return Number.isFinite(ofEpoch) ? ofEpoch * (iteration % this.iterations === 0 ? 1 : decay) : undefined;
  }

  #metricsOf(epoch: number): EpochMetrics {
    const { lossHistory, trainAccHistory, valAccHistory, valLossHistory, learningRateHistory } = this.#history;
    const losses = lossHistory.slice(epoch * this.iterations, (epoch + 1) * this.iterations);
    return {
      epoch,
      iteration: epoch * this.iterations + losses.length,
      loss: losses.reduce((sum, loss) => sum + loss, 0) / losses.length,
      trainAccuracy: trainAccHistory[epoch],
      valAccuracy: valAccHistory[epoch],
      valLoss: valLossHistory[epoch],
      learningRate: learningRateHistory[epoch],
    };
  }
}

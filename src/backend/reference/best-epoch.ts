import type { BestEpoch, BestEpochNumbers, CallSettings, ParameterArrays } from '../../../binding.js';
import { copyParameters, PARAMETERS } from '../../validation/parameters.js';
import type { Fit } from './inference.js';

/** The best epoch of a training. The engine's counterpart is native/engine/training/best_epoch.h. */
export class ReferenceBestEpoch {
  private readonly parameters: ParameterArrays;
  private iterations: number;
  private monitored: number;
  private epochsSince: number;

  /** @param callers - as a call has it; its parameters are written by {@link finish} */
  constructor(
    private readonly callers: BestEpoch,
    private readonly settings: CallSettings,
  ) {
    this.parameters = copyParameters(callers.parameters);
    ({ iterations: this.iterations, monitored: this.monitored, epochsSince: this.epochsSince } = callers);
  }

  /** Notes an epoch. Returns whether training should wait for a further gain. A NaN is never a gain. */
  note(fit: Fit, iterations: number, parameters: ParameterArrays): boolean {
    const { monitor, minGain } = this.settings;
    const monitored = fit[monitor];
    const gain = monitor === 'loss' ? this.monitored - monitored : monitored - this.monitored;
    const isBetter = this.iterations === 0 ? !Number.isNaN(monitored) : gain > minGain;
    if (!isBetter) {
      this.epochsSince++;
      return this.epochsSince < this.settings.patience;
    }
    for (const name of PARAMETERS) this.parameters[name].set(parameters[name]);
    this.iterations = iterations;
    this.monitored = monitored;
    this.epochsSince = 0;
    return true;
  }

  /** The parameters of the best epoch; null before there is one. */
  get net(): ParameterArrays | null {
    return this.iterations === 0 ? null : this.parameters;
  }

  /** Writes the parameters to the caller's arrays. */
  finish(): BestEpochNumbers {
    for (const name of PARAMETERS) this.callers.parameters[name].set(this.parameters[name]);
    const { iterations, monitored, epochsSince } = this;
    return { iterations, monitored, epochsSince };
  }
}

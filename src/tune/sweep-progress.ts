/** The progress of a search, and how long it will take. */
import type { Round } from './search.js';
import type { TrialSettings } from './settings.js';
import type { Trial, TrialResult } from './trial.js';

/** The progress of a search. */
export interface SweepProgress {
  /** Finished trials, including earlier ones. A trial that continues in the next round counts once in each round. */
  readonly finished: number;
  /** Trials in all rounds. */
  readonly trials: number;
  /** The trials that are running. */
  readonly running: readonly RunningTrial[];
  /** The best single result so far; in a halving, of the last round that has results. */
  readonly best: TrialResult | undefined;
  /** Seconds since the start. */
  readonly seconds: number;
  /** Estimate of the seconds left; undefined at the start. */
  readonly secondsLeft: number | undefined;
}

/** A running trial. */
export interface RunningTrial {
  readonly trial: Trial;
  /** Iterations made. */
  readonly iteration: number;
  /** Iterations at the end of this round. */
  readonly numIters: number;
}

/** Counts a search's trials and the work in them. */
export class SweepMeter {
  readonly #start = performance.now();
  readonly #rounds: readonly (Round & { readonly trials: number })[];
  /** The mean cost of an iteration. */
  readonly #meanCost: number;
  readonly #running = new Map<string, RunningTrial & { readonly from: number }>();
  /** Work of the trials that finished in this run: iterations, each times its cost. */
  #done = 0;
  #finished = 0;
  /** The number of results by their number of iterations. */
  readonly #ended = new Map<number, number>();
  #best: TrialResult | undefined;

  constructor(rounds: readonly Round[], seeds: number, combinations: readonly TrialSettings[]) {
    this.#rounds = rounds.map((round) => ({ ...round, trials: round.combinations * seeds }));
    this.#meanCost = combinations.reduce((sum, settings) => sum + costOf(settings), 0) / combinations.length;
  }

  /** Trials in all rounds. */
  get trials(): number {
    return this.#rounds.reduce((sum, { trials }) => sum + trials, 0);
  }

  /** Seconds since the start. */
  get seconds(): number {
    return (performance.now() - this.#start) / 1000;
  }

  /** A trial has started or progressed; it had made `from` iterations before this run. */
  runs(trial: Trial, iteration: number, numIters: number, from: number): void {
    this.#running.set(trial.id, { trial, iteration, numIters, from });
  }

  /** A trial has finished, in this run or in an earlier one. */
  ends(result: TrialResult): void {
    const running = this.#running.get(result.id);
    this.#running.delete(result.id);
    if (running) this.#done += (result.iterations - running.from) * costOf(result.settings);
    this.#finished++;
    this.#ended.set(result.numIters, (this.#ended.get(result.numIters) ?? 0) + 1);
    if (isBetter(result, this.#best)) this.#best = result;
  }

  progress(): SweepProgress {
    const running = [...this.#running.values()];
    const underWay = running.reduce(
      (sum, { trial, iteration, from }) => sum + (iteration - from) * costOf(trial.settings),
      0,
    );
    const done = this.#done + underWay;
    const left = Math.max(0, this.#left() - underWay);
    const { seconds } = this;
    return {
      finished: this.#finished,
      trials: this.trials,
      running: running.map(({ trial, iteration, numIters }) => ({ trial, iteration, numIters })),
      best: this.#best,
      seconds,
      secondsLeft: done > 0 ? (seconds * left) / done : undefined,
    };
  }

  /** Work that has no result yet. Nobody knows which combinations will advance, so each counts with the mean cost. */
  #left(): number {
    let left = 0;
    let before = 0;
    for (const { trials, numIters } of this.#rounds) {
      const ended = this.#ended.get(numIters) ?? 0;
      left += Math.max(0, trials - ended) * (numIters - before) * this.#meanCost;
      before = numIters;
    }
    return left;
  }
}

function isBetter(result: TrialResult, best: TrialResult | undefined): boolean {
  if (result.valAccuracy === null) return false;
  if (best?.valAccuracy == null) return true;
  return result.numIters === best.numIters ? result.valAccuracy > best.valAccuracy : result.numIters > best.numIters;
}

/** The relative cost of an iteration. */
function costOf({ hiddenSize, batchSize }: TrialSettings): number {
  return hiddenSize * batchSize;
}

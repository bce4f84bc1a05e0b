/** How far a search is, and how long it will take. */
import type { Round } from './search.js';
import type { TrialSettings } from './settings.js';
import type { Trial, TrialResult } from './trial.js';

/** A search on its way. */
export interface SweepProgress {
  /** Trials that have ended, earlier ones included; a trial that goes on in a halving's next round counts in each. */
  readonly finished: number;
  /** Trials in all rounds. */
  readonly trials: number;
  /** Trials that run now, and how far they are. */
  readonly running: readonly RunningTrial[];
  /** The best single result so far; in a halving, of those that came furthest. */
  readonly best: TrialResult | undefined;
  /** Seconds since the start. */
  readonly seconds: number;
  /** Seconds left, by what has been done so far; undefined before anything has. */
  readonly secondsLeft: number | undefined;
}

/** A trial that runs now. */
export interface RunningTrial {
  readonly trial: Trial;
  /** Iterations made. */
  readonly iteration: number;
  /** Iterations that it will make in this round. */
  readonly numIters: number;
}

/** Keeps count of a search's trials and of the work in them. */
export class SweepMeter {
  readonly #start = performance.now();
  readonly #rounds: readonly (Round & { readonly trials: number })[];
  /** What an iteration costs on the average. */
  readonly #meanCost: number;
  readonly #running = new Map<string, RunningTrial & { readonly from: number }>();
  /** Work of the trials that have ended in this run: iterations, each times what it costs. */
  #done = 0;
  #finished = 0;
  /** How many results there are of each number of iterations. */
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

  /** A trial begins, or is so far; `from` iterations were made before this run of it. */
  runs(trial: Trial, iteration: number, numIters: number, from: number): void {
    this.#running.set(trial.id, { trial, iteration, numIters, from });
  }

  /** A trial has ended, in this run or in an earlier one. */
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

  /** Work without a result yet. Which combinations will go on is not known: the mean stands for each. */
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

/** What an iteration costs, in proportion. */
function costOf({ hiddenSize, batchSize }: TrialSettings): number {
  return hiddenSize * batchSize;
}

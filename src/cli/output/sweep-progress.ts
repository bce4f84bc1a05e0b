/** Shows the progress of a search on standard error: a bar on a terminal, one line per trial elsewhere. */
import { Presets, SingleBar } from 'cli-progress';
import type { Search } from '../../tune/search.js';
import type { SweepProgress } from '../../tune/sweep-progress.js';
import type { TrialResult } from '../../tune/trial.js';
import { formatDuration, formatRatio } from './format.js';
import { settingWords } from './sweep-report.js';

/** Shows the progress of a search on standard error. */
export interface SweepProgressView {
  /** Shows the current progress. */
  update(progress: SweepProgress): void;
  /** Shows the result of a trial. */
  result(result: TrialResult): void;
  /** Stops updating and leaves the last state visible. Further calls do nothing. */
  close(): void;
}

/**
 * @param finished - number of trials that an earlier run finished
 * @param search - the search, which determines the settings to show
 */
export function sweepProgressView(finished: number, search: Search): SweepProgressView {
  return process.stderr.isTTY ? new Bar(search) : new Lines(finished, search);
}

class Bar implements SweepProgressView {
  constructor(private readonly search: Search) {}

  private readonly bar = new SingleBar(
    {
      format: '{bar} {value}/{total} trials | best {best} | {left} left',
      barsize: Math.min(40, Math.max(5, (process.stderr.columns || 80) - 76)),
      stream: process.stderr,
      clearOnComplete: false,
      hideCursor: true,
      fps: 20,
    },
    Presets.shades_classic,
  );

  update({ finished, trials, running, best, secondsLeft }: SweepProgress): void {
    // A running trial counts as the fraction that it has completed.
    const underWay = running.reduce((sum, { iteration, numIters }) => sum + iteration / numIters, 0);
    const payload = {
      best: best?.valAccuracy
        ? `${formatRatio(best.valAccuracy)} (${settingWords(best.settings, best.seed, this.search)})`
        : '-',
      left: secondsLeft === undefined ? '-' : formatDuration(secondsLeft),
    };
    const value = Math.min(trials, Math.floor((finished + underWay) * 10) / 10);
    if (!this.bar.isActive && finished < trials) this.bar.start(trials, value, payload);
    else this.bar.update(value, payload);
  }

  result(): void {}

  close(): void {
    if (this.bar.isActive) this.bar.stop();
  }
}

class Lines implements SweepProgressView {
  private trials = 0;
  private best: number | undefined;
  private secondsLeft: number | undefined;

  constructor(
    private finished: number,
    private readonly search: Search,
  ) {}

  update({ trials, finished, secondsLeft }: SweepProgress): void {
    this.secondsLeft = secondsLeft;
    if (this.trials === 0 && finished > 0)
      process.stderr.write(`${finished} of ${trials} trials are already finished\n`);
    this.trials = trials;
  }

  result({ id, settings, seed, numIters, status, iterations, valAccuracy, seconds }: TrialResult): void {
    this.finished++;
    if (valAccuracy !== null) this.best = Math.max(this.best ?? 0, valAccuracy);
    const left = this.secondsLeft === undefined ? '' : `, ${formatDuration(this.secondsLeft)} left`;
    const tried = `${settingWords(settings, seed, this.search)}, ${numIters} iterations`;
    const outcome =
      status === 'diverged'
        ? `diverged at iteration ${iterations}`
        : `val accuracy ${formatRatio(valAccuracy ?? Number.NaN)}`;
    const count = `trial ${this.finished} of ${this.trials} (${id})`;
    const best = `best ${this.best === undefined ? '-' : formatRatio(this.best)}`;
    process.stderr.write(`${count}: ${tried}: ${outcome} (${formatDuration(seconds)}); ${best}${left}\n`);
  }

  close(): void {}
}

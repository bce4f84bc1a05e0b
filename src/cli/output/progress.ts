import { Presets, SingleBar } from 'cli-progress';
import { iterationLine, type TrainingProgress } from '../../training/history.js';
import { formatDuration } from './format.js';

/** Shows the progress of a training on standard error: a bar on a terminal, the article's lines elsewhere. */
export interface ProgressView {
  /** Shows the current progress. */
  update(progress: TrainingProgress): void;
  /** Stops updating and leaves the last state visible. Further calls do nothing. */
  close(): void;
}

/**
 * The view for standard error.
 *
 * @param begun - iterations that an earlier command has made, and shown
 */
export function progressView(numIters: number, begun = 0): ProgressView {
  return process.stderr.isTTY ? new Bar(numIters) : new Lines(begun);
}

/** Columns for the numbers beside the bar, with counts of up to six digits. */
const NUMBERS_WIDTH = 72;

class Bar implements ProgressView {
  private readonly bar: SingleBar;

  constructor(numIters: number) {
    const format = '{bar} {value}/{total} | loss {loss} | {rate} samples/s | {left} left';
    // cli-progress cuts off what is wider than the terminal, so the bar shrinks to leave room for the numbers.
    const barsize = Math.min(40, Math.max(5, (process.stderr.columns || 80) - NUMBERS_WIDTH));
    this.bar = new SingleBar(
      { format, barsize, stream: process.stderr, clearOnComplete: false, hideCursor: true, fps: 20 },
      Presets.shades_classic,
    );
    this.bar.start(numIters, 0, { loss: '-', rate: '-', left: '-' });
  }

  update({ iteration, numIters, loss, samplesPerSecond, seconds }: TrainingProgress): void {
    if (!this.bar.isActive) return;
    this.bar.update(iteration, {
      loss: loss.toFixed(6),
      rate: Math.round(samplesPerSecond).toLocaleString('en-US'),
      left: formatDuration(((numIters - iteration) * seconds) / iteration),
    });
  }

  close(): void {
    if (this.bar.isActive) this.bar.stop();
  }
}

class Lines implements ProgressView {
  private printed: number;

  constructor(begun: number) {
    this.printed = Math.ceil(begun / 100) * 100;
  }

  update({ numIters, history: { lossHistory } }: TrainingProgress): void {
    for (; this.printed < lossHistory.length; this.printed += 100) {
      process.stderr.write(`${iterationLine(this.printed, numIters, lossHistory[this.printed])}\n`);
    }
  }

  close(): void {}
}

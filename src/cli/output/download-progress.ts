import { Presets, SingleBar } from 'cli-progress';
import type { DownloadProgress } from '../../data/download/download-progress.js';
import { formatDuration } from './format.js';

/** Shows the progress of a download on standard error: a bar on a terminal, lines elsewhere. */
export interface DownloadView {
  /** Shows the current progress. */
  readonly update: (progress: DownloadProgress) => void;
  /** Stops updating and leaves the last state visible. Further calls do nothing. */
  readonly close: () => void;
}

/** The view for standard error. */
export function downloadView(): DownloadView {
  const bar = process.stderr.isTTY ? new Bar() : undefined;
  /** What the last line was about. */
  let shown = '';
  const update = (progress: DownloadProgress) => {
    const about = `${progress.step} ${progress.file}`;
    if (about !== shown || progress.step === 'wait') {
      bar?.stop();
      process.stderr.write(`${lineOf(progress)}\n`);
    }
    if (progress.step === 'download') bar?.show(progress);
    shown = about;
  };
  return { update, close: () => bar?.stop() };
}

/** The bytes of one file, from the first that it shows on. */
class Bar {
  readonly #bar = new SingleBar(
    {
      format: '{bar} {percentage} % | {here} of {all} | {rate} | {left} left',
      stream: process.stderr,
      hideCursor: true,
      fps: 10,
      barsize: 25,
    },
    Presets.shades_classic,
  );
  #startTime = 0;
  #startBytes = 0;

  show({ bytes, totalBytes }: DownloadProgress & { readonly step: 'download' }): void {
    if (!this.#bar.isActive) {
      this.#startTime = performance.now();
      this.#startBytes = bytes;
      this.#bar.start(totalBytes, bytes, { here: '-', all: formatBytes(totalBytes), rate: '-', left: '-' });
    }
    const rate = ((bytes - this.#startBytes) / (performance.now() - this.#startTime)) * 1000;
    const known = rate > 0 && { rate: `${formatBytes(rate)}/s`, left: formatDuration((totalBytes - bytes) / rate) };
    this.#bar.update(bytes, { here: formatBytes(bytes), ...known });
  }

  stop(): void {
    if (this.#bar.isActive) this.#bar.stop();
  }
}

function lineOf(progress: DownloadProgress): string {
  switch (progress.step) {
    case 'download': {
      const { url, bytes, totalBytes } = progress;
      const from = bytes > 0 ? `, from ${formatBytes(bytes)} on` : '';
      return `Downloading ${url} (${formatBytes(totalBytes)}${from})`;
    }
    case 'wait':
      return `${progress.reason}; trying again${progress.seconds > 0 ? ` in ${progress.seconds} s` : ''}`;
    case 'check':
      return `Checking ${progress.file}`;
    case 'unpack':
      return `Unpacking ${progress.file}`;
  }
}

/** A size in decimal units, as publishers give them: `4.5 kB`, `162.2 MB`. */
function formatBytes(bytes: number): string {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

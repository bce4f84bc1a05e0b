/** `--log` and `--tensorboard`: a training's history, written while it runs. */
import { join } from 'node:path';
import type { ImageShape } from '../../data/dataset.js';
import type { TwoLayerNet } from '../../net/two-layer-net.js';
import { makeFolder } from '../../platform/make-folder.js';
import { EVENT_FILE_PREFIX } from '../../report/logs/event-file.js';
import { historyLog, layoutOf } from '../../report/logs/history-log.js';
import { tensorboard } from '../../report/logs/tensorboard.js';
import type { TrainingProgress } from '../../training/history.js';
import type { NamedFiles } from './output-files.js';

/** The options of a command that name logs, parsed. */
export interface LogFlags {
  readonly log?: string;
  readonly tensorboard?: string;
}

/** Checks the names of logs and creates the folder of `--tensorboard`; returns the files, for `checkOutputs`. */
export async function checkLogs({ log, tensorboard: folder }: LogFlags): Promise<NamedFiles> {
  // Standard output is for the result: checkOutputs says so.
  if (log !== undefined && log !== '-') layoutOf(log);
  if (folder !== undefined) await makeFolder(folder);
  return { '--log': log, '--tensorboard': folder && join(folder, EVENT_FILE_PREFIX) };
}

/** The logs of one training. One that cannot be written any more is left, and the training goes on. */
export class Logs {
  #writing: ((progress: TrainingProgress) => void)[];
  #net: TwoLayerNet | undefined;
  #last: TrainingProgress | undefined;
  #failure: { readonly error: unknown } | undefined;

  /**
   * Opens the logs that are asked for.
   *
   * @param net - the net that is trained, to draw; undefined while there is none yet
   * @param imageShape - how a row is a picture; undefined when it is not one
   * @throws Error `ERR_NOT_WRITABLE`
   */
  constructor({ log, tensorboard: folder }: LogFlags, net: TwoLayerNet | undefined, imageShape?: ImageShape) {
    this.#net = net;
    const drawn = () => (imageShape ? this.#net : undefined);
    this.#writing = [
      ...(log === undefined ? [] : [historyLog(log)]),
      ...(folder === undefined ? [] : [tensorboard(folder, { net: drawn, imageShape })]),
    ];
  }

  /** Writes what is new. */
  follow(progress: TrainingProgress): void {
    this.#last = progress;
    this.#writing = this.#writing.filter((write) => {
      try {
        write(progress);
        return true;
      } catch (error) {
        this.#failure ??= { error };
        process.stderr.write(`warning: ${(error as Error).message}\n`);
        return false;
      }
    });
  }

  /** Draws the weights that training ended with, perhaps before its planned end. */
  end(net: TwoLayerNet): void {
    this.#net = net;
    if (this.#last) this.follow({ ...this.#last, numIters: this.#last.iteration });
  }

  /** @throws the error of the first log that could not be written */
  check(): void {
    if (this.#failure) throw this.#failure.error;
  }
}

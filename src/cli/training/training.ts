/** What `train` asks of the two kinds of training that it starts. */
import type { BackendChoice } from '../../backend/choose.js';
import type { ProcessGroup } from '../../backend/mpi/process-group.js';
import type { Dataset } from '../../data/dataset.js';
import type { Model } from '../../model/model-types.js';
import type { TwoLayerNet } from '../../net/two-layer-net.js';
import type { CheckpointOptions } from '../../training/checkpoint-options.js';
import type { TrainingHistory, TrainingProgress } from '../../training/history.js';
import type { SettingValues } from '../../training/settings.js';
import type { DataFlags } from '../options/load-data.js';
import type { TRAINING_FLAGS } from '../options/settings.js';

/** The options of `train`, parsed. */
export interface TrainOptions extends DataFlags {
  readonly settings: SettingValues<(typeof TRAINING_FLAGS)[number]>;
  /** Those of the settings that stand on the command line. */
  readonly given: Partial<SettingValues<(typeof TRAINING_FLAGS)[number]>>;
  readonly seed: number;
  readonly backend: BackendChoice;
  readonly threads?: number;
  /** How many nets to train; undefined for one. */
  readonly ensemble?: number;
}

/** A training that has not begun. */
export interface Training {
  /** Settings for a report while it runs. */
  readonly settings: Readonly<Record<string, string | number | boolean | null>>;
  /** The planned number of iterations; undefined if that is known only when it runs. */
  readonly numIters: number | undefined;
  /** The net, while it is trained; undefined if it is made only then. */
  readonly net: TwoLayerNet | undefined;
  run(hooks: TrainingHooks): Promise<Trained>;
}

export interface TrainingHooks {
  readonly onProgress: (progress: TrainingProgress) => void;
  /** Ends the training after the current iteration; what was trained is kept. */
  readonly signal: AbortSignal;
  /** The file to keep the training in. */
  readonly checkpoint?: CheckpointOptions;
  /** The file of a training to go on with. */
  readonly resume?: string;
  /** The processes that train together. */
  readonly group?: ProcessGroup | undefined;
}

/** A training that has ended. */
export interface Trained {
  readonly settings: Readonly<Record<string, string | number | boolean | null>>;
  readonly history: TrainingHistory;
  /** Whether it was ended by its signal. */
  readonly interrupted: boolean;
  /** What `--save` writes. */
  readonly model: Model;
  /** The net, and the rows as it reads them: for the report. */
  readonly net: TwoLayerNet;
  readonly data: Dataset;
  /** The result for programs: `--json`. */
  readonly result: object;
  /** The result for people, as lines of two columns; `total` is the time of the command in seconds. */
  lines(total: number): readonly (readonly [string, string])[];
}

/** What a page and its Worker say to each other while a classifier is trained. */
import type { ClassifierOptions } from '../classifier/options.js';
import type { DatasetInput, ImageShape } from '../data/dataset-input.js';
import type { Labels, PartName } from '../data/part.js';
import type { Column } from '../data/tables/column.js';
import type { Model } from '../model/model-types.js';
import type { RandomStateSnapshot } from '../random/random-state.js';
import type { EpochMetrics, TrainingProgress } from '../training/history.js';
import type { RowData } from '../validation/typed-arrays.js';

/** Rows as a message has them. */
export interface SentPart {
  readonly data: RowData;
  readonly mean: Float64Array | undefined;
  readonly y: Labels;
}

/** A data set as a message has it. */
export interface SentDataset
  extends Pick<DatasetInput, 'label' | 'source' | 'name' | 'numClasses'>,
    Partial<Record<PartName, SentPart>> {
  readonly inputSize: number;
  readonly classNames: readonly string[] | undefined;
  readonly columns: readonly Column[] | undefined;
  readonly imageShape: ImageShape | undefined;
}

/** The options that are sent: what is called stays in the page. */
export type SentOptions = Omit<ClassifierOptions, 'random' | 'signal' | 'callbacks' | 'onProgress' | 'onEpochEnd'>;

/** What the page asks for. */
export type Request =
  | {
      readonly kind: 'fit';
      readonly data: SentDataset;
      readonly options: SentOptions;
      readonly random: RandomStateSnapshot | undefined;
      /** The folder of the WebAssembly modules; undefined for the package's own. */
      readonly folder: string | undefined;
      /** What the page wants to be told. */
      readonly told: { readonly progress: boolean; readonly epochs: boolean; readonly model: number | undefined };
    }
  | { readonly kind: 'stop' }
  /** The page has dealt with the last report of progress. */
  | { readonly kind: 'taken' };

/** The curves of a training in progress. */
export const CURVES = [
  'lossHistory',
  'trainAccHistory',
  'valAccHistory',
  'valLossHistory',
  'learningRateHistory',
] as const satisfies readonly (keyof TrainingProgress['history'])[];

/** Lists of numbers, by the names of curves. */
export type Curves = Record<(typeof CURVES)[number], number[]>;

/** What the Worker answers. */
export type Answer =
  /** There is a classifier: from now on a stop gives it as it is. */
  | { readonly kind: 'begun' }
  | {
      readonly kind: 'progress';
      readonly progress: Omit<TrainingProgress, 'history'>;
      /** What was added to the curves since the last report. */
      readonly added: Curves;
      readonly model: Model | undefined;
    }
  | { readonly kind: 'epoch'; readonly metrics: EpochMetrics }
  | {
      readonly kind: 'done';
      readonly model: Model;
      readonly random: RandomStateSnapshot | undefined;
      /** The iterations that were planned, if training was stopped. */
      readonly stopped: number | undefined;
    }
  | { readonly kind: 'failed'; readonly error: SentError };

/** An error as a message has it. */
export interface SentError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  /** Its own fields, `code` among them. */
  readonly fields: Readonly<Record<string, unknown>>;
}

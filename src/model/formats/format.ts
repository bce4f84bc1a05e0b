import type { ModelFile } from '../model-file.js';
import type { LayoutOptions, Model } from '../model-types.js';

/** A format of model files. */
export interface ModelFormat {
  /** What it is called. */
  readonly name: string;
  /** The end of its files' names. */
  readonly extension: string;
  /** Those of {@link LayoutOptions} that it knows. */
  readonly options: readonly (keyof LayoutOptions)[];
  /** Whether a file may hold an ensemble. */
  readonly ensembles?: true;
  /** Whether a file that begins with these bytes, at most 16, is of this format. */
  recognises(head: Uint8Array): boolean;
  /**
   * The contents of a file, in chunks, with turns of the event loop in between.
   *
   * @param model - checked, and nobody else's
   * @throws (as a rejection) RangeError `ERR_OUT_OF_RANGE` when it is too large for the format
   */
  encode(
    model: Model,
    options: LayoutOptions,
  ): Promise<Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>>;
  /**
   * Reads a model. The file may be damaged or hostile.
   *
   * @throws (as a rejection) Error `ERR_MODEL_FILE`
   */
  read(file: ModelFile): Promise<Model>;
}

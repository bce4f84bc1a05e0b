/** The models of a server: each ready for predictions, and read again when its file changes. */
import { stat } from 'node:fs/promises';
import { Classifier } from '../classifier/classifier.js';
import type { ClassifierPredictor } from '../classifier/classifier-predictor.js';
import type { ImageShape } from '../data/dataset-input.js';
import { Matrix } from '../data/matrix.js';
import type { ComputeOptions } from '../net/options.js';
import { checkPath } from '../platform/replace-file.js';
import { isObject } from '../validation/check.js';
import { describe, wrongType } from '../validation/errors.js';
import { messageOf } from '../validation/kinds.js';
import { Batcher, type BatcherOptions } from './batcher.js';
import type { ServedModels } from './options.js';
import type { RowsReader } from './rows.js';

/** What batchers of all models have in common. */
export type Batching = Omit<BatcherOptions, 'predictor' | 'work' | 'onBatch'> & {
  readonly onBatch: (model: string, rows: number, requests: number) => void;
};

/** A model as it was read once. It is closed when it has been replaced and nobody uses it any more. */
export class LoadedModel implements RowsReader {
  readonly classifier: Classifier;
  readonly predictor: ClassifierPredictor;
  readonly inputSize: number;
  readonly imageShape: ImageShape | undefined;
  readonly numbers: RowsReader['numbers'];
  readonly batcher: Batcher;
  /** The beginning of an answer for each class: its label as JSON. */
  readonly labels: readonly string[];
  readonly loaded = new Date();
  #users = 0;
  #retired = false;

  constructor(name: string, classifier: Classifier, { onBatch, ...batching }: Batching) {
    const { net, nets, scaler, inputSize: D, hiddenSize: H } = classifier;
    this.classifier = classifier;
    this.predictor = classifier.prepare();
    this.inputSize = D;
    this.imageShape = net.imageShape;
    // What is scaled, or has a mean, is rounded after that.
    this.numbers = net.dtype === 'float64' || scaler || net.mean ? Float64Array : Float32Array;
    this.labels = classifier.classes.map((label) => JSON.stringify(typeof label === 'bigint' ? String(label) : label));
    this.batcher = new Batcher({
      ...batching,
      predictor: this.predictor,
      work: nets.length * D * H,
      onBatch: (rows, requests) => onBatch(name, rows, requests),
    });
  }

  use(): this {
    this.#users++;
    return this;
  }

  release(): void {
    this.#users--;
    this.#close();
  }

  retire(): void {
    this.#retired = true;
    this.#close();
  }

  #close(): void {
    if (this.#retired && this.#users === 0) this.predictor.close();
  }
}

/** What became of a look at a file that has changed. */
export interface Reload {
  /** Whether the new model is used. */
  readonly ok: boolean;
  /** The same for people. */
  readonly line: string;
}

/** A model under its name, the one that was last read without error. */
export class ServedModel {
  readonly name: string;
  readonly #source: string | Classifier;
  readonly #compute: ComputeOptions;
  readonly #batching: Batching;
  #current: LoadedModel;
  #seen: string;

  private constructor(
    name: string,
    source: string | Classifier,
    compute: ComputeOptions,
    batching: Batching,
    seen: string,
    classifier: Classifier,
  ) {
    this.name = name;
    this.#source = source;
    this.#compute = compute;
    this.#batching = batching;
    this.#seen = seen;
    this.#current = new LoadedModel(name, classifier, batching);
  }

  /** @throws (as a rejection) as `Classifier.load` */
  static async load(name: string, source: string | Classifier, compute: ComputeOptions, batching: Batching) {
    // What is changed while it is read is read again.
    const seen = typeof source === 'string' ? await stateOf(source) : '';
    const classifier = typeof source === 'string' ? await Classifier.load(source, compute) : source;
    return new ServedModel(name, source, compute, batching, seen, classifier);
  }

  get current(): LoadedModel {
    return this.#current;
  }

  /**
   * Reads the file again if it has changed. What cannot be read does not replace what was.
   *
   * @returns undefined if it has not changed
   */
  async look(): Promise<Reload | undefined> {
    const source = this.#source;
    if (typeof source !== 'string') return undefined;
    const now = await stateOf(source);
    if (now === this.#seen) return undefined;
    this.#seen = now;
    try {
      const classifier = await Classifier.load(source, this.#compute);
      const next = new LoadedModel(this.name, classifier, this.#batching);
      // It must also be able to predict.
      next.predictor.judgeNow(new Matrix(new Float64Array(next.inputSize), next.inputSize));
      this.#current.retire();
      this.#current = next;
      return { ok: true, line: `${this.name}: read again from ${source}` };
    } catch (error) {
      return { ok: false, line: `${this.name}: the new file is not used: ${messageOf(error)}` };
    }
  }

  close(): void {
    this.#current.retire();
  }
}

/** What a file looks like from outside; the same text for as long as it has not changed. */
async function stateOf(file: string): Promise<string> {
  const found = await stat(file, { bigint: true }).catch(() => undefined);
  return found ? `${found.dev} ${found.ino} ${found.size} ${found.mtimeNs}` : '';
}

/**
 * Checks names and sources of models.
 *
 * @throws TypeError `ERR_INVALID_TYPE`
 */
export function checkModels(models: ServedModels): [string, string | Classifier][] {
  if (!isObject(models) || Object.keys(models).length === 0) {
    throw wrongType("models by name, such as { fruit: 'fruit.safetensors' },", models);
  }
  return Object.entries(models).map(([name, source]) => {
    if (!NAME.test(name)) throw wrongType('a name of letters, digits, ., _ and - for a model', name);
    if (typeof source === 'string') checkPath(source);
    else if (typeof source?.prepare !== 'function')
      throw wrongType(`a file or a Classifier for ${describe(name)}`, source);
    return [name, source];
  });
}

/** What names of models look like: part of an address as they are. */
export const NAME = /^[a-z\d][\w.-]{0,63}$/i;

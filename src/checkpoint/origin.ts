/** Which training a checkpoint is of, so that no other one goes on with it. */
import { createHash } from 'node:crypto';
import type { LabelledRows } from '../../binding.js';
import { hashBytes } from '../platform/hash-bytes.js';
import { packageVersion } from '../platform/package-version.js';
import type { Pieces } from '../platform/turns.js';
import { isObject } from '../validation/check.js';
import { describe } from '../validation/errors.js';
import type { AnyValue } from '../validation/setting.js';
import { rowClassOf } from '../validation/typed-arrays.js';
import { checkpointError } from './checkpoint-error.js';

/** What a training is determined by, besides its first parameters and its stream, which a checkpoint holds. */
export interface Origin {
  /** The version of this package: another one may compute other last bits. */
  readonly version: string;
  /** The settings of the net and of the training by their names, and the backend. */
  readonly settings: Readonly<Record<string, AnyValue>>;
  /** SHA-256 hashes; null for what there is none of. */
  readonly data: { readonly [Part in DataPart]: string | null };
}

/** What is hashed, with the words for it in messages. */
const DATA_PARTS = {
  training: 'training rows or labels',
  validation: 'validation rows or labels',
  weights: 'classWeights or sampleWeights',
  rates: 'learning rates, of a schedule that is a function',
} as const;

type DataPart = keyof typeof DATA_PARTS;

/** What an {@link Origin} is made of. */
export interface OriginSource {
  readonly settings: Origin['settings'];
  readonly training: LabelledRows;
  readonly validation: LabelledRows | null;
  /** The weight of each training row; null for 1 each. */
  readonly weights: Float64Array | null;
  /** All learning rates of a schedule that is a function; null for others. */
  readonly rates: Float64Array | null;
}

/** The origin of a training; its data are hashed in pieces. */
export function* originOf({ settings, training, validation, weights, rates }: OriginSource): Pieces<Origin> {
  const data = {
    training: yield* hashOfRows(training),
    validation: validation && (yield* hashOfRows(validation)),
    weights: weights && (yield* hashOf([weights])),
    rates: rates && (yield* hashOf([rates])),
  };
  return { version: packageVersion(), settings, data };
}

function hashOfRows({ rows, labels }: LabelledRows): Pieces<string> {
  const { data, count, mean } = rows;
  return hashOf([data, ...(mean ? [mean] : []), labels], `${rowClassOf(data).name} ${count} ${mean !== null}\n`);
}

function* hashOf(arrays: readonly ArrayBufferView[], head = ''): Pieces<string> {
  const hash = createHash('sha256').update(head);
  for (const array of arrays) yield* hashBytes(hash, array);
  return hash.digest('hex');
}

/**
 * Checks that a checkpoint is of this training.
 *
 * @param saved - as the file has it: anything
 * @throws Error `ERR_CHECKPOINT` that names what is different
 */
export function checkSameOrigin(file: string, saved: unknown, now: Origin): void {
  if (!isObject(saved) || !isObject(saved.settings) || !isObject(saved.data)) {
    throw checkpointError(file, 'expected a record of its settings and data, found none');
  }
  const { version, settings, data } = saved;
  if (version !== now.version) {
    throw checkpointError(
      file,
      `it was begun with version ${version} of this package, which may compute other last bits than this one, ` +
        `${now.version}: install that version, or start again`,
    );
  }
  for (const name of new Set([...Object.keys(settings), ...Object.keys(now.settings)])) {
    if (settings[name] === now.settings[name]) continue;
    throw checkpointError(
      file,
      `it was begun with ${name} ${describe(settings[name])}, but received ${describe(now.settings[name])}: ` +
        'go on with the same settings, or start again',
    );
  }
  for (const part of Object.keys(DATA_PARTS) as DataPart[]) {
    if (data[part] === now.data[part]) continue;
    throw checkpointError(
      file,
      `it was begun with other ${DATA_PARTS[part]}: go on with the same data, and the same seed if it holds rows ` +
        'out, or start again',
    );
  }
}

/** The file that a training is kept in while it runs. */
import { encodeSafetensors } from '../data/safetensors/encode.js';
import { readSafetensors } from '../model/formats/safetensors.js';
import { withModelFile } from '../model/model-file.js';
import { parseJson } from '../platform/parse-json.js';
import { replaceFile } from '../platform/replace-file.js';
import { inTurns } from '../platform/turns.js';
import type { TrainingState } from '../training/state.js';
import { isObject } from '../validation/check.js';
import { describe } from '../validation/errors.js';
import { messageOf } from '../validation/kinds.js';
import { checkpointError } from './checkpoint-error.js';
import { checksum } from './checksum.js';
import { CHECKPOINT_FORMAT, CHECKPOINT_VERSION } from './layout.js';
import { recordOf, stateOf, tensorsOf } from './state-tensors.js';

/** A training that is kept in a file. */
export interface Checkpoint {
  /** The training as a value: `restoreTraining` makes a net of it. */
  readonly state: TrainingState;
  /** Whether the training has ended: the net then is the trained one. */
  readonly done: boolean;
  /** The `settings` of the option `checkpoint`; undefined if there were none. */
  readonly settings: Readonly<Record<string, unknown>> | undefined;
}

/** A {@link Checkpoint} with what tells which training it is of: see origin.ts. */
export interface KeptTraining extends Checkpoint {
  readonly origin: unknown;
}

/**
 * Writes a checkpoint, whole or not at all.
 *
 * @throws (as a rejection) Error `ERR_NOT_WRITABLE`
 */
export async function writeCheckpoint(file: string, { state, done, settings, origin }: KeptTraining): Promise<void> {
  const tensors = tensorsOf(state);
  const metadata = new Map([
    ['format', CHECKPOINT_FORMAT],
    ['format_version', CHECKPOINT_VERSION],
    ['origin', JSON.stringify(origin)],
    ['state', JSON.stringify({ ...recordOf(state), done })],
    ...(settings ? ([['settings', JSON.stringify(settings)]] as const) : []),
  ]);
  metadata.set('sha256', await inTurns(checksum(tensors, metadata)));
  await replaceFile(file, encodeSafetensors(tensors, metadata));
}

/**
 * Reads the checkpoint of a training: the state that it had, with the best parameters so far and the history. The
 * option `resume` of `train` and of `Classifier.fit` goes on with it; this is for looking at it.
 *
 * @throws (as a rejection) Error `ERR_CHECKPOINT` when it is missing, damaged or not a checkpoint; TypeError
 * `ERR_INVALID_TYPE` when `file` is not a string
 * @example
 * const { state } = await loadCheckpoint('run.checkpoint');
 * console.log(state.history.lossHistory.length, 'iterations');
 * const net = restoreTraining(state);
 */
export async function loadCheckpoint(file: string): Promise<Checkpoint> {
  const { state, done, settings } = await readCheckpoint(file);
  return { state, done, settings };
}

/** {@link loadCheckpoint}, with what tells which training it is of. */
export async function readCheckpoint(file: string): Promise<KeptTraining> {
  try {
    return await withModelFile(file, async (source) => {
      const { tensors, metadata } = await readSafetensors(source, (names) => names);
      checkFormat(metadata);
      if (metadata.get('sha256') !== (await inTurns(checksum(tensors, metadata)))) {
        throw new Error('its numbers are not those that were written, so it is damaged: start again');
      }
      const record = jsonOf(metadata, 'state');
      const settings = metadata.has('settings') ? jsonOf(metadata, 'settings') : undefined;
      const done = isObject(record) && record.done === true;
      const state = stateOf(tensors, withoutDone(record));
      return { state, done, settings: isObject(settings) ? settings : undefined, origin: jsonOf(metadata, 'origin') };
    });
  } catch (error) {
    throw explained(file, error);
  }
}

function withoutDone(record: unknown): unknown {
  if (!isObject(record)) return record;
  const { done: _, ...rest } = record;
  return rest;
}

function checkFormat(metadata: ReadonlyMap<string, string>): void {
  const format = metadata.get('format');
  if (format !== CHECKPOINT_FORMAT) {
    const model = format === 'two-layer-net' ? ', a model, which does not say how its training would go on' : '';
    throw new Error(`expected the format ${describe(CHECKPOINT_FORMAT)}, found ${describe(format)}${model}`);
  }
  const version = metadata.get('format_version');
  if (version === CHECKPOINT_VERSION) return;
  throw new Error(
    `expected format_version ${CHECKPOINT_VERSION}, found ${describe(version)}: go on with the version of this ` +
      'package that wrote it, or start again',
  );
}

function jsonOf(metadata: ReadonlyMap<string, string>, name: string): unknown {
  try {
    return parseJson(metadata.get(name) ?? '');
  } catch (cause) {
    throw new Error(
      `expected JSON for ${name} of its metadata, found ${describe(metadata.get(name))}: ${messageOf(cause)}`,
      { cause },
    );
  }
}

/** Errors of reading as those of checkpoints. A path that is no string is the caller's error. */
function explained(file: string, error: unknown): unknown {
  const { code, message } = error as Error & { code?: unknown };
  if (code === 'ERR_INVALID_TYPE') return error;
  const model = `Cannot read the model ${file}: `;
  const reason = code === 'ERR_MODEL_FILE' && message.startsWith(model) ? message.slice(model.length) : message;
  return checkpointError(file, reason.replace('a model file', 'a checkpoint'), error);
}

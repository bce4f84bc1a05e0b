/** Results of an earlier run, which are believed only if they are from the same data and within their ranges. */
import type { Pieces } from '../platform/turns.js';
import { checkNumber, isObject } from '../validation/check.js';
import { conflict, wrongType } from '../validation/errors.js';
import { TRIAL_SETTINGS } from './settings.js';
import type { TrialResult } from './trial.js';
import { completeSettings, trialId } from './trial-id.js';

/**
 * What is wrong with the result of a trial: it must have all its settings, the id that is theirs, and numbers within
 * their ranges. Undefined if nothing is.
 */
export function flawOf(value: unknown): string | undefined {
  try {
    if (!isObject(value)) throw wrongType('an object', value);
    checkResult(value);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function checkResult({ id, settings, seed, ...numbers }: Record<string, unknown>): void {
  if (!isObject(settings)) throw wrongType('an object for settings', settings);
  const missing = TRIAL_SETTINGS.find((name) => settings[name] === undefined);
  if (missing !== undefined) throw wrongType(`a value for settings.${missing}`, undefined);
  const complete = completeSettings(settings as Parameters<typeof completeSettings>[0]);
  checkNumber(seed, 'seed', { integer: true, min: 0, max: 2 ** 32 - 1 });
  if (id !== trialId(complete, seed as number)) throw wrongType('the id of these settings and this seed', id);
  const { numIters, iterations, status, valAccuracy, trainAccuracy, loss, seconds } = numbers;
  checkNumber(numIters, 'numIters', { integer: true, min: 1 });
  checkNumber(iterations, 'iterations', { integer: true, min: 0, max: numIters as number });
  if (status !== 'done' && status !== 'diverged') throw wrongType('done or diverged for status', status);
  if (status === 'done') checkShare(valAccuracy, 'valAccuracy');
  else if (valAccuracy !== null) throw wrongType('null for the valAccuracy of a trial that diverged', valAccuracy);
  if (trainAccuracy !== null) checkShare(trainAccuracy, 'trainAccuracy');
  if (loss !== null) checkNumber(loss, 'loss');
  checkNumber(seconds, 'seconds', { min: 0 });
}

function checkShare(value: unknown, name: string): void {
  checkNumber(value, name, { min: 0, max: 1 });
}

/** Hexadecimal digits by which results remember their data. */
const DIGITS = 16;

/** What results remember of their data, of the `fingerprint` of these. */
export function originOf(fingerprint: string): string {
  return fingerprint.slice(0, DIGITS);
}

/** Results that are checked between two looks at the clock. */
const PIECE = 16;

/**
 * Checks results that a search is to believe, in pieces.
 *
 * @param data - what results of these data remember
 * @throws TypeError `ERR_INVALID_TYPE` for something else than results, and for one that was changed; `ERR_CONFLICT`
 * for results of other data, of data that nobody knows, and for two that contradict each other
 */
export function* checkingEarlier(earlier: unknown, data: string): Pieces<readonly TrialResult[]> {
  if (!Array.isArray(earlier)) throw wrongType('an array of trial results for earlier', earlier);
  const known = new Map<string, TrialResult>();
  for (const [i, result] of earlier.entries()) {
    const flaw = flawOf(result);
    if (flaw !== undefined) throw wrongType('trial results for earlier', earlier, `: of number ${i}, ${flaw}`);
    checkOrigin(result as TrialResult, i, data);
    const { id, numIters, valAccuracy, status } = result as TrialResult;
    const same = known.get(`${id} ${numIters}`);
    if (same && (same.valAccuracy !== valAccuracy || same.status !== status)) {
      throw conflict(
        `Expected one result for each trial of earlier but received two for ${id} after ${numIters} iterations, with ` +
          `validation accuracies of ${same.valAccuracy} and ${valAccuracy}`,
      );
    }
    known.set(`${id} ${numIters}`, result as TrialResult);
    if (i % PIECE === PIECE - 1) yield;
  }
  return earlier as TrialResult[];
}

function checkOrigin({ data: origin }: TrialResult, i: number, data: string): void {
  if (origin === data) return;
  const whose = origin === undefined ? 'without data, the fingerprint of those that it is from' : 'of other data';
  throw conflict(
    `Expected results of a search on the same data for earlier but received one ${whose}, number ${i}: leave earlier ` +
      'out, or pass the rows, labels and means that it is from',
  );
}

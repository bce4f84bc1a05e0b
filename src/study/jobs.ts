/** Trials as jobs of a queue, and their results: both are checked by whoever takes them from there. */
import { flawOf } from '../tune/earlier.js';
import { resultKey } from '../tune/plan.js';
import type { TrialSettings } from '../tune/settings.js';
import { makeTrial, type Trial, type TrialResult } from '../tune/trial.js';
import { changedSettings, completeSettings } from '../tune/trial-id.js';
import { checkNumber, isObject } from '../validation/check.js';
import { withCode, wrongType } from '../validation/errors.js';

/** A trial to run. Settings are those that differ from their defaults, as in the file of results. */
export interface TrialJob {
  readonly settings: object;
  readonly seed: number;
  readonly round: number;
  /** Iterations at the end of this round. */
  readonly numIters: number;
  /** Iterations that an earlier round has made, whose state may be kept; 0 in the first round. */
  readonly from: number;
  /** Whether this is the last round, in which the training rows are judged too. */
  readonly last: boolean;
  /** The result that it has without running: it diverged in an earlier round, and would diverge again. */
  readonly known?: object | undefined;
}

/** A trial that was taken from a queue. */
export interface TakenTrial extends Omit<TrialJob, 'settings' | 'known'> {
  readonly trial: Trial;
  readonly known: TrialResult | undefined;
}

/** The job of a trial: its id is the same for the same trial and round, so that none is there twice. */
export function jobIdOf({ id, numIters }: { readonly id: string; readonly numIters: number }): string {
  return `${id}-${numIters}`;
}

/** The key of the result that a job is to have; undefined for the id of something else. */
export function keyOfJob(jobId: string): string | undefined {
  const [, id, numIters] = /^([0-9a-f]{12})-(\d{1,15})$/.exec(jobId) ?? [];
  return id === undefined ? undefined : resultKey({ id, numIters: Number(numIters) });
}

/** Bytes of a result as JSON, at most: warnings have a few sentences. */
const MOST_BYTES = 65_536;

/**
 * The trial of a job.
 *
 * @throws TypeError or RangeError for settings that do not exist, for numbers out of their ranges, and for a trial with
 * another id than its job
 */
export function takenTrial(jobId: string | undefined, data: unknown): TakenTrial {
  if (!isObject(data)) throw wrongType('an object for the trial', data);
  const { seed, round, numIters, from, last, known } = data;
  const whole = (value: unknown, name: string, min: number, max?: number) =>
    checkNumber(value, name, { integer: true, min, ...(max !== undefined && { max }) });
  const trial = makeTrial(settingsIn(data.settings), whole(seed, 'seed', 0, 2 ** 32 - 1));
  const taken = {
    trial,
    seed: trial.seed,
    round: whole(round, 'round', 0, 64),
    numIters: whole(numIters, 'numIters', 1),
    from: whole(from, 'from', 0, numIters as number),
    last: last === true,
  };
  const id = jobIdOf({ id: trial.id, numIters: taken.numIters });
  if (id !== jobId) throw wrongType(`the id ${id} for a job of this trial`, jobId);
  return { ...taken, known: known === undefined ? undefined : resultIn(known) };
}

/** What a queue keeps of a result. */
export function lineOf(result: TrialResult): object {
  return { ...inOrder(result), settings: changedSettings(result.settings) };
}

/**
 * The result in what a queue has kept.
 *
 * @throws Error `ERR_STUDY` for something else than the result of a trial
 */
export function resultIn(value: unknown): TrialResult {
  const fail = (what: string) => withCode(new Error(`not the result of a trial: ${what}`), 'ERR_STUDY');
  if (!isObject(value)) throw fail('expected an object');
  if (JSON.stringify(value).length > MOST_BYTES) throw fail(`expected at most ${MOST_BYTES} bytes`);
  const result = { ...value, settings: settingsIn(value.settings) } as unknown as TrialResult;
  const flaw = flawOf(result) ?? flawOfRest(result);
  if (flaw !== undefined) throw fail(flaw);
  return inOrder(result);
}

function settingsIn(changed: unknown): TrialSettings {
  if (!isObject(changed)) throw wrongType('an object for settings', changed);
  return completeSettings(changed as Partial<Record<string, never>>) as unknown as TrialSettings;
}

function flawOfRest({ data, warnings = [] }: { readonly data?: unknown; readonly warnings?: unknown }) {
  if (typeof data !== 'string' || !/^[0-9a-f]{16}$/.test(data)) return 'it does not say what data it is from';
  if (!Array.isArray(warnings) || warnings.length > 100) return 'its warnings are no list';
  const isWarning = (one: unknown) => isObject(one) && /^WARN_\w+$/.test(`${one.code}`) && isText(one.message);
  return warnings.every(isWarning) ? undefined : 'its warnings are not those of a training';
}

/** Text that a terminal may show. */
function isText(value: unknown): boolean {
  return typeof value === 'string' && !/[^\P{Cc}\n]/u.test(value);
}

/** The parts of a result in the order in which a search has them, whatever a server made of it. */
function inOrder(result: TrialResult): TrialResult {
  const { id, settings, seed, numIters, status, iterations, loss, seconds, warnings, data } = result;
  const { valAccuracy, trainAccuracy } = result;
  const numbers = { id, settings, seed, numIters, status, iterations, loss, seconds };
  const told = warnings && { warnings: warnings.map(({ code, message }) => ({ code, message })) };
  return { ...numbers, ...told, valAccuracy, trainAccuracy, data };
}

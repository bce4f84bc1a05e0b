/** The learning rate of each iteration. */
import { disown } from '../validation/callback.js';
import { checkOneOf, checkOptions, isObject } from '../validation/check.js';
import { conflict, describe, withCode, wrongType } from '../validation/errors.js';
import { SCHEDULES, type ScheduleKind, type SettingName, type SettingValues } from './settings.js';

/** A schedule with its numbers, in place of the settings of the same meaning. */
export interface ScheduleOptions {
  /** Which one. */
  readonly kind: ScheduleKind;
  /** As the setting `warmup`. */
  readonly warmup?: number;
  /** Of `cosine`: as the setting `finalRate`. */
  readonly final?: number;
  /** Of `step`: as the setting `stepEvery`. */
  readonly every?: number;
  /** Of `step` and `exponential`: as the setting `rateFactor`. */
  readonly factor?: number;
}

/**
 * The learning rate of an iteration: a number of at least 0. It is called for all iterations before the first of them;
 * one that is called twice with the same numbers should return the same, or a continued training is another one.
 *
 * @param iteration - from 0
 * @param numIters - iterations in all, those that `resume` has made included
 */
export type ScheduleFunction = (iteration: number, numIters: number) => number;

/** What the option `schedule` may be. */
export type Schedule = ScheduleKind | ScheduleOptions | ScheduleFunction;

/** The settings that a {@link ScheduleOptions} stands for, by its keys. */
const KEYS = { warmup: 'warmup', final: 'finalRate', every: 'stepEvery', factor: 'rateFactor' } as const;
type Key = keyof typeof KEYS;

/** What else these keys are called. */
const OTHER_KEYS: Readonly<Record<string, keyof ScheduleOptions>> = {
  ...Object.fromEntries(Object.entries(KEYS).map(([key, name]) => [name, key as Key])),
  type: 'kind',
  name: 'kind',
  schedule: 'kind',
  gamma: 'factor',
  rate: 'factor',
  step: 'every',
  stepSize: 'every',
  min: 'final',
  end: 'final',
};

/** The numbers that each kind has. */
const KEYS_OF: Readonly<Record<ScheduleKind, readonly Key[]>> = {
  decay: ['warmup'],
  constant: ['warmup'],
  step: ['warmup', 'every', 'factor'],
  exponential: ['warmup', 'factor'],
  cosine: ['warmup', 'final'],
};

/** The names of the settings that a schedule consists of. */
export const SCHEDULE_SETTINGS = ['schedule', ...Object.values(KEYS)] as const satisfies readonly SettingName[];
type ScheduleSetting = (typeof SCHEDULE_SETTINGS)[number];

/** The values of these settings as somebody gave them, unchecked. */
type GivenSchedule = { readonly [Name in ScheduleSetting]?: unknown };

/**
 * The settings that the option `schedule` stands for, beside those that were given by their own names.
 *
 * @returns the settings, and the schedule if it is a function
 * @throws TypeError `ERR_INVALID_TYPE`, `ERR_UNKNOWN_OPTION`; `ERR_CONFLICT` for a number that the schedule does not
 * have, or that is given twice
 */
export function readSchedule(given: GivenSchedule): {
  readonly settings: GivenSchedule;
  readonly custom: ScheduleFunction | undefined;
} {
  const { schedule, warmup, finalRate, stepEvery, rateFactor } = given;
  const numbers = { warmup, finalRate, stepEvery, rateFactor };
  if (typeof schedule === 'function') {
    const beside = Object.values(KEYS).find((name) => numbers[name] !== undefined);
    if (beside) throw saidTwice(`a schedule that is a function, which decides every rate, and ${beside}`);
    return { settings: {}, custom: schedule as ScheduleFunction };
  }
  if (schedule === undefined || typeof schedule === 'string') {
    return { settings: { schedule, ...numbers }, custom: undefined };
  }
  if (!isObject(schedule)) {
    throw wrongType("one of the schedules' names, an object { kind, … } or a function for schedule", schedule);
  }
  return {
    settings: { ...numbers, ...readObject(schedule as unknown as ScheduleOptions, numbers) },
    custom: undefined,
  };
}

function readObject(schedule: ScheduleOptions, beside: GivenSchedule): GivenSchedule {
  checkOptions(schedule, 'schedule', ['kind', ...(Object.keys(KEYS) as Key[])], OTHER_KEYS);
  const kind = checkOneOf(schedule.kind, 'schedule.kind', SCHEDULES);
  const settings: { [Name in ScheduleSetting]?: unknown } = { schedule: kind };
  for (const key of Object.keys(KEYS) as Key[]) {
    if (schedule[key] === undefined) continue;
    if (!KEYS_OF[kind].includes(key)) {
      throw conflict(
        `Expected ${KEYS_OF[kind].join(' and ')} at most beside schedule.kind ${describe(kind)} but received ` +
          `${key} (${describe(schedule[key])}): leave it out, or choose another kind`,
      );
    }
    if (beside[KEYS[key]] !== undefined) throw saidTwice(`schedule.${key} and ${KEYS[key]}, which are the same`);
    settings[KEYS[key]] = schedule[key];
  }
  return settings;
}

function saidTwice(both: string): Error {
  return conflict(`Expected one of two but received ${both}: leave one of them out`);
}

/** What decides the rates of a training. */
export interface RateSettings
  extends Readonly<SettingValues<ScheduleSetting | 'learningRate' | 'learningRateDecay' | 'numIters'>> {
  /** E. */
  readonly iterationsPerEpoch: number;
}

/** The most iterations whose rates are made at once: 1 GiB. */
const MAX_RATES = 2 ** 27;

/** Whether the backend's own decay makes the rates. They do not depend on the number of iterations then. */
export function isOfBackend({ schedule, warmup }: Readonly<SettingValues<'schedule' | 'warmup'>>): boolean {
  return warmup === 0 && (schedule === 'decay' || schedule === 'constant');
}

/**
 * The rates of the iterations from `first` on; null where the backend's own decay does the same.
 *
 * @throws RangeError or TypeError that names the iteration, for a function's rate that is not a number of at least 0;
 * RangeError `ERR_OUT_OF_RANGE` for more iterations than fit into memory
 */
export function ratesOf(
  settings: RateSettings,
  custom: ScheduleFunction | undefined,
  first: number,
): Float64Array | null {
  const { numIters } = settings;
  if (!custom && isOfBackend(settings)) return null;
  if (numIters - first > MAX_RATES) {
    throw withCode(
      new RangeError(`Expected at most ${MAX_RATES} iterations with a schedule but received ${numIters - first}`),
      'ERR_OUT_OF_RANGE',
    );
  }
  const rateAt = custom ?? scheduleOf(settings);
  return Float64Array.from({ length: numIters - first }, (_, i) =>
    checkRate(rateAt(first + i, numIters), first + i, settings),
  );
}

function checkRate(rate: unknown, iteration: number, { schedule, learningRate }: RateSettings): number {
  if (typeof rate === 'number' && Number.isFinite(rate) && rate >= 0) return rate;
  disown(rate);
  const message =
    `Expected a finite number of at least 0 as the learning rate of iteration ${iteration} but ` +
    `the schedule returned ${describe(rate)}, for a learningRate of ${learningRate}` +
    (schedule === 'decay' ? '' : ` and schedule ${describe(schedule)}`);
  if (typeof rate !== 'number') throw withCode(new TypeError(message), 'ERR_INVALID_TYPE');
  throw withCode(new RangeError(message), Number.isFinite(rate) ? 'ERR_OUT_OF_RANGE' : 'ERR_NOT_FINITE');
}

/** The rate of each iteration by the settings. */
export function scheduleOf(settings: RateSettings): ScheduleFunction {
  const { warmup, learningRate } = settings;
  const after = rateAfterWarmup(settings);
  return (iteration) =>
    iteration < warmup ? (learningRate * (iteration + 1)) / warmup : learningRate * after(iteration - warmup);
}

/** The share of the learning rate that is left in iteration t after the warm-up. */
function rateAfterWarmup(settings: RateSettings): (t: number) => number {
  const { schedule, warmup, numIters, learningRate, learningRateDecay, iterationsPerEpoch } = settings;
  const { finalRate, stepEvery, rateFactor } = settings;
  const iterations = numIters - warmup;
  switch (schedule) {
    case 'decay':
      return (t) => learningRateDecay ** Math.ceil(t / iterationsPerEpoch);
    case 'constant':
      return () => 1;
    case 'step': {
      const every = stepEvery || Math.max(1, Math.ceil(iterations / 3));
      return (t) => (rateFactor || 0.1) ** Math.floor(t / every);
    }
    case 'exponential': {
      const factor = rateFactor || 0.01 ** (1 / Math.max(1, iterations - 1));
      return (t) => factor ** t;
    }
    case 'cosine': {
      const end = finalRate / learningRate;
      return (t) => end + ((1 - end) * (1 + Math.cos((Math.PI * t) / iterations))) / 2;
    }
  }
}

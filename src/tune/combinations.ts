/** The combinations of a space: how many there are, all of them in their order, or some drawn at random. */
import type { Pieces } from '../platform/turns.js';
import type { RandomState } from '../random/random-state.js';
import { idleSettings, withIdleDefaults } from '../training/concerns.js';
import { SETTINGS } from '../training/settings.js';
import type { AnyValue } from '../validation/setting.js';
import {
  isRange,
  type ResolvedChoices,
  type ResolvedSpace,
  TRIAL_SETTINGS,
  type TrialSettingName,
  type TrialSettings,
} from './settings.js';
import { drawOne, rangeInGrid } from './space.js';

/** Combinations that are made between two looks at the clock. */
const PIECE = 32;

/**
 * The combinations beside which the same settings mean nothing: for one optimizer, one schedule, and a momentum and a
 * patience that are 0 or are not. Within a group, every place in the lists that it accepts is combined with every
 * other.
 */
interface Group {
  /** Whether it has the value at this place in the list of a setting; of one that means nothing, only the first. */
  accepts(name: TrialSettingName, place: number): boolean;
  /** How many values it has of a setting: Infinity for numbers of a range. */
  size(name: TrialSettingName): number;
}

const YES_AND_NO = [true, false] as const;

function groupsOf(space: ResolvedSpace): Group[] {
  return space.optimizer.flatMap((optimizer) =>
    space.schedule.flatMap((schedule) =>
      YES_AND_NO.flatMap((momentum) =>
        YES_AND_NO.flatMap((patience) => groupOf(space, { optimizer, schedule }, { momentum, patience })),
      ),
    ),
  );
}

/** For each setting of which only this decides: whether its values are above 0. */
type AboveZero = Readonly<Record<'momentum' | 'patience', boolean>>;

/** The group of these deciding settings; none if nothing in the space belongs to it. */
function groupOf(
  space: ResolvedSpace,
  kinds: Pick<TrialSettings, 'optimizer' | 'schedule'>,
  above: AboveZero,
): Group[] {
  const deciding = { ...kinds, momentum: Number(above.momentum), patience: Number(above.patience) };
  const idle: readonly string[] = idleSettings(deciding);
  const decides = (name: string): name is keyof AboveZero => name in above && !idle.includes(name);
  const fits = (name: keyof AboveZero, place: number) => {
    const choices = space[name];
    return isRange(choices) || choices[place] > 0 === above[name];
  };
  const places = (name: keyof AboveZero) => {
    const choices = space[name];
    if (isRange(choices)) return above[name] ? sizeOf(name, choices) : 0;
    return choices.filter((_, place) => fits(name, place)).length;
  };
  for (const name of ['momentum', 'patience'] as const) {
    // A momentum that means nothing is the same whatever it is.
    if (decides(name) ? places(name) === 0 : !above[name]) return [];
  }
  const accepts = (name: TrialSettingName, place: number) => {
    if (idle.includes(name)) return place === 0;
    if (name === 'optimizer' || name === 'schedule') return space[name][place] === kinds[name];
    return !decides(name) || fits(name, place);
  };
  const size = (name: TrialSettingName) => {
    if (idle.includes(name) || name === 'optimizer' || name === 'schedule') return 1;
    return decides(name) ? places(name) : sizeOf(name, space[name]);
  };
  return [{ accepts, size }];
}

function sizeOf(name: TrialSettingName, choices: ResolvedChoices): number {
  if (!isRange(choices)) return choices.length;
  return SETTINGS[name].type === 'integer' ? choices.high - choices.low + 1 : Number.POSITIVE_INFINITY;
}

/** How many combinations differ in what they mean; Infinity for a space with a range of numbers that are not whole. */
export function countOf(space: ResolvedSpace): number {
  const counts = groupsOf(space).map(({ size }) => TRIAL_SETTINGS.reduce((count, name) => count * size(name), 1));
  return counts.reduce((sum, count) => sum + count, 0);
}

/**
 * Every combination of the lists, the last setting varying fastest; each once, without what means nothing in it. They
 * are made one at a time.
 *
 * @throws TypeError `ERR_INVALID_TYPE` for a range
 */
export function* combinationsIn(space: ResolvedSpace): Generator<TrialSettings, void, undefined> {
  const ranged = TRIAL_SETTINGS.find((name) => isRange(space[name]));
  if (ranged) throw rangeInGrid(ranged);
  const lists: Readonly<Record<string, readonly AnyValue[]>> = space as never;
  const chosen = Object.fromEntries(TRIAL_SETTINGS.map((name) => [name, lists[name][0]]));
  const varied = TRIAL_SETTINGS.filter((name) => lists[name].length > 1);
  function* from(at: number, groups: readonly Group[]): Generator<TrialSettings, void, undefined> {
    if (at === varied.length) {
      yield withIdleDefaults({ ...chosen } as unknown as TrialSettings);
      return;
    }
    const name = varied[at];
    for (const [place, value] of lists[name].entries()) {
      const left = groups.filter(({ accepts }) => accepts(name, place));
      if (left.length === 0) continue;
      chosen[name] = value;
      yield* from(at + 1, left);
    }
  }
  yield* from(0, groupsOf(space));
}

/** All of {@link combinationsIn}, in pieces. */
export function* enumerating(space: ResolvedSpace): Pieces<TrialSettings[]> {
  const all: TrialSettings[] = [];
  for (const settings of combinationsIn(space)) {
    all.push(settings);
    if (all.length % PIECE === 0) yield;
  }
  return all;
}

/**
 * Draws `count` different combinations, in pieces; fewer if the space has fewer: it ends as soon as all are drawn, or
 * when new ones have become too rare to be found. The same stream gives the same ones, and a larger count gives these
 * and more.
 */
export function* drawing(space: ResolvedSpace, count: number, random: RandomState): Pieces<TrialSettings[]> {
  const drawn = new Map<string, TrialSettings>();
  const most = Math.min(count, countOf(space));
  // Of so many equally likely combinations, a new one is missed so often in a row once in 10⁸ times.
  const patience = () => 1000 + 20 * drawn.size;
  for (let tries = 0, vain = 0; drawn.size < most && tries < 200 * count && vain < patience(); tries++) {
    const before = drawn.size;
    const entries = TRIAL_SETTINGS.map((name) => [name, drawOne(name, space[name], random)] as const);
    const settings = withIdleDefaults(Object.fromEntries(entries) as unknown as TrialSettings);
    drawn.set(JSON.stringify(settings), settings);
    vain = drawn.size > before ? 0 : vain + 1;
    if (tries % PIECE === 0) yield;
  }
  return [...drawn.values()];
}

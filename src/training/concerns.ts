/** Settings that mean nothing unless others have certain values. */
import { conflict, describe, type Naming } from '../validation/errors.js';
import type { AnyValue } from '../validation/setting.js';
import { entryOf, type SettingName, type SettingValues } from './settings.js';

/** The settings that decide whether others concern a training. */
type Deciding = SettingValues<'optimizer' | 'momentum' | 'schedule' | 'patience'>;

interface Concern {
  readonly names: readonly SettingName[];
  /** Whether they mean something beside these settings. */
  readonly concerns: (settings: Deciding) => boolean;
  /** A value that contradicts nothing, since it means that there is none of it. */
  readonly neutral?: AnyValue;
  /** What they need, for a message. */
  readonly needs: (name: Naming) => string;
  /** What may have been meant, for a message. */
  readonly instead?: (name: Naming) => string;
  /** What stands in the way, by the name of its setting. */
  readonly decidedBy: (settings: Deciding) => keyof Deciding;
}

const isAdam = ({ optimizer }: Deciding) => optimizer !== 'sgd';

const CONCERNS: readonly Concern[] = [
  {
    names: ['momentum'],
    concerns: (settings) => !isAdam(settings),
    neutral: 0,
    needs: (name) => `${name('optimizer')} "sgd"`,
    decidedBy: () => 'optimizer',
  },
  {
    names: ['nesterov'],
    concerns: (settings) => !isAdam(settings) && settings.momentum > 0,
    neutral: false,
    needs: (name) => `${name('optimizer')} "sgd" and a ${name('momentum')} above 0`,
    decidedBy: (settings) => (isAdam(settings) ? 'optimizer' : 'momentum'),
  },
  {
    names: ['beta1', 'beta2', 'epsilon'],
    concerns: isAdam,
    needs: (name) => `${name('optimizer')} "adam" or "adamw"`,
    decidedBy: () => 'optimizer',
  },
  {
    names: ['weightDecay'],
    concerns: ({ optimizer }) => optimizer === 'adamw',
    neutral: 0,
    needs: (name) => `${name('optimizer')} "adamw"`,
    instead: (name) => ` (${name('reg')} is the strength of a penalty, for every optimizer)`,
    decidedBy: () => 'optimizer',
  },
  {
    names: ['learningRateDecay'],
    concerns: ({ schedule }) => schedule === 'decay',
    neutral: 1,
    needs: (name) => `${name('schedule')} "decay"`,
    decidedBy: () => 'schedule',
  },
  ofSchedules('finalRate', 'cosine'),
  ofSchedules('stepEvery', 'step'),
  ofSchedules('rateFactor', 'step', 'exponential'),
  {
    names: ['monitor', 'minGain'],
    concerns: ({ patience }) => patience > 0,
    needs: (name) => `a ${name('patience')} above 0`,
    decidedBy: () => 'patience',
  },
];

function ofSchedules(setting: SettingName, ...kinds: readonly Deciding['schedule'][]): Concern {
  return {
    names: [setting],
    concerns: ({ schedule }) => kinds.includes(schedule),
    needs: (name) => `${name('schedule')} ${kinds.map(describe).join(' or ')}`,
    decidedBy: () => 'schedule',
  };
}

/** The settings that mean nothing beside the others. */
export function idleSettings(settings: Deciding): SettingName[] {
  return CONCERNS.flatMap(({ names, concerns }) => (concerns(settings) ? [] : names));
}

/** The settings without those that mean nothing beside the others. */
export function withoutIdle<Settings extends Deciding>(settings: Settings): Settings {
  const idle: readonly string[] = idleSettings(settings);
  return Object.fromEntries(Object.entries(settings).filter(([name]) => !idle.includes(name))) as Settings;
}

/** The settings with the default of each that means nothing beside the others. */
export function withIdleDefaults<Settings extends Deciding>(settings: Settings): Settings {
  const idle = idleSettings(settings).filter((name) => name in settings);
  const defaults = idle.map((name) => [name, defaultOf(name)]);
  return { ...settings, ...Object.fromEntries(defaults) };
}

/** The settings of a trial that may mean nothing. */
const CONCERNED = CONCERNS.flatMap(({ names }) => names).filter((name) => entryOf(name).search);

function defaultOf(name: SettingName): AnyValue | undefined {
  return entryOf(name).default;
}

/**
 * Checks that no setting was given that means nothing beside the others.
 *
 * @param given - what was given, undefined for what was not. If all settings were, as those of a trial, some are there
 * only for completeness: those that have their defaults
 * @param settings - the same with defaults in place
 * @throws TypeError `ERR_CONFLICT`
 */
export function checkConcerns(given: { readonly [Name in SettingName]?: unknown }, settings: Deciding): void {
  const complete = CONCERNED.every((name) => given[name] !== undefined);
  const isMeant = (name: SettingName) => given[name] !== undefined && !(complete && given[name] === defaultOf(name));
  for (const { names, concerns, neutral, needs, decidedBy, instead } of CONCERNS) {
    const name = names.find((one) => isMeant(one) && given[one] !== neutral);
    if (name === undefined || concerns(settings)) continue;
    const decided = decidedBy(settings);
    const unsaid = given[decided] === undefined ? ', the default' : '';
    throw conflict(
      (called) =>
        `${called(name)} ${describe(given[name])} only works with ${needs(called)}, but ${called(decided)} is ` +
        `${describe(settings[decided])}${unsaid}. To fix this, pass ${needs(called)}, or leave ${called(name)} out` +
        (instead?.(called) ?? ''),
    );
  }
}

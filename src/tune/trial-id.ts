/**
 * The id of a trial: a hash of its settings and its seed, the same on any machine.
 *
 * The text that is hashed is `v2` and canonical JSON of the seed and of those settings that differ from their defaults,
 * by their names in alphabetical order, each number in the shortest digits that give it back. A setting that is added
 * to the table therefore changes no id, and results of an earlier version stay usable. A default that is published must
 * not change; if one has to, raise the version.
 */
import { createHash } from 'node:crypto';
import { SETTINGS, settingNames } from '../training/settings.js';
import { checkOptions } from '../validation/check.js';
import { type AnyValue, checkSetting, type SettingsTable } from '../validation/setting.js';
import type { TrialSettings } from './settings.js';

const VERSION = 'v2';

/** Values of settings by their names, of any table. */
type Values = Readonly<Record<string, AnyValue>>;

/**
 * Twelve hexadecimal digits for these settings and this seed.
 *
 * @param table - the settings that exist; another one than the package's only to test how ids depend on it
 */
export function trialId(settings: Values | TrialSettings, seed: number, table: SettingsTable = SETTINGS): string {
  const text = `${VERSION} ${JSON.stringify({ seed, settings: changedSettings(settings, table) })}`;
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

/** The settings that differ from their defaults, by their names in alphabetical order. */
export function changedSettings(settings: Values | TrialSettings, table: SettingsTable = SETTINGS): Values {
  const values: Values = settings;
  const changed = namesIn(table).filter((name) => values[name] !== table[name].default);
  return Object.fromEntries(changed.sort().map((name) => [name, values[name]]));
}

/**
 * The settings of a trial, complete: those given, checked, and the defaults of the others.
 *
 * @throws TypeError or RangeError for a setting that does not exist or has a value that it does not allow
 */
export function completeSettings(changed: Partial<Values>, table: SettingsTable = SETTINGS): Values {
  const names = namesIn(table);
  checkOptions(changed, 'the settings of a trial', names);
  const given = (name: string) => (Object.hasOwn(changed, name) ? changed[name] : table[name].default);
  return Object.fromEntries(names.map((name) => [name, checkSetting(table[name], name, given(name))]));
}

function namesIn(table: SettingsTable): string[] {
  return settingNames(({ search }) => search === true, table);
}

/** Command-line options that follow from the table of settings: their flags, help, defaults and checks. */
import { Option } from 'commander';
import {
  entryOf,
  SETTINGS,
  type SettingName,
  type SettingsWith,
  type SettingValues,
  settingNames,
} from '../../training/settings.js';
import { ARTICLE_SPACE } from '../../tune/search.js';
import { type SearchSpace, TRIAL_SETTINGS, type TrialSettingName } from '../../tune/settings.js';
import { type AnyValue, checkSetting, ruleOf, type Setting } from '../../validation/setting.js';
import { argument, flagOf, listParser, numberParser, type Parser } from './numbers.js';

/** The name of a setting that has a flag. */
export type FlaggedSetting = SettingsWith<{ flag: string }>;

/** The settings that a training has on the command line, in the order of its help; `--threads` stands elsewhere. */
export const TRAINING_FLAGS = settingNames(({ flag }) => flag !== undefined).filter(
  (name) => name !== 'threads',
) as readonly Exclude<FlaggedSetting, 'threads'>[];

/** Those of them that the net takes, and those that its training takes. */
export const NET_FLAGS = namesOf('net');
export const TRAIN_FLAGS = namesOf('training');

function namesOf<Of extends 'net' | 'training'>(of: Of) {
  return TRAINING_FLAGS.filter((name) => SETTINGS[name].of === of) as unknown as readonly Exclude<
    SettingsWith<{ flag: string; of: Of }>,
    'threads'
  >[];
}

/** The option for one setting, with a default of the command's own where that differs from the library's. */
export function settingOption(name: FlaggedSetting, defaultValue?: AnyValue): Option {
  const setting = entryOf(name);
  const option = new Option(SETTINGS[name].flag, setting.description);
  const value = defaultValue ?? setting.default;
  if (setting.type === 'choice') option.choices([...setting.choices]);
  else if (setting.type !== 'boolean') option.argParser(numberParser(ruleOf(setting), flagOf(option.flags)));
  return value === undefined ? option : option.default(value);
}

/** The options for all settings of a training. */
export function trainingOptions(defaults: { readonly [Name in FlaggedSetting]?: AnyValue }): Option[] {
  return TRAINING_FLAGS.map((name) => settingOption(name, defaults[name]));
}

/** An option for a list of one setting's values, separated by commas; undefined if the option is not given. */
export function settingListOption(flags: string, name: SettingName, description: string): Option {
  return new Option(flags, description).argParser(listParser(valueParser(entryOf(name), flagOf(flags))));
}

/** The values of settings among the parsed options of a command, where each has the name of its flag. */
export function settingsFrom<Name extends FlaggedSetting>(
  names: readonly Name[],
  options: object,
): SettingValues<Name> {
  const values = options as Readonly<Record<string, unknown>>;
  return Object.fromEntries(names.map((name) => [name, values[attributeOf(name)]])) as SettingValues<Name>;
}

/** The name that commander gives to a setting's value: `learningRate` for `--learning-rate <number>`. */
export function attributeOf(name: FlaggedSetting): string {
  return new Option(SETTINGS[name].flag).attributeName();
}

/** The name of a setting's flag without dashes: `learning-rate`. */
export function flagName(name: FlaggedSetting): string {
  return new Option(SETTINGS[name].flag).name();
}

/** The options for what a search tries, one for each setting that it may vary; the default is the article's search. */
export function spaceOptions(): Option[] {
  return TRIAL_SETTINGS.map((name) => {
    const setting = entryOf(name);
    const flag = flagOf(SETTINGS[name].flag);
    const article: SearchSpace = ARTICLE_SPACE;
    const tried = article[name] ?? setting.default;
    const choices = setting.type === 'choice' ? `: some of ${setting.choices.join(',')}` : '';
    return new Option(`${flag} <values>`, `${setting.description}${choices}`)
      .argParser(choicesParser(setting, flag))
      .default(tried, Array.isArray(tried) ? tried.join(',') : String(tried));
  });
}

/** The search space among the parsed options of a command. */
export function spaceFrom(options: object): SearchSpace {
  return settingsFrom<TrialSettingName>(TRIAL_SETTINGS, options) as SearchSpace;
}

/** Parses `1e-2,1e-3`, `float32,float64`, and for numbers `0.1..1` or `log:1e-5..1e-2`. */
function choicesParser(setting: Setting, flag: string): Parser<unknown> {
  const parse = valueParser(setting, flag);
  return (text) => {
    const range = setting.type === 'number' || setting.type === 'integer' ? /^(log:)?(.*)\.\.(.*)$/.exec(text) : null;
    if (!range) return listParser(parse)(text);
    const [, log, low, high] = range;
    return { low: parse(low), high: parse(high), scale: log ? 'log' : 'linear' };
  };
}

/** Parses one value of a setting. */
function valueParser(setting: Setting, flag: string): Parser<AnyValue> {
  if (setting.type === 'number' || setting.type === 'integer') return numberParser(ruleOf(setting), flag);
  const value = (text: string) => (setting.type === 'boolean' ? ({ true: true, false: false }[text] ?? text) : text);
  return argument((text) => checkSetting(setting, flag, value(text)));
}

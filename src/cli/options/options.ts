/** Command-line options made from the library's own settings: one table drives errors, defaults and help. */
import { InvalidArgumentError, Option } from 'commander';
import { type BackendChoice, type BackendInfo, backendInfo } from '../../backend/choose.js';
import { type NumberSetting, ruleOf, SETTINGS, type SettingName } from '../../training/settings.js';
import type { Choices, TrialSettingName } from '../../tune/settings.js';
import { checkNumber, type NumberRule } from '../../validation/check.js';

/** Parses the text of an option as a number that `rule` allows. */
function numberParser(rule: NumberRule, name: string): (text: string) => number {
  return (text) => {
    // Number('') is 0.
    const value = text.trim() === '' ? Number.NaN : Number(text);
    try {
      return checkNumber(value, name, rule);
    } catch (error) {
      const { message } = error as Error;
      throw new InvalidArgumentError(message.replace(/received .*$/, `received ${JSON.stringify(text)}`));
    }
  };
}

/** An option for a number of the command's own. */
export function numberOption(flags: string, meaning: string, rule: NumberRule, defaultValue?: number): Option {
  const option = new Option(flags, meaning).argParser(numberParser(rule, flags.split(' ')[0]));
  return defaultValue === undefined ? option : option.default(defaultValue);
}

/** An option for a list of one of the library's settings, separated by commas; undefined where it is not given. */
export function settingListOption(flags: string, name: SettingName, meaning: string): Option {
  const parse = numberParser(ruleOf(SETTINGS[name] as NumberSetting), flags.split(' ')[0]);
  return new Option(flags, meaning).argParser((text) => [...new Set(text.split(',').map(parse))]);
}

/** An option for a list of counts, separated by commas; true where it is given without one. */
export function countListOption(flags: string, meaning: string): Option {
  const parse = numberParser({ integer: true, min: 1, max: 1000 }, flags.split(' ')[0]);
  return new Option(flags, meaning).argParser((text) => [...new Set(text.split(',').map(parse))]);
}

/** An option for some of the words in `known`, separated by commas. */
export function listOption(flags: string, meaning: string, known: readonly string[], defaultValue: string[]): Option {
  const parse = (text: string) => {
    const words = text.split(',');
    const unknown = words.find((word) => !known.includes(word));
    if (unknown === undefined) return [...new Set(words)];
    throw new InvalidArgumentError(`Expected some of ${known.join(',')} but received ${JSON.stringify(unknown)}`);
  };
  return new Option(flags, `${meaning}: some of ${known.join(',')}`)
    .argParser(parse)
    .default(defaultValue, defaultValue.join(','));
}

/** An option for one of the library's settings, with a default of the command's own where that differs. */
export function settingOption(flags: string, name: SettingName, defaultValue?: number): Option {
  const entry = SETTINGS[name] as NumberSetting;
  const option = new Option(flags, entry.description).argParser(numberParser(ruleOf(entry), flags.split(' ')[0]));
  const value = defaultValue ?? entry.default;
  return value === undefined ? option : option.default(value);
}

/** `--seed`, as RandomState takes it; `of` says what is drawn. */
export function seedOption(of: string): Option {
  const rule: NumberRule = { integer: true, min: 0, max: 2 ** 32 - 1 };
  return new Option('--seed <n>', `seed of ${of}`).argParser(numberParser(rule, '--seed')).default(0);
}

/** `--backend`. */
export function backendOption(): Option {
  return new Option('--backend <name>', 'arithmetic: the native addon, TypeScript, or the best there is')
    .choices(['auto', 'native', 'js'])
    .default('auto');
}

/** `--backend` and `--threads`. */
export function computeOptions(): Option[] {
  return [backendOption(), settingOption('--threads <n>', 'threads')];
}

/** What runs with these options. To be asked before any work: a backend that cannot be had is told at once. */
export function computeInfo({ backend, threads }: { backend: BackendChoice; threads?: number }): BackendInfo {
  return { ...backendInfo(backend), ...(threads ? { threads } : {}) };
}

/** `--data`, `--full-test`. */
export function dataOptions(): Option[] {
  return [
    new Option(
      '--data <dir>',
      'folder with the CIFAR-10 binary files, or with cifar-10-batches-bin in it (default: data/ where it has ' +
        'them, else a synthetic stand-in)',
    ),
    new Option('--full-test', 'test on all 10 000 test records instead of the first 1000').default(false),
  ];
}

/** Parses `1e-2,1e-3`, `0.1..1` or `log:1e-5..1e-2`. */
function choicesParser(name: TrialSettingName, flag: string): (text: string) => Choices {
  const parse = numberParser(ruleOf(SETTINGS[name] as NumberSetting), flag);
  return (text) => {
    const range = /^(log:)?(.*)\.\.(.*)$/.exec(text);
    if (!range) return text.split(',').map(parse);
    const [, log, low, high] = range;
    return { low: parse(low), high: parse(high), scale: log ? 'log' : 'linear' };
  };
}

/** An option for what a search tries of one setting; values unless told otherwise, as on the command line. */
export function choicesOption(flags: string, name: TrialSettingName, defaultValue: string): Option {
  const flag = flags.split(' ')[0];
  const parse = choicesParser(name, flag);
  return new Option(flags, SETTINGS[name].description).argParser(parse).default(parse(defaultValue), defaultValue);
}

/** `--report` and `--serve`. */
export function reportOptions(): Option[] {
  const port = numberParser({ integer: true, min: 0, max: 65_535 }, '--serve');
  return [
    new Option('--report <dir>', 'write report.html there: settings, curves, weights, mistakes, in one page'),
    new Option('--serve [port]', 'show the report live, on 127.0.0.1, until Ctrl-C (a free port unless given)')
      .argParser(port)
      .preset('0'),
  ];
}

/** `--json`. */
export function jsonOption(): Option {
  return new Option('--json <file>', 'write the result for programs (- for standard output)');
}

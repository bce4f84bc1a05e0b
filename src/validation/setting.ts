/** What an entry of the table of settings says, and how a value is checked by it. */
import { checkNumber, checkOneOf, type NumberRule } from './check.js';
import { wrongType } from './errors.js';

/** A value of any setting. */
export type AnyValue = number | string | boolean;

/** What every entry of the table says, whatever its type. */
interface Described {
  /** Whether it is an option of a new net (`net`) or of `train` (`training`). */
  readonly of: 'net' | 'training';
  /** One line for help and documentation; a number's unit is part of it. */
  readonly description: string;
  /** The flag of the command line with the name of its value; `--no-…` is not needed. Left out: no flag. */
  readonly flag?: `--${string}`;
  /** The name in charts and reports; the setting's own name if left out. */
  readonly label?: string;
  /** The name in tables and in the article's lines; the setting's own name if left out. */
  readonly short?: string;
  /** A search may vary it. Such a setting needs a default: it is part of a trial's id when it differs from it. */
  readonly search?: true;
  /** The backend gets it, in `call.settings`. */
  readonly engine?: true;
  /** The library requires the option: the default is that of the command line and of a search. */
  readonly required?: true;
}

/** A setting that is a number; `integer` allows whole numbers only. */
export interface NumberSetting extends Described, Omit<NumberRule, 'integer'> {
  readonly type: 'number' | 'integer';
  readonly default?: number;
}

/** A setting that is one of some words. */
export interface ChoiceSetting extends Described {
  readonly type: 'choice';
  readonly choices: readonly string[];
  readonly default: string;
}

/** A setting that is on or off. */
export interface BooleanSetting extends Described {
  readonly type: 'boolean';
  readonly default: boolean;
}

/** One entry of the table. */
export type Setting = NumberSetting | ChoiceSetting | BooleanSetting;

/** A table of settings. Functions that work by the table accept another one, so that a test can add a setting. */
export type SettingsTable = Readonly<Record<string, Setting>>;

/**
 * `value` if the setting allows it, or the setting's default if it is undefined; `name` stands in the error.
 *
 * @throws TypeError `ERR_INVALID_TYPE` for a value of the wrong type and for a word that is not among the choices;
 * RangeError `ERR_NOT_FINITE` or `ERR_OUT_OF_RANGE` for a number
 */
export function checkSetting(entry: Setting, name: string, value: unknown): AnyValue {
  const chosen = value === undefined && !entry.required ? entry.default : value;
  if (entry.type === 'choice') return checkOneOf(chosen, name, entry.choices);
  if (entry.type !== 'boolean') return checkNumber(chosen, name, ruleOf(entry));
  if (typeof chosen === 'boolean') return chosen;
  throw wrongType(`true or false for ${name}`, chosen);
}

/** The range of a number's setting. */
export function ruleOf({ type, min, max, exclusiveMin, exclusiveMax }: NumberSetting): NumberRule {
  return {
    integer: type === 'integer',
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
    ...(exclusiveMin !== undefined && { exclusiveMin }),
    ...(exclusiveMax !== undefined && { exclusiveMax }),
  };
}

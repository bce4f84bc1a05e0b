/** Options that are numbers or words of a command, and lists of them. */
import { InvalidArgumentError, Option } from 'commander';
import { checkNumber, type NumberRule } from '../../validation/check.js';
import { isError } from '../../validation/kinds.js';

/** Turns the text of an option into its value, and throws commander's error for a wrong one. */
export type Parser<Value> = (text: string) => Value;

/** The flag alone: `--seed` of `--seed <n>`. */
export function flagOf(flags: string): string {
  return flags.split(' ')[0];
}

/** Makes an error of `parse` commander's own, which ends the program as wrong usage. */
export function argument<Value>(parse: Parser<Value>): Parser<Value> {
  return (text) => {
    try {
      return parse(text);
    } catch (error) {
      if (isError(error)) throw new InvalidArgumentError(error.message);
      throw error;
    }
  };
}

/** Parses numbers that `rule` allows; `name` stands in the error. */
export function numberParser(rule: NumberRule, name: string): Parser<number> {
  return argument((text) => {
    // Number('') is 0.
    const value = text.trim() === '' ? Number.NaN : Number(text);
    return checkNumber(value, name, rule, text);
  });
}

/** Parses values separated by commas, each once. */
export function listParser<Value>(parse: Parser<Value>): Parser<Value[]> {
  return (text) => [...new Set(text.split(',').map(parse))];
}

/** An option for a number that belongs to the command alone. */
export function numberOption(flags: string, description: string, rule: NumberRule, defaultValue?: number): Option {
  const option = new Option(flags, description).argParser(numberParser(rule, flagOf(flags)));
  return defaultValue === undefined ? option : option.default(defaultValue);
}

/** An option for a list of counts, separated by commas; true if the option is given without a list. */
export function countListOption(flags: string, description: string): Option {
  const parse = numberParser({ integer: true, min: 1, max: 1000 }, flagOf(flags));
  return new Option(flags, description).argParser(listParser(parse));
}

/** An option for some of the words in `known`, separated by commas. */
export function listOption(
  flags: string,
  description: string,
  known: readonly string[],
  defaultValue: string[],
): Option {
  const parse = (text: string) => {
    if (known.includes(text)) return text;
    throw new InvalidArgumentError(`Expected some of ${known.join(',')} but received ${JSON.stringify(text)}`);
  };
  return new Option(flags, `${description}: some of ${known.join(',')}`)
    .argParser(listParser(parse))
    .default(defaultValue, defaultValue.join(','));
}

/** `--seed`, as RandomState accepts it; `of` says what is drawn. */
export function seedOption(of: string): Option {
  return numberOption('--seed <n>', `seed of ${of}`, { integer: true, min: 0, max: 2 ** 32 - 1 }, 0);
}

/** What commander's messages do not say: names of flags elsewhere, `--lr` for `--learning-rate`, and variables. */
import type { Command, Option } from 'commander';
import { SETTINGS } from '../../training/settings.js';
import { elsewhere, meaningOf } from '../../validation/other-names.js';
import type { SettingsTable } from '../../validation/setting.js';
import { flagOf } from './numbers.js';

/** Makes a command, and all below it, say what an unknown flag is called here, and which variable one may be set by. */
export function explainOtherNames(command: Command): void {
  command.configureOutput({ outputError: (message, write) => write(explained(message, command)) });
  for (const below of command.commands) explainOtherNames(below);
}

/** Commander's message, with what is meant in place of its own suggestion. */
function explained(message: string, command: Command): string {
  const required = command.options.find(
    ({ flags, envVar }) => envVar && message.includes(`required option '${flags}'`),
  );
  if (required) return `${message.trimEnd()}: pass it, or set ${required.envVar}\n`;
  const [error, flag] = /^error: unknown option '(--[^'=]+)[^']*'/.exec(message) ?? [];
  if (!error || !flag) return message;
  const flags = new Map(command.options.map((option) => [nameOf(option), option.long]));
  const meaning = meaningOf(flag.slice(2), [...flags.keys()]);
  if (meaning?.kind === 'option') return `${error}\n(Did you mean ${flags.get(meaning.option)}?)\n`;
  if (meaning?.kind === 'unsupported') return `${error}: ${withFlags(meaning.reason)}\n`;
  // What commander suggests is spelt almost like the flag.
  if (meaning === undefined || message.includes('Did you mean')) return message;
  const others = meaning.options.flatMap((name) => settingFlag(name) ?? []);
  return others.length > 0 ? `${error}: ${elsewhere(others)}\n` : message;
}

/** What the library calls a flag. */
function nameOf(option: Option): string {
  return Object.keys(SETTINGS).find((name) => settingFlag(name) === option.long) ?? option.attributeName();
}

/** A reason of other-names.ts, which names settings where they mean settings, with their flags. */
function withFlags(reason: string): string {
  return reason.replace(/\w+/g, flagOfSetting);
}

/** The flag of a setting; the name itself if it has none. */
export function flagOfSetting(name: string): string {
  return settingFlag(name) ?? name;
}

function settingFlag(name: string): string | undefined {
  const settings: SettingsTable = SETTINGS;
  const flag = settings[name]?.flag;
  return flag && flagOf(flag);
}

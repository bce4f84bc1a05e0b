/** Options that take one value and are given twice: the second value would silently replace the first. */
import type { Command } from 'commander';

/** Makes a command, and all below it, refuse a second value of an option that takes one. */
export function refuseSecondValues(command: Command): void {
  for (const option of command.options) {
    if (option.variadic || !(option.required || option.optional)) continue;
    let given = 0;
    command.on(`option:${option.name()}`, () => {
      if (++given === 1) return;
      command.error(`error: option '${option.flags}' takes one value, and is given twice: leave one out`, {
        code: 'commander.optionGivenTwice',
      });
    });
  }
  for (const below of command.commands) refuseSecondValues(below);
}

import { Command } from 'commander';
import { agentCommand } from './study/agent.js';
import { createCommand } from './study/create.js';
import { removeCommand, resumeCommand, stopCommand } from './study/manage.js';
import { resultsCommand } from './study/results.js';
import { watchCommand } from './study/watch.js';

/** `two-layer-net study`: searches on many machines. */
export function studyCommand(): Command {
  return new Command('study')
    .description(
      'Search on many machines: agents take the trials of studies from a queue on Redis, Valkey or PostgreSQL. Needs ' +
        'the packages bullmq and ioredis, or bullmq and pg.',
    )
    .addCommand(createCommand())
    .addCommand(agentCommand())
    .addCommand(watchCommand())
    .addCommand(resultsCommand())
    .addCommand(stopCommand())
    .addCommand(resumeCommand())
    .addCommand(removeCommand());
}

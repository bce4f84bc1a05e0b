import { Command } from 'commander';
import type { Queues } from '../../../study/queues.js';
import { removeStudy, resumeStudy, stopStudy } from '../../../study/studies.js';
import { queueOption, withQueues } from '../../options/queue.js';

/** `two-layer-net study stop`. */
export function stopCommand(): Command {
  return managing(
    'stop',
    'Let no further trial of a study begin; those that run go on to their ends.',
    (queues, name) =>
      stopStudy(queues, name).then(() => `Stopped ${name}: two-layer-net study resume ${name} goes on with it`),
  );
}

/** `two-layer-net study resume`. */
export function resumeCommand(): Command {
  return managing('resume', 'Go on with a study that was stopped.', (queues, name) =>
    resumeStudy(queues, name).then(() => `${name} goes on`),
  );
}

/** `two-layer-net study remove`. */
export function removeCommand(): Command {
  return managing('remove', 'Remove a study with its trials and results from the queue.', (queues, name) =>
    removeStudy(queues, name).then(() => `Removed ${name}`),
  );
}

function managing(verb: string, description: string, action: (queues: Queues, name: string) => Promise<string>) {
  return new Command(verb)
    .description(description)
    .argument('<name>', 'name of the study')
    .addOption(queueOption())
    .action(async (name: string, { queue }: { queue: string }) => {
      process.stderr.write(`${await withQueues(queue, (queues) => action(queues, name))}\n`);
    });
}

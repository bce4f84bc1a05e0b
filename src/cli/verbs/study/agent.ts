import { Command, Option } from 'commander';
import { type BackendChoice, chooseBackend } from '../../../backend/choose.js';
import { defaultThreads } from '../../../platform/processors.js';
import { runAgent } from '../../../study/agent.js';
import type { AgentEvent } from '../../../study/agent-settings.js';
import { loadStudyData } from '../../../study/load.js';
import { computeOptions } from '../../options/compute.js';
import { numberOption } from '../../options/numbers.js';
import { queueOption, withQueues } from '../../options/queue.js';
import { formatDuration, formatRatio, printable } from '../../output/format.js';
import { Interruption } from '../../output/interruption.js';
import { settingWords } from '../../output/sweep-report.js';
import { formatCount } from '../../output/table.js';

/** The options of `study agent` as commander passes them. */
interface AgentOptions {
  queue: string;
  study?: string;
  count?: number;
  exitWhenDone: boolean;
  data?: string;
  atOnce?: number;
  lock: number;
  backend: BackendChoice;
  threads?: number;
}

/** Milliseconds between two looks at the studies. */
const LOOK = 1000;

/** `two-layer-net study agent`. */
export function agentCommand(): Command {
  const command = new Command('agent').description(
    'Run trials of studies on this machine, until Ctrl-C or SIGTERM, which give its trials back to the queue.',
  );
  const count = { integer: true, min: 1 } as const;
  const options = [
    queueOption(),
    new Option('--study <name>', 'work on this study alone (default: all, the oldest first)'),
    numberOption('--count <n>', 'end after so many trials', count),
    new Option('--exit-when-done', 'end when no study has trials left').default(false),
    new Option('--data <path>', 'path or URL of the data on this machine (default: as the study says)'),
    numberOption('--at-once <n>', 'trials at a time, which share the threads (default: one per thread)', count),
    numberOption(
      '--lock <seconds>',
      'without a sign for so long, an agent counts as lost, and its trials are given to others: the same everywhere',
      { min: 1, max: 3600 },
      30,
    ),
    ...computeOptions(),
  ];
  for (const option of options) command.addOption(option);
  return command.action(run);
}

async function run(options: AgentOptions): Promise<void> {
  const { queue, study, count, exitWhenDone, data, lock } = options;
  const { name: backend, capabilities } = chooseBackend(options.backend);
  // On this thread only one trial at a time makes sense.
  const threads = capabilities.threads && capabilities.offMainThread ? (options.threads ?? defaultThreads()) : 1;
  const places = Math.min(options.atOnce ?? threads, count ?? Number.POSITIVE_INFINITY);
  const interruption = new Interruption('Giving the trials back to the queue');
  const { trials, refused } = await withQueues(queue, (queues) =>
    interruption.during(
      () =>
        runAgent(queues, {
          study,
          count,
          exitWhenDone,
          backend,
          places,
          threads: Math.max(1, Math.floor(threads / places)),
          lock: lock * 1000,
          look: LOOK,
          load: (one, signal) => loadStudyData(one, data, signal),
          onEvent: show,
          signal: interruption.signal,
        }),
      () => {},
    ),
  );
  process.stderr.write(`Ran ${formatCount(trials, 'trial')}\n`);
  process.exitCode = interruption.exitCode;
  if (refused.size > 0 && trials === 0) process.exitCode = 1;
}

function show(event: AgentEvent): void {
  const say = (line: string) => process.stderr.write(`${printable(line)}\n`);
  if (event.kind === 'trouble') return void say(event.message);
  if (event.kind === 'waiting') return void say('No study has trials to run: waiting for one');
  const { name, search } = event.study;
  if (event.kind === 'study') say(`Working on ${name}`);
  else if (event.kind === 'removed') say(`${name} was removed`);
  else if (event.kind === 'refused') say(`Cannot work on ${name}: ${event.message}`);
  else {
    const { id, settings, seed, numIters, valAccuracy, seconds } = event.result;
    const outcome = valAccuracy === null ? 'diverged' : `val accuracy ${formatRatio(valAccuracy)}`;
    const tried = `${settingWords(settings, seed, search)}, ${numIters} iterations`;
    say(`${name} ${id}: ${tried}: ${outcome} (${formatDuration(seconds)})`);
  }
}

import { Command, Option } from 'commander';
import { backendInfo } from '../../../backend/choose.js';
import { makeReport } from '../../../report/document/make-report.js';
import { StudyFollower } from '../../../study/follow.js';
import { readOutcomes } from '../../../study/outcomes.js';
import { planOf } from '../../../study/plan.js';
import { planning } from '../../../study/planner.js';
import type { Queues } from '../../../study/queues.js';
import { getStudy } from '../../../study/studies.js';
import { StudyMeter, summaryOf } from '../../../study/summary.js';
import { resultKey } from '../../../tune/plan.js';
import { numberParser } from '../../options/numbers.js';
import { queueOption, withQueues } from '../../options/queue.js';
import { Interruption } from '../../output/interruption.js';
import { KeptResults } from '../../output/kept-results.js';
import { searchFollower, startLive } from '../../output/live.js';
import { publishReport } from '../../output/publish-report.js';
import { lostWords, studyLines } from '../../output/study-report.js';
import { sweepProgressView } from '../../output/sweep-progress.js';
import { settingsWords } from '../../output/sweep-report.js';

/** The options of `study watch` as commander passes them. */
interface WatchOptions {
  queue: string;
  serve?: number;
}

/** `two-layer-net study watch`. */
export function watchCommand(): Command {
  const port = numberParser({ integer: true, min: 0, max: 65_535 }, '--serve');
  const live = new Option('--serve [port]', 'show the progress live on 127.0.0.1 (default: a free port)');
  return new Command('watch')
    .description('Show the progress of a study until it is done: results, the best so far, the time left.')
    .argument('<name>', 'name of the study')
    .addOption(queueOption())
    .addOption(live.argParser(port).preset('0'))
    .action((name: string, options: WatchOptions) => withQueues(options.queue, (queues) => run(queues, name, options)));
}

/** Milliseconds after which a round that nobody plans is planned here. */
const LOCK = 30_000;

async function run(queues: Queues, name: string, { serve }: WatchOptions): Promise<void> {
  const study = await getStudy(queues, name);
  const { search, validationRows } = study;
  const plan = await planOf(search);
  const before = await readOutcomes(queues, study);
  const meter = new StudyMeter(study, plan, before.results.values());
  const base = {
    created: new Date(study.created),
    backend: backendInfo(),
    data: undefined,
    settings: settingsWords(search),
  };
  const interruption = new Interruption('The study goes on without this window');
  const live = await startLive(serve, makeReport({ ...base, status: 'running' }), () => interruption.stop());
  const view = sweepProgressView(before.results.size, search);
  const page = live && searchFollower(live, search, [...before.results.values()], validationRows);
  const follower = new StudyFollower(queues, study, {
    onResult: (result) => {
      if (before.results.has(resultKey(result))) return;
      meter.take(result);
      view.result(result);
      page?.onResult(result);
    },
    onLost: (lost) => void process.stderr.write(`${lostWords(lost)}\n`),
    onLook: () => {
      view.update(meter.progress());
      page?.onProgress(meter.progress());
    },
  });
  interruption.signal.addEventListener('abort', () => void follower.close());
  // Without an agent, as after the last of a batch, rounds are planned here.
  const planner = planning(queues, study, LOCK);
  try {
    await interruption.during(
      () => follower.untilDone(),
      () => view.close(),
    );
  } finally {
    view.close();
    await planner.close();
    await follower.close();
  }
  const summary = await summaryOf(study, plan, follower.outcomes);
  const interrupted = interruption.signal.aborted;
  process.stdout.write(`${studyLines(summary, interrupted ? 'not done' : 'done').join('\n')}\n`);
  const found = { ...summary, best: undefined, seconds: meter.progress().seconds };
  const status = interrupted ? 'interrupted' : 'done';
  const targets = { folder: undefined, live, leaving: interruption.bySignal };
  await publishReport({ ...base, search: found, status }, targets, new KeptResults());
  process.exitCode = interruption.exitCode;
}

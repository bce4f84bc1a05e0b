/** `--serve`: the report of a command, live. */

import type { TwoLayerNet } from '../../net/two-layer-net.js';
import type { ReportData } from '../../report/content/report-data.js';
import type { ReportDataset } from '../../report/document/make-report.js';
import { weightsOf } from '../../report/document/make-report.js';
import { LiveReport } from '../../report/live/live-server.js';
import type { TrainingProgress } from '../../training/history.js';
import { rank } from '../../tune/ranking.js';
import type { Search } from '../../tune/search.js';
import type { SweepProgress } from '../../tune/sweep-progress.js';
import type { TrialResult } from '../../tune/trial.js';

/** Serves `report` where `--serve` asks for it, and says where. */
export async function startLive(
  port: number | undefined,
  report: ReportData,
  onStop: () => void,
): Promise<LiveReport | undefined> {
  if (port === undefined) return undefined;
  const live = await LiveReport.start(report, { port, onStop });
  process.stderr.write(`Live report: ${live.url}\n`);
  return live;
}

/** Milliseconds between pictures of the weights. */
const WEIGHTS_INTERVAL = 1000;
/** Milliseconds between tables of a search. */
const TABLE_INTERVAL = 300;

/** What a training tells its live report. */
export function trainingFollower(
  live: LiveReport,
  net: TwoLayerNet,
  data: ReportDataset,
): (progress: TrainingProgress) => void {
  const shown = { losses: 0, train: 0, validation: 0, weightsAt: 0 };
  return ({ iteration, numIters, seconds, samplesPerSecond, learningRate, history }) => {
    const append = {
      lossHistory: history.lossHistory.slice(shown.losses),
      trainAccHistory: history.trainAccHistory.slice(shown.train),
      valAccHistory: history.valAccHistory.slice(shown.validation),
    };
    shown.losses = history.lossHistory.length;
    shown.train = history.trainAccHistory.length;
    shown.validation = history.valAccHistory.length;
    const secondsLeft = ((numIters - iteration) * seconds) / iteration;
    const progress = { done: iteration, total: numIters, unit: 'iterations', seconds, secondsLeft } as const;
    const set = { progress: { ...progress, samplesPerSecond, learningRate } };
    if (performance.now() - shown.weightsAt < WEIGHTS_INTERVAL) {
      live.change({ append, set });
      return;
    }
    shown.weightsAt = performance.now();
    const weights = weightsOf(net, data);
    live.change({ append, set: { ...set, ...(weights && { weights }) } });
  };
}

/** What a search tells its live report. */
export function searchFollower(live: LiveReport, search: Search, earlier: readonly TrialResult[]) {
  const results = [...earlier];
  let shown = { results: 0, at: 0 };
  return {
    onResult: (result: TrialResult) => void results.push(result),
    onProgress: ({ finished, trials, seconds, secondsLeft }: SweepProgress) => {
      // The table goes whole: of thousands of trials not at each result.
      if (results.length > shown.results && performance.now() - shown.at > TABLE_INTERVAL) {
        shown = { results: results.length, at: performance.now() };
        live.change({ set: { search: { search, ranking: rank(results) } } });
      }
      const progress = { done: finished, total: trials, unit: 'trials', seconds } as const;
      live.change({ set: { progress: { ...progress, ...(secondsLeft !== undefined && { secondsLeft }) } } });
    },
  };
}

/** Goes on serving what has become of it until Ctrl-C; at once no more where `leaving`. */
export async function keepServing(live: LiveReport | undefined, report: ReportData, leaving: boolean): Promise<void> {
  if (!live) return;
  live.replace(report);
  if (!leaving) {
    process.stderr.write(`The report stays at ${live.url} until Ctrl-C\n`);
    await new Promise<void>((resolve) => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
    });
  }
  await live.close();
}

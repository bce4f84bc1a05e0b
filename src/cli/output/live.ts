/** `--serve`: the live report of a command. */
import type { ReportData, ReportImage } from '../../report/content/report-data.js';
import { LiveReport } from '../../report/live/live-server.js';
import type { TrainingProgress } from '../../training/history.js';
import { keyOf, rank } from '../../tune/ranking.js';
import type { Search } from '../../tune/search.js';
import type { SweepProgress } from '../../tune/sweep-progress.js';
import type { TrialResult } from '../../tune/trial.js';

/** Serves `report` if `--serve` is given, and prints its address. */
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

/** Milliseconds between updates of the weights. */
const WEIGHTS_INTERVAL = 1000;
/** Milliseconds between updates of a search's table. */
const TABLE_INTERVAL = 300;

/**
 * Sends the progress of a training to its live report.
 *
 * @param weightsNow - the weights as a picture; undefined if there is none
 */
export function trainingFollower(
  live: LiveReport,
  weightsNow: () => ReportImage | undefined,
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
    const weights = weightsNow();
    live.change({ append, set: { ...set, ...(weights && { weights }) } });
  };
}

/** Sends the progress of a search to its live report: of the table only the combinations that have new results. */
export function searchFollower(
  live: LiveReport,
  search: Search,
  earlier: readonly TrialResult[],
  validationRows: number,
) {
  const groups = new Map<string, TrialResult[]>();
  const fresh = new Set<string>();
  let shownAt: number | undefined;
  const add = (result: TrialResult) => {
    const key = keyOf(result.settings);
    const group = groups.get(key);
    if (group) group.push(result);
    else groups.set(key, [result]);
    fresh.add(key);
  };
  earlier.forEach(add);
  const showTable = () => {
    const ranking = rank([...fresh].flatMap((key) => groups.get(key) ?? []));
    live.change(shownAt === undefined ? { set: { search: { search, ranking, validationRows } } } : { rank: ranking });
    shownAt = performance.now();
    fresh.clear();
  };
  return {
    onResult: add,
    onProgress: ({ finished, trials, seconds, secondsLeft }: SweepProgress) => {
      // Each time the pages draw all of the table, so not at each of thousands of results.
      if (fresh.size > 0 && performance.now() - (shownAt ?? 0) > TABLE_INTERVAL) showTable();
      const progress = { done: finished, total: trials, unit: 'trials', seconds } as const;
      live.change({ set: { progress: { ...progress, ...(secondsLeft !== undefined && { secondsLeft }) } } });
    },
  };
}

/** Shows the final report and serves it until Ctrl-C, or stops at once if `leaving`. */
export async function keepServing(live: LiveReport | undefined, report: ReportData, leaving: boolean): Promise<void> {
  if (!live) return;
  live.replace(report);
  if (!leaving) {
    process.stderr.write(`The report remains at ${live.url} until you press Ctrl-C\n`);
    await new Promise<void>((resolve) => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
    });
  }
  await live.close();
}

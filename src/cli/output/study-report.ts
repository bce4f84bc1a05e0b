/** The results of a study as text. */
import type { LostTrial } from '../../study/outcomes.js';
import type { Study } from '../../study/record.js';
import type { StudySummary } from '../../study/summary.js';
import { bestOf } from '../../tune/ranking.js';
import type { TrialResult } from '../../tune/trial.js';
import { completeSettings } from '../../tune/trial-id.js';
import { columns, formatRatio, printable } from './format.js';
import { csvLines, rankingTable, settingWords } from './sweep-report.js';

/** The combinations, best first, and what is known of the study. */
export function studyLines(summary: StudySummary, status: string): string[] {
  const { ranking, search, results, lost, trials, warnings } = summary;
  const best = bestOf(ranking);
  return [
    ...(ranking.length > 0 ? rankingTable(ranking, search) : ['no trial finished']),
    '',
    ...columns([
      ['best validation accuracy', best?.valAccuracy == null ? '-' : formatRatio(best.valAccuracy)],
      ['best settings', best ? settingWords(best.settings, best.seed, search) : '-'],
      ['results', `${results.length} of ${trials}`],
      ...(lost.length > 0 ? [['lost trials', lost.map(({ id }) => id).join(', ')] as [string, string]] : []),
      ['study', status],
    ]),
    ...warnings.map((warning) => `warning: ${printable(warning)}`),
  ];
}

/** Why a trial has no result. */
export function lostWords({ id, numIters, reason }: LostTrial): string {
  return printable(`The trial ${id} has no result after ${numIters} iterations: ${reason}`);
}

/** All trials as comma-separated values, as those of `sweep`; those without a result are at the end. */
export function studyCsv({ results, lost, search }: StudySummary): string[] {
  return csvLines({ search, results: [...results, ...lost.flatMap(asResult)] });
}

function asResult({ id, numIters, settings, seed }: LostTrial): TrialResult[] {
  try {
    const complete = completeSettings(settings as Parameters<typeof completeSettings>[0]);
    return [{ id, settings: complete, seed, numIters, status: 'lost' } as unknown as TrialResult];
  } catch {
    // What is in the queue is no trial.
    return [];
  }
}

/** The results for `--json`, as those of `sweep`. */
export function studyJson({ name, created }: Study, summary: StudySummary, status: string): object {
  const { search, results, ranking, warnings, lost } = summary;
  const ranked = ranking.map(({ results, ...rest }) => ({ ...rest, trials: results.map(({ id }) => id) }));
  const about = { study: name, created, status };
  return { ...about, search, results, ranking: ranked, best: bestOf(ranking) ?? null, warnings, lost };
}

/** What `sweep` prints and writes when its search has ended. */
import type { BackendInfo } from '../../backend/choose.js';
import { saveModel } from '../../model/model.js';
import { evaluate } from '../../net/evaluation.js';
import { replaceFile } from '../../platform/replace-file.js';
import { shellWord } from '../../platform/shell.js';
import { bestOf } from '../../tune/ranking.js';
import type { SweepResults } from '../../tune/sweep-results.js';
import { printWarnings } from '../options/load-data.js';
import type { SearchStart } from '../options/sweep-results.js';
import type { SearchSubject } from '../searching/subject.js';
import type { KeptResults } from './kept-results.js';
import { announceReplaced } from './output-files.js';
import { printResult } from './print-result.js';
import { csvLines, sweepLines } from './sweep-report.js';

/** A search that has ended, and where its results go. */
export interface SweepOutcome {
  /** All results, or those before the interruption. */
  readonly results: SweepResults;
  readonly interrupted: boolean;
  readonly info: BackendInfo;
  readonly subject: SearchSubject;
  /** The results file; undefined for none. */
  readonly path: string | undefined;
  /** Why it is incomplete; undefined if it is complete. */
  readonly unwritten: Error | undefined;
  /** Writes results to a new file. */
  readonly write: SearchStart['write'];
  /** Files that the options name. */
  readonly files: { readonly save?: string; readonly csv?: string; readonly json?: string };
  readonly kept: KeptResults;
}

/**
 * Evaluates the best net on the test part, writes the requested files and prints the results. An interrupted search
 * does not see the test part: it may still continue, and its choices must not depend on that part.
 */
export async function showSweepOutcome(outcome: SweepOutcome): Promise<void> {
  const { results, interrupted, info, subject, path, unwritten, files, kept } = outcome;
  const { data } = subject;
  const { best } = results;
  if (path !== undefined && unwritten) {
    await kept.moved('the results', path, unwritten, (other) => outcome.write(other, results.results));
  }
  printWarnings(results.warnings);
  const testAccuracy = best && data.test && !interrupted ? evaluate(best.net, data.test).accuracy : undefined;
  if (files.save !== undefined) await saveBest(files.save, outcome);
  if (files.csv !== undefined) await kept.write('the table', files.csv, (path) => replaceFile(path, csvLines(results)));
  await printResult(
    sweepLines({ results, testAccuracy, info, subject, interrupted }),
    { ...jsonOf(results), testAccuracy, backendInfo: info, data: data.name, interrupted },
    files.json,
    kept,
  );
  if (path === undefined || unwritten) return;
  process.stderr.write(
    interrupted
      ? `The finished trials are in ${path}. To continue the search, run: two-layer-net sweep --resume ` +
          `${shellWord(path)}, with the same options for the data\n`
      : `Wrote the results to ${path}\n`,
  );
}

async function saveBest(file: string, { results: { best, ranking }, subject, kept }: SweepOutcome): Promise<void> {
  if (!best) {
    const reason = bestOf(ranking)
      ? 'the best trial is from an earlier run, and its net is only trained again at the end of the search'
      : 'no trial finished without diverging';
    process.stderr.write(`No model was saved to ${file}: ${reason}\n`);
    return;
  }
  const write = (path: string) => announceReplaced([path], () => saveModel(path, subject.modelOf(best)));
  const saved = await kept.write('the best model', file, write);
  if (saved !== undefined) process.stderr.write(`Saved the best model to ${saved}\n`);
}

/** The results for `--json`. The ranking refers to results by id, so that each is written once. */
function jsonOf({ search, results, ranking, best, warnings, seconds }: SweepResults): object {
  const ranked = ranking.map(({ results, ...rest }) => ({ ...rest, trials: results.map(({ id }) => id) }));
  return { search, results, ranking: ranked, best: best?.result ?? bestOf(ranking) ?? null, warnings, seconds };
}

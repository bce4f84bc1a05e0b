/** Chooses the results file of a search: an existing one to continue, or a new one. */
import type { Dataset } from '../../data/dataset.js';
import { fingerprint, ResultsFile, type SavedSearch } from '../../tune/results-file.js';
import type { Search } from '../../tune/search.js';
import type { TrialResult } from '../../tune/trial.js';
import { withCode } from '../../validation/errors.js';

/** The start of a search. */
export interface SearchStart {
  readonly search: Search;
  /** Results of an earlier run. */
  readonly earlier: readonly TrialResult[];
  /** The results file; undefined for none. */
  readonly path: string | undefined;
  /** Opens the results file. A new file is created only now, so that a failed start does not leave one behind. */
  readonly open: () => Promise<ResultsFile | undefined>;
}

/** What determines the start of a search. */
export interface SearchSource {
  /** `--resume`. */
  readonly resume: string | undefined;
  /** `--results FILE`, `--no-results` (false), or neither (true). */
  readonly results: string | boolean;
  /** The search that the options describe; undefined with `--resume`. */
  readonly asked: Search | undefined;
  readonly data: Dataset;
  readonly created: Date;
  /** The backend that the trials will run on, in words. */
  readonly backend: string;
}

/**
 * Returns the search to run and the results that are already known.
 *
 * @throws Error `ERR_DATA_FILE` if the search in the file cannot be continued, or not with these data
 */
export async function searchStart(source: SearchSource): Promise<SearchStart> {
  const { resume, results, asked, data, created, backend } = source;
  if (resume !== undefined || asked === undefined) return resumed(resume ?? '', data, backend);
  if (results === false) return { search: asked, earlier: [], path: undefined, open: async () => undefined };
  const path = typeof results === 'string' ? results : `sweep-${timeIn(created)}.jsonl`;
  const open = () => ResultsFile.create(path, { search: asked, data: fingerprint(data), backend });
  return { search: asked, earlier: [], path, open };
}

async function resumed(path: string, data: Dataset, backend: string): Promise<SearchStart> {
  const { file, saved } = await ResultsFile.resume(path);
  try {
    checkData(path, saved, data);
  } catch (error) {
    await file.close();
    throw error;
  }
  if (saved.backend !== backend) {
    process.stderr.write(
      `The results in ${path} were computed on ${saved.backend || 'another backend'}, new ones on ${backend}: ` +
        'their last digits may differ\n',
    );
  }
  return { search: saved.search, earlier: saved.results, path, open: async () => file };
}

function checkData(path: string, saved: SavedSearch, data: Dataset): void {
  if (saved.data === fingerprint(data)) return;
  throw withCode(
    new Error(`Cannot continue the search in ${path}: it was run on other data; name the same data with --data`),
    'ERR_DATA_FILE',
  );
}

/** 2026-11-24T03:15:02.123Z → 20261124-031502 */
function timeIn(date: Date): string {
  return date
    .toISOString()
    .replace(/[-:]|\..*/g, '')
    .replace('T', '-');
}

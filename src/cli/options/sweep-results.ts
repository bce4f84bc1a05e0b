/** The file of a search's results: the one to go on with, or a new one. */
import type { Dataset } from '../../data/dataset.js';
import { fingerprint, ResultsFile, type SavedSearch } from '../../tune/results-file.js';
import type { Search } from '../../tune/search.js';
import type { TrialResult } from '../../tune/trial.js';
import { withCode } from '../../validation/errors.js';

/** What a search begins with. */
export interface SearchStart {
  readonly search: Search;
  /** Results of an earlier run. */
  readonly earlier: readonly TrialResult[];
  /** Where results go; undefined for nowhere. */
  readonly path: string | undefined;
  /** Opens the file there. A new one is made now, not before: it would stand in the way of another try. */
  readonly open: () => Promise<ResultsFile | undefined>;
}

/** What the options and the command know of it. */
export interface SearchSource {
  /** `--resume`. */
  readonly resume: string | undefined;
  /** `--results FILE`, `--no-results` (false), or neither (true). */
  readonly results: string | boolean;
  /** The search that the options ask for; undefined with `--resume`. */
  readonly asked: Search | undefined;
  readonly data: Dataset;
  readonly created: Date;
  /** What the trials will run on, in words. */
  readonly backend: string;
}

/**
 * The search that is to be run, and what is known of it.
 *
 * @throws Error `ERR_DATA_FILE` for a file that cannot be gone on with, or with these data
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
      `The results in ${path} were made on ${saved.backend || 'another backend'}, these are on ${backend}: ` +
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

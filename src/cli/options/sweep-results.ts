/** Chooses the results file of a search: an existing one to continue, or a new one. */
import type { Dataset } from '../../data/dataset.js';
import { shellWord } from '../../platform/shell.js';
import { inTurns } from '../../platform/turns.js';
import { originOf } from '../../tune/earlier.js';
import { hashing, ResultsFile, type SavedSearch } from '../../tune/results-file.js';
import { resolveSearch, type Search, type SearchOptions } from '../../tune/search.js';
import type { TrialResult } from '../../tune/trial.js';
import { describe, withCode } from '../../validation/errors.js';
import type { SearchSubject } from '../searching/subject.js';

/** The start of a search. */
export interface SearchStart {
  readonly search: Search;
  readonly subject: SearchSubject;
  /** Results of an earlier run. */
  readonly earlier: readonly TrialResult[];
  /** The results file; undefined for none. */
  readonly path: string | undefined;
  /** Opens the results file. A new file is created only now, so that a failed start does not leave one behind. */
  readonly open: () => Promise<ResultsFile | undefined>;
  /** Writes these results to a new file. */
  readonly write: (path: string, results: readonly TrialResult[]) => Promise<void>;
}

/** What determines the start of a search. */
export interface SearchSource {
  /** `--resume`. */
  readonly resume: string | undefined;
  /** `--results FILE`, `--no-results` (false), or neither (true). */
  readonly results: string | boolean;
  /** The search that the options describe. With `--resume` it is that of the file. */
  readonly asked: SearchOptions;
  /** Prepares the data for a search. */
  readonly prepare: (search: SearchOptions) => Promise<SearchSubject>;
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
  const { resume, results, asked, prepare, created, backend } = source;
  if (resume !== undefined) return resumed(resume, source);
  const subject = await prepare(asked);
  const search = resolveSearch(subject.search(asked));
  const create = creator(search, subject, backend);
  const begun = { search, subject, earlier: [], write: writer(create) };
  if (results === false) return { ...begun, path: undefined, open: async () => undefined };
  const path = typeof results === 'string' ? results : `sweep-${timeIn(created)}.jsonl`;
  const open = async () => {
    const file = await create(path);
    // However the search ends, its results are there.
    process.stderr.write(
      `Writing each result to ${path}: --resume ${shellWord(path)} continues a search that was interrupted\n`,
    );
    return file;
  };
  return { ...begun, path, open };
}

async function resumed(path: string, { prepare, backend }: SearchSource): Promise<SearchStart> {
  const { file, saved, dropped } = await ResultsFile.resume(path);
  if (dropped !== undefined) {
    process.stderr.write(
      `The last line of ${path} was not written completely, so its trial runs again: ${describe(dropped)}\n`,
    );
  }
  let subject: SearchSubject;
  try {
    subject = await prepare(saved.search);
    await checkData(path, saved, subject.data);
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
  // The file says once for all what they are from.
  const data = originOf(saved.data);
  const earlier = saved.results.map((result) => ({ ...result, data }));
  const write = writer(creator(saved.search, subject, backend));
  return { search: saved.search, subject, earlier, path, open: async () => file, write };
}

/** Creates the results file of a search. */
function creator(search: Search, { data }: SearchSubject, backend: string) {
  return async (path: string) => ResultsFile.create(path, { search, data: await inTurns(hashing(data)), backend });
}

function writer(create: (path: string) => Promise<ResultsFile>): SearchStart['write'] {
  return async (path, results) => {
    const file = await create(path);
    for (const result of results) await file.add(result);
    await file.close();
  };
}

async function checkData(path: string, saved: SavedSearch, data: Dataset): Promise<void> {
  if (saved.data === (await inTurns(hashing(data)))) return;
  throw withCode(
    new Error(`Cannot continue the search in ${path}: it was run on other data; name the same data with --data`),
    'ERR_DATA_FILE',
  );
}

/** 2026-11-24T03:15:02.123Z → 20261124-031502-123, so that searches that begin in one second have their own. */
function timeIn(date: Date): string {
  return date.toISOString().replace(/[-:Z]/g, '').replace(/[T.]/g, '-');
}

/** The search that `sweep` runs: its progress on standard error, its results in their file. */
import type { LiveReport } from '../../report/live/live-server.js';
import { type SweepOptions, sweep } from '../../tune/sweep.js';
import { isSweepAborted, type SweepResults } from '../../tune/sweep-results.js';
import type { SearchStart } from '../options/sweep-results.js';
import type { Interruption } from '../output/interruption.js';
import { searchFollower } from '../output/live.js';
import { sweepProgressView } from '../output/sweep-progress.js';

/** A search that has not begun, and who follows it. */
export interface SearchRun extends SearchStart {
  readonly options: Required<Pick<SweepOptions, 'backend'>> & Pick<SweepOptions, 'threads'>;
  readonly interruption: Interruption;
  readonly live: LiveReport | undefined;
}

/** A search that has ended. */
export interface FinishedSearch {
  /** All results, or those before the interruption. */
  readonly results: SweepResults;
  readonly interrupted: boolean;
  /** Why the results file is incomplete; undefined if it is complete. */
  readonly unwritten: Error | undefined;
}

/** Searches and shows progress. A result is shown when it is on the disk. */
export async function searchInterruptibly(run: SearchRun): Promise<FinishedSearch> {
  const { search, earlier, subject, options, interruption, live, path } = run;
  const file = await run.open();
  const { backend, threads } = options;
  const view = sweepProgressView(earlier.length, search);
  const follow = live && searchFollower(live, search, earlier, subject.data.part('validation').y.length);
  const warn = (error: unknown) => void process.stderr.write(`warning: ${(error as Error).message}\n`);
  let told: Promise<unknown> = Promise.resolve();
  const find = () =>
    sweep(subject.data, {
      ...search,
      backend,
      threads,
      earlier,
      signal: interruption.signal,
      // Without a results file nothing will continue it.
      ...(path !== undefined && { checkpoint: { folder: `${path}.states`, onError: warn } }),
      onResult: (result) => {
        // The search goes on meanwhile.
        told = Promise.all([told, file?.add(result, warn)]).then(() => {
          view.result(result);
          follow?.onResult(result);
        });
      },
      onProgress: (progress) => {
        view.update(progress);
        follow?.onProgress(progress);
      },
    });
  let found: Omit<FinishedSearch, 'unwritten'>;
  let unwritten: Error | undefined;
  try {
    found = { results: await interruption.during(find, () => view.close()), interrupted: false };
    await told;
  } catch (error) {
    if (!isSweepAborted(error)) throw error;
    await told;
    process.stderr.write(`${error.message}\n`);
    found = { results: error.results, interrupted: true };
  } finally {
    view.close();
    await file?.close().catch((error: Error) => {
      unwritten = error;
    });
  }
  return { ...found, unwritten };
}

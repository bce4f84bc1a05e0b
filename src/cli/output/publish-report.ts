/** `--report` and `--serve`: the report of a finished command. */
import { makeReport, type ReportInput, writeReport } from '../../report/document/make-report.js';
import type { LiveReport } from '../../report/live/live-server.js';
import { keepServing } from './live.js';

/** Where a report goes. */
export interface ReportTargets {
  /** The folder that `--report` names; undefined for no file. */
  readonly folder: string | undefined;
  /** The report that `--serve` started; undefined for none. */
  readonly live: LiveReport | undefined;
  /** Whether to stop serving at once, without waiting for Ctrl-C. */
  readonly leaving: boolean;
}

/** Writes the report to its folder and keeps serving it, each only if requested. */
export async function publishReport(input: ReportInput, { folder, live, leaving }: ReportTargets): Promise<void> {
  if (folder === undefined && !live) return;
  const report = makeReport(input);
  if (folder !== undefined) process.stderr.write(`Wrote the report to ${await writeReport(folder, report)}\n`);
  await keepServing(live, report, leaving);
}

/** `--report` and `--serve`: the report of a finished command. */
import { dirname, join } from 'node:path';
import { makeFolder } from '../../platform/make-folder.js';
import { replaceFile } from '../../platform/replace-file.js';
import { makeReport, REPORT_FILE } from '../../report/document/make-report.js';
import { reportHtml } from '../../report/document/report-html.js';
import type { ReportInput } from '../../report/document/report-input.js';
import type { LiveReport } from '../../report/live/live-server.js';
import type { KeptResults } from './kept-results.js';
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
export async function publishReport(
  input: ReportInput,
  { folder, live, leaving }: ReportTargets,
  kept: KeptResults,
): Promise<void> {
  if (folder === undefined && !live) return;
  const report = makeReport(input);
  if (folder !== undefined) {
    const written = await kept.write('the report', join(folder, REPORT_FILE), async (path) => {
      await makeFolder(dirname(path));
      await replaceFile(path, [reportHtml(report)]);
    });
    if (written !== undefined) process.stderr.write(`Wrote the report to ${written}\n`);
  }
  await keepServing(live, report, leaving);
}

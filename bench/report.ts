/** A benchmark's result as a person reads it. */
import { measurementTables, reportLines } from '../src/cli/output/measurement-report.js';
import { formatCount, formatDigits, formatRange, table } from '../src/cli/output/table.js';
import { formatShape } from '../src/measure/shapes.js';
import type { CallTiming, PeerBenchResult, PeerReport, SearchTiming } from './result.js';

/** All lines of the report. */
export function peerReportLines(result: PeerBenchResult): string[] {
  return reportLines([
    ...measurementTables(result),
    searchTable(result.searches),
    callTable(result.calls),
    unavailableLines(result.peers),
  ]);
}

function searchTable(searches: readonly SearchTiming[]): string[] {
  const heads = ['side by side', 'lowest – highest', 'one after the other', 'lowest – highest', 'ratio'];
  return table(
    ['search, seconds', 'threads', ...heads],
    searches.map(({ trials, threads, dtype, numIters, sideBySide, oneAfterOther, ratio }) => [
      `${formatCount(trials, 'trial')} of ${numIters} iterations, ${dtype}`,
      String(threads),
      formatDigits(sideBySide.median),
      formatRange(sideBySide),
      formatDigits(oneAfterOther.median),
      formatRange(oneAfterOther),
      ratio.toFixed(2),
    ]),
  );
}

function callTable(calls: readonly CallTiming[]): string[] {
  const heads = ['first', 'one more', 'iteration', 'fixed', 'packing', 'one more / (iteration + packing)'];
  return table(
    ['calls, ms', 'threads', ...heads, 'memory, GB/s'],
    calls.map(({ folder, shape, dtype, threads, first, one, iteration, fixed, packing, ratio, bytesPerSecond }) => [
      `${formatShape(shape)}: ${dtype}, ${folder}`,
      String(threads),
      ...[first, one, iteration, fixed, packing].map(formatDigits),
      ratio.toFixed(2),
      formatDigits(bytesPerSecond / 1e9),
    ]),
  );
}

/** The peers that are missing from the tables, with the reasons. */
function unavailableLines(peers: readonly PeerReport[]): string[] {
  const reasons = new Set(
    peers.flatMap(({ file, unavailable }) => (unavailable === null ? [] : [`${file}: ${unavailable}`])),
  );
  return reasons.size === 0 ? [] : ['peers that could not be measured', ...[...reasons].map((line) => `  ${line}`)];
}

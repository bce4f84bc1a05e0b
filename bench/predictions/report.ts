/** The time of predictions, as a person reads it. */
import { reportLines } from '../../src/cli/output/measurement-report.js';
import { formatCount, formatDigits, formatRange, table } from '../../src/cli/output/table.js';
import type { BackendInfo } from '../../src/index.js';
import type { Machine } from '../../src/platform/this-machine.js';
import type { PredictionTiming } from './measure.js';

/** The result of `npm run bench -- --predictions`, as `--json` writes it. */
export interface PredictionResult {
  /** When it began, ISO 8601. */
  readonly date: string;
  readonly machine: Machine;
  readonly backend: BackendInfo;
  readonly rounds: number;
  readonly timings: readonly PredictionTiming[];
  /** Why onnxruntime-node is missing; null if it is not. */
  readonly unavailable: string | null;
}

/** All lines of the report. */
export function predictionLines({ date, machine, backend, rounds, timings, unavailable }: PredictionResult): string[] {
  const heading = [
    `predictions on ${machine.cpu} (${formatCount(machine.processors, 'processor')}), Node ${machine.node}, ` +
      `${backend.simdTarget}, ${date.slice(0, 10)}, ${formatCount(rounds, 'round')}`,
    'microseconds of a call with float32 rows; ratio: to the first line of the same shape',
  ];
  const rows = timings.map(({ shape: { D, H, N }, threads, name, version, microseconds, ratio }) => [
    `D ${D}, H ${H}, ${formatCount(N, 'row')}: ${name}${version === '' ? '' : ` ${version}`}`,
    String(threads),
    formatDigits(microseconds.median),
    formatRange(microseconds),
    ratio.toFixed(2),
  ]);
  return reportLines([
    heading,
    table(['predictions', 'threads', 'µs', 'lowest – highest', 'ratio'], rows),
    unavailable === null ? [] : [`onnxruntime-node could not be measured: ${unavailable}`],
  ]);
}

/** How late timers were during each kind of call, as a person reads it. */
import { backendLines, reportLines } from '../../src/cli/output/measurement-report.js';
import { formatCount, table } from '../../src/cli/output/table.js';
import type { BackendInfo } from '../../src/index.js';
import type { Machine } from '../../src/platform/this-machine.js';
import type { EventLoopTiming, Percentiles } from './verbs.js';

/** The result of `npm run bench -- --event-loop`, as `--json` writes it. */
export interface EventLoopResult {
  /** When it began, ISO 8601. */
  readonly date: string;
  readonly machine: Machine;
  readonly backend: BackendInfo;
  readonly timings: readonly EventLoopTiming[];
}

/** All lines of the report. */
export function eventLoopLines({ date, machine, backend, timings }: EventLoopResult): string[] {
  const heading = [
    `event loop on ${machine.cpu} (${formatCount(machine.processors, 'processor')}), Node ${machine.node}, ` +
      date.slice(0, 10),
    ...backendLines(backend),
    'late: how late a timer of 1 ms was, in ms; others with something to do would have waited as long',
    "blocked: the same without the time that other threads had the processor of JavaScript's thread",
  ];
  const heads = ['p50', 'p99', 'max'];
  const rows = timings.map(({ verb, shape: { D, H }, threads, dtype, rows, calls, milliseconds, late, blocked }) => [
    `${verb}, D ${D}, H ${H}, ${rows} rows, ${dtype}`,
    String(threads),
    String(calls),
    milliseconds.toFixed(0),
    ...cells(late),
    ...cells(blocked),
  ]);
  const columns = ['threads', 'calls', 'ms', ...heads.map((head) => `late ${head}`)];
  return reportLines([heading, table(['', ...columns, ...heads.map((head) => `blocked ${head}`)], rows)]);
}

function cells(percentiles: Percentiles | null): string[] {
  return percentiles === null
    ? ['-', '-', '-']
    : [percentiles.p50, percentiles.p99, percentiles.max].map((value) => value.toFixed(1));
}

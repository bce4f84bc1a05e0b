/** How trainings do on a shared machine, as a person reads it. */
import { reportLines } from '../../src/cli/output/measurement-report.js';
import { formatCount, formatDigits, formatRange, table } from '../../src/cli/output/table.js';
import type { BackendInfo } from '../../src/index.js';
import { formatShape } from '../../src/measure/shapes.js';
import type { Machine } from '../../src/platform/this-machine.js';
import { type NeighbourFailure, type NeighbourTiming, NICENESS } from './measure.js';

/** The result of `npm run bench -- --neighbours`, as `--json` writes it. */
export interface NeighbourResult {
  /** When it began, ISO 8601. */
  readonly date: string;
  readonly machine: Machine;
  readonly backend: BackendInfo;
  readonly rounds: number;
  readonly timings: readonly (NeighbourTiming | NeighbourFailure)[];
}

/** All lines of the report. */
export function neighbourLines({ date, machine, backend, rounds, timings }: NeighbourResult): string[] {
  const heading = [
    `neighbours on ${machine.cpu} (${formatCount(machine.processors, 'processor')}), Node ${machine.node}, ` +
      `${backend.simdTarget ?? backend.backend}, ${date.slice(0, 10)}, ${formatCount(rounds, 'round')}`,
    `beside a loop: of another process, niceness ${NICENESS}, that never waits`,
    'two at once: two trainings in processes of their own, in the time of one after the other',
    'doubled: twice the threads, in the time of as many as there are processors',
  ];
  const rows = timings.flatMap((timing) => ('failed' in timing ? [] : [cells(timing)]));
  const failed = timings.flatMap((timing) => ('failed' in timing ? [timing] : []));
  return reportLines([
    heading,
    table(['ms per step', 'threads', '1 thread', ...HEADS], rows),
    failed.map(({ file, shape, failed }) => `${file}, ${formatShape(shape)}: ${failed}`),
  ]);
}

const HEADS = [
  'all',
  'beside a loop',
  'lowest – highest',
  '1 thread / all',
  '1 thread / beside a loop',
  "the loop's processors",
  'two at once',
  'doubled',
];

function cells(timing: NeighbourTiming): string[] {
  return [
    `${formatShape(timing.shape)}: ${timing.name}, ${timing.dtype}`,
    String(timing.threads),
    ...[timing.one, timing.all, timing.besideLoop].map(({ median }) => formatDigits(median)),
    formatRange(timing.besideLoop),
    ...[timing.speedup, timing.speedupBesideLoop].map((ratio) => ratio.toFixed(2)),
    formatDigits(timing.loop),
    ...[timing.twoAtOnce, timing.doubled].map((ratio) => ratio.toFixed(2)),
  ];
}

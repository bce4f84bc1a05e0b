/** What update rules and regularization cost, as a person reads it. */
import { backendLines, reportLines } from '../../src/cli/output/measurement-report.js';
import { formatCount, formatDigits, formatRange, table } from '../../src/cli/output/table.js';
import type { BackendInfo, Dtype } from '../../src/index.js';
import type { RowType } from '../../src/measure/random-data.js';
import { formatShape } from '../../src/measure/shapes.js';
import type { Machine } from '../../src/platform/this-machine.js';
import type { OptimizerTiming } from './measure.js';
import { RULES } from './rules.js';

/** The result of `npm run bench -- --optimizers`, as `--json` writes it. */
export interface OptimizerResult {
  /** When it began, ISO 8601. */
  readonly date: string;
  readonly machine: Machine;
  readonly backend: BackendInfo;
  readonly dtype: Dtype;
  readonly rowType: RowType;
  readonly threads: number;
  readonly rounds: number;
  readonly timings: readonly OptimizerTiming[];
}

/** All lines of the report: a table for each shape, and why a peer is missing. */
export function optimizerLines({ timings, ...result }: OptimizerResult): string[] {
  const { date, machine, backend, dtype, rowType, threads, rounds } = result;
  const heading = [
    `update rules on ${machine.cpu} (${formatCount(machine.processors, 'processor')}), Node ${machine.node}, ` +
      date.slice(0, 10),
    ...backendLines(backend),
    `${dtype}, ${rowType}, ${formatCount(threads, 'thread')}, ${formatCount(rounds, 'round')}`,
    '× SGD: the time of a step in those of plain gradient descent in the same round',
    '× of a peer: its time in those of this package with the same rule in the same round',
  ];
  const shapes = [...new Set(timings.map(({ shape }) => formatShape(shape)))];
  const failures = timings.flatMap(({ rule, shape, peers }) =>
    peers.flatMap((peer) =>
      'failed' in peer ? [`${RULES[rule].name}, ${formatShape(shape)}: ${peer.name}: ${peer.failed}`] : [],
    ),
  );
  return reportLines([heading, ...shapes.map((shape) => shapeTable(shape, timings)), failures]);
}

function shapeTable(shape: string, timings: readonly OptimizerTiming[]): string[] {
  const same = timings.filter((timing) => formatShape(timing.shape) === shape);
  const names = [...new Set(same.flatMap(({ peers }) => peers.map(({ name }) => name)))];
  const rows = same.map(({ rule, milliseconds, ratio, peers }) => [
    RULES[rule].name,
    formatDigits(milliseconds.median),
    formatRange(milliseconds),
    ratio.toFixed(2),
    ...names.flatMap((name) => {
      const peer = peers.find((one) => one.name === name);
      if (peer === undefined || 'failed' in peer) return ['-', '-'];
      return [formatDigits(peer.milliseconds.median), `${peer.ratio.toFixed(2)} ×`];
    }),
  ]);
  return table([shape, 'ms/step', 'lowest – highest', '× SGD', ...names.flatMap((name) => [name, ''])], rows);
}

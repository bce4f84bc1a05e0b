/** A comparison with another checkout as a person reads it. */
import { backendLines, reportLines } from '../../src/cli/output/measurement-report.js';
import { formatCount, formatDigits, table } from '../../src/cli/output/table.js';
import type { BackendInfo } from '../../src/index.js';
import { formatShape } from '../../src/measure/shapes.js';
import { median } from '../../src/measure/statistics.js';
import type { Machine } from '../../src/platform/this-machine.js';
import { type Comparison, variantWords } from './compare.js';

/** The result of `npm run bench -- --against DIR`, as `--json` writes it. */
export interface ComparisonResult {
  /** When it began, ISO 8601. */
  readonly date: string;
  readonly machine: Machine;
  /** What this package runs on; the SIMD target is the other's too, if that has it. */
  readonly backend: BackendInfo;
  /** Environment variables that were removed before measuring, with their values. */
  readonly ignored: Readonly<Record<string, string>>;
  /** The folder of this package. */
  readonly folder: string;
  /** The folder of the other checkout. */
  readonly other: string;
  readonly rounds: number;
  /** Intended length of one run in seconds. */
  readonly seconds: number;
  /** Rows of the data set. */
  readonly rows: number;
  readonly comparisons: readonly Comparison[];
}

/** All lines of the report. */
export function comparisonLines(result: ComparisonResult): string[] {
  const { date, machine, backend, folder, other, rounds, seconds, comparisons } = result;
  const heading = [
    `${folder} beside ${other}`,
    `on ${machine.cpu} (${formatCount(machine.processors, 'processor')}), Node ${machine.node}, ${date.slice(0, 10)}`,
    ...backendLines(backend),
    `${formatCount(rounds, 'round')} of about ${seconds} s each; ratios are taken within rounds, below 1 is faster`,
  ];
  return reportLines([heading, ratioTable(comparisons)]);
}

function ratioTable(comparisons: readonly Comparison[]): string[] {
  return table(
    ['', 'threads', 'ms', 'other, ms', 'ratio', 'middle half', 'lowest – highest'],
    comparisons.map(({ milliseconds, otherMilliseconds, ratios, ...variant }) => [
      `${formatShape(variant.shape)}: ${variantWords(variant)}`,
      String(variant.threads),
      formatDigits(median(milliseconds)),
      formatDigits(median(otherMilliseconds)),
      median(ratios).toFixed(4),
      `${quantile(ratios, 0.25).toFixed(4)} – ${quantile(ratios, 0.75).toFixed(4)}`,
      `${Math.min(...ratios).toFixed(4)} – ${Math.max(...ratios).toFixed(4)}`,
    ]),
  );
}

/** The value below which a share `q` of the values lies, interpolated between the two nearest. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const position = q * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
}

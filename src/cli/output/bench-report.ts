/** A benchmark's result as a person reads it. */
import type {
  BenchResult,
  Failure,
  PredictionResult,
  ProfileResult,
  SearchTiming,
  StepResult,
  StepTiming,
} from '../../bench/result.js';
import { shapeWords } from '../../bench/shapes.js';
import type { Spread } from '../../bench/statistics.js';

/** All lines of it. */
export function reportLines(result: BenchResult): string[] {
  const parts = [
    heading(result),
    peakTable(result),
    ...result.steps.map(stepTable),
    scalingTable(result),
    predictionTable(result.predictions),
    profileTable(result.profiles),
    searchTable(result.searches),
    unavailableLines(result),
  ];
  return parts.filter((lines) => lines.length > 0).flatMap((lines, part) => (part === 0 ? lines : ['', ...lines]));
}

function heading({ version, date, machine, backend, rounds, seconds, rows, ignored }: BenchResult): string[] {
  const { cpu, processors, platform, node } = machine;
  const { blas, blasCore, blasCoreReason, simdTarget } = backend;
  return [
    `two-layer-net ${version} on ${cpu} (${count(processors, 'processor')}), ${platform}, Node ${node}, ${date.slice(0, 10)}`,
    ...(backend.backend === 'native'
      ? [`backend native on ${blas}`, `own kernels ${simdTarget}; BLAS kernels ${blasCore}: ${blasCoreReason}`]
      : ['backend js (TypeScript, one thread)']),
    `${count(rounds, 'round')} of about ${seconds} s each; ${rows} rows of random bytes`,
    ...Object.entries(ignored).map(([name, value]) => `${name}=${value} is left out: each library chooses its kernels`),
  ];
}

function peakTable({ peaks }: BenchResult): string[] {
  return table(
    ['peak', 'threads', 'GFLOP/s', 'lowest – highest'],
    peaks.map(({ dtype, threads, gflops: { median, min, max } }) => [
      ...[dtype, String(threads), digits(median)],
      `${digits(min)} – ${digits(max)}`,
    ]),
  );
}

/** One shape at one number of threads. */
function stepTable({ shape, threads, flop, contenders }: StepResult): string[] {
  const work = `${digits(flop / 1e6)} MFLOP a step, ${count(threads, 'thread')}`;
  return [
    `${shapeWords(shape)}: ${work}`,
    ...table(
      ['', 'ms/step', 'lowest – highest', 'GFLOP/s', 'of peak', 'ratio'],
      contenders.map((one) => ('failed' in one ? failureRow(one) : stepRow(one, threads))),
    ),
  ];
}

function stepRow(timing: StepTiming, given: number): string[] {
  const { name, work, threads, milliseconds, gflops, shareOfPeak, ratio } = timing;
  const remarks = [
    ...(work === 'products' ? ['products only'] : []),
    ...(threads === given ? [] : [count(threads, 'thread')]),
  ];
  return [
    remarks.length > 0 ? `${name} (${remarks.join(', ')})` : name,
    digits(milliseconds.median),
    range(milliseconds),
    digits(gflops),
    percent(shareOfPeak),
    ratio === null ? '-' : ratio.toFixed(2),
  ];
}

function failureRow({ name, failed }: Failure): string[] {
  return [`${name}: ${failed}`];
}

/** What more threads bring to this package: the first contender at each number of threads. */
function scalingTable({ steps }: BenchResult): string[] {
  const all = [...new Set(steps.map(({ threads }) => threads))].sort((a, b) => a - b);
  if (all.length < 2) return [];
  const shapes = [...new Set(steps.map(({ shape }) => shapeWords(shape)))];
  const time = (words: string, threads: number) => {
    const first = steps.find((step) => step.threads === threads && shapeWords(step.shape) === words)?.contenders[0];
    return first && 'milliseconds' in first ? first.milliseconds.median : Number.NaN;
  };
  return table(
    ['ms/step by threads', ...all.map(String), ...all.slice(1).map((threads) => `${all[0]} : ${threads}`)],
    shapes.map((words) => [
      words,
      ...all.map((threads) => digits(time(words, threads))),
      ...all.slice(1).map((threads) => (time(words, all[0]) / time(words, threads)).toFixed(2)),
    ]),
  );
}

function predictionTable(predictions: readonly PredictionResult[]): string[] {
  return table(
    ['predict', 'threads', '1000 rows/s', 'lowest – highest', 'GFLOP/s', 'of peak'],
    predictions.flatMap(({ shape: { D, H, C }, threads, contenders }) =>
      contenders.map((one) => {
        const name = `D ${D}, H ${H}, C ${C}: ${one.name}`;
        if ('failed' in one) return failureRow({ ...one, name });
        const { median, min, max } = one.rowsPerSecond;
        const thousands = { median: median / 1000, min: min / 1000, max: max / 1000 };
        const figures = [digits(thousands.median), range(thousands), digits(one.gflops), percent(one.shareOfPeak)];
        return [name, String(threads), ...figures];
      }),
    ),
  );
}

const PARTS = ['gather', 'forward', 'head', 'update', 'waiting', 'other'] as const;

function profileTable(profiles: readonly ProfileResult[]): string[] {
  return table(
    ['profile of a step', 'threads', 'ms', ...PARTS],
    profiles.map(({ shape, threads, name, iterations, seconds, profile }) => {
      const start = [`${shapeWords(shape)}: ${name}`, String(threads), digits((seconds * 1000) / iterations)];
      if (profile === null) return [...start, 'this backend does not tell'];
      const total = PARTS.reduce((sum, part) => sum + profile[part], 0);
      return [...start, ...PARTS.map((part) => percent(profile[part] / total))];
    }),
  );
}

function searchTable(searches: readonly SearchTiming[]): string[] {
  return table(
    [
      'search, seconds',
      'threads',
      'side by side',
      'lowest – highest',
      'one after the other',
      'lowest – highest',
      'ratio',
    ],
    searches.map(({ trials, threads, dtype, numIters, sideBySide, oneAfterOther, ratio }) => [
      ...[`${count(trials, 'trial')} of ${numIters} iterations, ${dtype}`, String(threads)],
      ...[digits(sideBySide.median), range(sideBySide), digits(oneAfterOther.median), range(oneAfterOther)],
      ratio.toFixed(2),
    ]),
  );
}

/** Peers that are not in the tables, and why: none is left out in silence. */
function unavailableLines({ peers }: BenchResult): string[] {
  const reasons = new Set(
    peers.flatMap(({ file, unavailable }) => (unavailable === null ? [] : [`${file}: ${unavailable}`])),
  );
  return reasons.size === 0 ? [] : ['peers that could not be measured', ...[...reasons].map((line) => `  ${line}`)];
}

/** Aligned columns, the first to the left, figures to the right; nothing where there are no rows. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const all = [head, ...rows];
  // A row shorter than the head ends in words, which have the rest of the line.
  const isWords = (row: readonly string[], i: number) => row.length < head.length && i === row.length - 1;
  const widths = head.map((_, i) => Math.max(...all.map((row) => (isWords(row, i) ? 0 : (row[i] ?? '').length))));
  return all.map((row) =>
    row
      .map((cell, i) => (isWords(row, i) ? cell : i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
      .join('  '),
  );
}

/** Three digits, and no exponent. */
function digits(value: number): string {
  if (Number.isNaN(value)) return '-';
  return value >= 1000 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}

function range({ min, max }: Spread): string {
  return `${digits(min)} – ${digits(max)}`;
}

function percent(share: number | null): string {
  return share !== null && Number.isFinite(share) ? `${(100 * share).toFixed(0)} %` : '-';
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

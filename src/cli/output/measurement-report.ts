/** A measurement as a person reads it. */
import { capabilitiesOf } from '../../backend/capabilities.js';
import type { BackendInfo } from '../../backend/choose.js';
import type {
  BenchResult,
  Failure,
  Measurement,
  PassResult,
  ProfileResult,
  StepResult,
  StepTiming,
} from '../../measure/result.js';
import { formatShape } from '../../measure/shapes.js';
import { formatCount, formatDigits, formatPercent, formatRange, table } from './table.js';

/** The heading and the tables, each as lines; a table without rows is empty. */
export function measurementTables(result: BenchResult): string[][] {
  return [
    heading(result),
    peakTable(result),
    ...result.steps.map(stepTable),
    scalingTable(result),
    passTable(result.passes),
    profileTable(result.profiles),
  ];
}

/** All lines, with an empty one between tables. */
export function reportLines(tables: readonly (readonly string[])[]): string[] {
  const filled = tables.filter((lines) => lines.length > 0);
  return filled.flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]));
}

/** Processors in use by other programs that are worth a warning: a tenth of one. */
const BUSY = 0.1;

function heading(result: BenchResult): string[] {
  const { version, date, machine, backend, rounds, seconds, rows, rowTypes, busyProcessors, ignored } = result;
  const { cpu, processors, platform, node } = machine;
  const processor = `${cpu} (${formatCount(processors, 'processor')})`;
  return [
    `two-layer-net ${version} on ${processor}, ${platform}, Node ${node}, ${date.slice(0, 10)}`,
    ...backendLines(backend),
    `${formatCount(rounds, 'round')} of about ${seconds} s each; ${rows} random rows, ${rowTypes.join(' and ')}`,
    ...(busyProcessors > BUSY
      ? [`other programs used ${formatDigits(busyProcessors)} processors meanwhile: times are too high`]
      : []),
    ...Object.entries(ignored).map(([name, value]) => `${name}=${value} is ignored: each library chooses its kernels`),
  ];
}

/** What computes: the SIMD target and the BLAS. */
export function backendLines({ backend, blas, blasCore, blasCoreReason, simdTarget }: BackendInfo): string[] {
  const { name, title, native, threads } = capabilitiesOf(backend);
  if (!threads) return [`backend ${name} (${title}, one thread)`];
  if (!native) return [`backend ${name} (${title}), SIMD kernels ${simdTarget}`];
  return [`backend native on ${blas}`, `SIMD kernels ${simdTarget}; BLAS kernels ${blasCore}: ${blasCoreReason}`];
}

function peakTable({ peaks }: Measurement): string[] {
  return table(
    ['peak', 'threads', 'GFLOP/s', 'lowest – highest'],
    peaks.map(({ dtype, threads, gflops }) => [
      dtype,
      String(threads),
      formatDigits(gflops.median),
      formatRange(gflops),
    ]),
  );
}

/** One shape with one number of threads. */
function stepTable({ shape, threads, flop, contenders }: StepResult): string[] {
  const work = `${formatDigits(flop / 1e6)} MFLOP per step, ${formatCount(threads, 'thread')}`;
  return [
    `${formatShape(shape)}: ${work}`,
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
    ...(threads === given ? [] : [formatCount(threads, 'thread')]),
  ];
  return [
    remarks.length > 0 ? `${name} (${remarks.join(', ')})` : name,
    formatDigits(milliseconds.median),
    formatRange(milliseconds),
    formatDigits(gflops),
    formatPercent(shareOfPeak),
    ratio === null ? '-' : ratio.toFixed(2),
  ];
}

function failureRow({ name, failed }: Failure): string[] {
  return [`${name}: ${failed}`];
}

/** How this package scales with threads: the first contender with each number of threads. */
function scalingTable({ steps }: Measurement): string[] {
  const all = [...new Set(steps.map(({ threads }) => threads))].sort((a, b) => a - b);
  if (all.length < 2) return [];
  const shapes = [...new Set(steps.map(({ shape }) => formatShape(shape)))];
  const time = (words: string, threads: number) => {
    const first = steps.find((step) => step.threads === threads && formatShape(step.shape) === words)?.contenders[0];
    return first && 'milliseconds' in first ? first.milliseconds.median : Number.NaN;
  };
  return table(
    ['ms/step by threads', ...all.map(String), ...all.slice(1).map((threads) => `${all[0]} : ${threads}`)],
    shapes.map((words) => [
      words,
      ...all.map((threads) => formatDigits(time(words, threads))),
      ...all.slice(1).map((threads) => (time(words, all[0]) / time(words, threads)).toFixed(2)),
    ]),
  );
}

function passTable(passes: readonly PassResult[]): string[] {
  return table(
    ['passes over rows', 'threads', '1000 rows/s', 'lowest – highest', 'GFLOP/s', 'of peak'],
    passes.flatMap(({ shape: { D, H, C }, threads, contenders }) =>
      contenders.map((one) => {
        const name = `D ${D}, H ${H}, C ${C}: ${one.name}`;
        if ('failed' in one) return failureRow({ ...one, name });
        const { median, min, max } = one.rowsPerSecond;
        const thousands = { median: median / 1000, min: min / 1000, max: max / 1000 };
        return [
          `${name}, ${one.work} ${one.rows}`,
          String(threads),
          formatDigits(thousands.median),
          formatRange(thousands),
          formatDigits(one.gflops),
          formatPercent(one.shareOfPeak),
        ];
      }),
    ),
  );
}

const PARTS = ['gather', 'forward', 'head', 'update', 'waiting', 'other'] as const;

function profileTable(profiles: readonly ProfileResult[]): string[] {
  return table(
    ['profile of a step', 'threads', 'ms', ...PARTS],
    profiles.map(({ shape, threads, name, iterations, seconds, profile }) => {
      const start = [`${formatShape(shape)}: ${name}`, String(threads), formatDigits((seconds * 1000) / iterations)];
      if (profile === null) return [...start, 'not measured by this backend'];
      const total = PARTS.reduce((sum, part) => sum + profile[part], 0);
      return [...start, ...PARTS.map((part) => formatPercent(profile[part] / total))];
    }),
  );
}

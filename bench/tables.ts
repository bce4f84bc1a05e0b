/** Markdown tables of results that `--json` wrote: several files at a time, so that a benchmark can run in parts. */
import { formatCount, formatDigits, formatPercent } from '../src/cli/output/table.js';
import type { BenchResult, PassTiming, StepResult, StepTiming } from '../src/measure/result.js';
import { type BenchShape, SHAPES } from '../src/measure/shapes.js';
import { median } from '../src/measure/statistics.js';
import { variantWords } from './against/compare.js';
import { type ComparisonResult, quantile } from './against/report.js';

/** A file that `npm run bench` or `two-layer-net bench` wrote with `--json`. */
export type AnyResult = BenchResult | ComparisonResult;

/** Steps beside peers, steps by threads, passes over rows, and comparisons with another checkout. */
export function markdownTables(results: readonly AnyResult[]): string[] {
  const measured = results.filter((result): result is BenchResult => 'steps' in result);
  const compared = results.filter((result): result is ComparisonResult => 'comparisons' in result);
  const steps = measured
    .flatMap((result) => result.steps.map((step): Step => ({ ...step, target: targetOf(result) })))
    .sort(({ shape: a }, { shape: b }) => b.D - a.D || a.H - b.H || a.N - b.N);
  const tables = [
    ...grouped(steps, titleOf).map(([title, group]) => [title, '', ...stepTable(group)]),
    ...grouped(steps, ({ target, contenders: [first] }) => `${first.name} by threads, ${target}`)
      .map(([title, group]): [string, Step[]] => [title, withSeveralThreads(group)])
      .filter(([, group]) => group.length > 0)
      .map(([title, group]) => [title, '', ...threadTable(group)]),
    passTable(measured),
    comparisonTable(compared),
  ];
  return tables.filter((lines) => lines.length > 0).flatMap((lines, i) => (i === 0 ? lines : ['', ...lines]));
}

/** One shape with what ran. */
type Step = StepResult & { readonly target: string };

/** The SIMD target, or TypeScript. */
function targetOf({ backend }: { backend: BenchResult['backend'] }): string {
  return backend.backend === 'js' ? 'TypeScript' : backend.simdTarget;
}

function running(target: string, threads: number): string {
  return `${target}, ${formatCount(threads, 'thread')}`;
}

/** Steps with the same title are in one table. */
function titleOf({ shape: { D }, target, threads, contenders: [first] }: Step): string {
  return `${first.name}, D ${D}, ${running(target, threads)}`;
}

/** Lists of the values with the same key, in the order in which the keys appear. */
function grouped<Value>(values: readonly Value[], keyOf: (value: Value) => string): [string, Value[]][] {
  const groups = new Map<string, Value[]>();
  for (const value of values) groups.set(keyOf(value), [...(groups.get(keyOf(value)) ?? []), value]);
  return [...groups];
}

/** A column for each shape: this package's time and share of the peak, and how many times as long the others take. */
function stepTable(steps: readonly Step[]): string[] {
  const shapes = grouped(steps, ({ shape }) => columnName(shape)).map(([name, same]) => {
    const timings = same.flatMap(({ contenders }) => contenders.filter(isTiming));
    return { name, timings, fastest: fastestPeer(timings) };
  });
  const [{ name: first }] = steps[0].contenders;
  const others = [...new Set(steps.flatMap(({ contenders }) => contenders.slice(1).map(nameOf)))];
  const row = (head: string, name: string, cell: (timing: StepTiming, fastest: boolean) => string) => [
    head,
    ...shapes.map(({ timings, fastest }) => {
      const timing = timings.find((one) => nameOf(one) === name);
      return timing === undefined ? '-' : cell(timing, timing === fastest);
    }),
  ];
  return markdown(
    ['', ...shapes.map(({ name }) => name)],
    [
      row('**this package, ms per step**', first, ({ milliseconds }) => `**${formatDigits(milliseconds.median)}**`),
      row('share of the peak', first, ({ shareOfPeak }) => formatPercent(shareOfPeak)),
      ...others.map((name) =>
        row(name, name, ({ ratio }, fastest) => {
          const times = ratio === null ? '-' : `${ratio.toFixed(2)} ×`;
          return fastest ? `**${times}**` : times;
        }),
      ),
    ],
  );
}

function nameOf(contender: { readonly name: string; readonly work?: string }): string {
  return contender.work === 'products' ? `${contender.name}, products only` : contender.name;
}

function isTiming(contender: StepResult['contenders'][number]): contender is StepTiming {
  return !('failed' in contender);
}

/** The fastest of the others that runs whole steps in float32. */
function fastestPeer(timings: readonly StepTiming[]): StepTiming | undefined {
  return timings
    .filter(({ name, work, dtype }) => work === 'step' && dtype === 'float32' && !name.startsWith('two-layer-net'))
    .sort((a, b) => a.milliseconds.median - b.milliseconds.median)[0];
}

/** The steps of shapes that were measured with several numbers of threads. */
function withSeveralThreads(steps: readonly Step[]): Step[] {
  return grouped(steps, ({ shape }) => shapeName(shape))
    .filter(([, same]) => new Set(same.map(({ threads }) => threads)).size > 1)
    .flatMap(([, same]) => same);
}

/** A row for each shape: this package's time with each number of threads, and how many times as fast the most are. */
function threadTable(steps: readonly Step[]): string[] {
  const all = [...new Set(steps.map(({ threads }) => threads))].sort((a, b) => a - b);
  const rows = grouped(steps, ({ shape }) => shapeName(shape)).map(([shape, same]) => {
    const times = all.map((threads) => {
      const first = same.find((step) => step.threads === threads)?.contenders[0];
      return first && isTiming(first) ? first.milliseconds.median : Number.NaN;
    });
    return [shape, ...times.map(formatDigits), formatDigits(times[0] / times[times.length - 1])];
  });
  return markdown(
    ['ms per step', ...all.map((threads) => formatCount(threads, 'thread')), `${all[0]} : ${all.at(-1)}`],
    rows,
  );
}

/** A row for each shape and contender, a column for each kind of pass. */
function passTable(results: readonly BenchResult[]): string[] {
  const found = results.flatMap((result) =>
    result.passes.flatMap(({ shape: { D, H }, threads, contenders }) =>
      contenders
        .filter((one): one is PassTiming => !('failed' in one))
        .map((timing) => ({
          row: [`D ${D}, H ${H}`, timing.name, running(targetOf(result), threads)],
          column: `${timing.work}, ${timing.rows} rows`,
          timing,
        })),
    ),
  );
  const columns = [...new Set(found.map(({ column }) => column))];
  const rows = grouped(found, ({ row }) => row.join('; ')).map(([, same]) => [
    ...same[0].row,
    ...columns.map((name) => {
      const timing = same.find(({ column }) => column === name)?.timing;
      if (timing === undefined) return '-';
      return `${formatDigits(timing.rowsPerSecond.median / 1000)} (${formatPercent(timing.shareOfPeak)})`;
    }),
  ]);
  return markdown(['1000 rows/s (of peak)', '', '', ...columns], rows);
}

/** A row for each comparison: the median ratio and the middle half of the rounds' ratios. */
function comparisonTable(results: readonly ComparisonResult[]): string[] {
  const rows = results.flatMap((result) =>
    result.comparisons.map(({ milliseconds, otherMilliseconds, ratios, ...variant }) => [
      shapeName(variant.shape),
      variantWords(variant),
      running(targetOf(result), variant.threads),
      formatDigits(median(otherMilliseconds)),
      formatDigits(median(milliseconds)),
      median(ratios).toFixed(3),
      [0.25, 0.75].map((q) => quantile(ratios, q).toFixed(3)).join(' – '),
    ]),
  );
  return markdown(['', '', '', 'the other, ms', 'this, ms', 'ratio', 'middle half'], rows);
}

/** `H 50, N 200`; D and C only where they are not the article's. */
function shapeName(shape: BenchShape): string {
  const { D } = SHAPES.article;
  return shape.D === D ? columnName(shape) : `D ${shape.D}, ${columnName(shape)}`;
}

function columnName({ H, C, N }: BenchShape): string {
  return `H ${H}, ${C === SHAPES.article.C ? '' : `C ${C}, `}N ${N}`;
}

/** A Markdown table; no lines without rows. */
function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}

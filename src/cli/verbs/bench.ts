import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { Products } from '../../../binding.js';
import type { BackendChoice } from '../../backend/choose.js';
import { benchmark } from '../../bench/benchmark.js';
import { findPeers } from '../../bench/peer-programs.js';
import type { BenchResult, SearchTiming } from '../../bench/result.js';
import { measureSearches } from '../../bench/search.js';
import { type BenchShape, parseShape, SHAPES } from '../../bench/shapes.js';
import { DTYPES, type Dtype } from '../../net/two-layer-net.js';
import { defaultThreads } from '../../platform/processors.js';
import { PRODUCTS } from '../../training/settings.js';
import {
  backendOption,
  countListOption,
  jsonOption,
  listOption,
  numberOption,
  settingListOption,
} from '../options/options.js';
import { reportLines } from '../output/bench-report.js';
import { checkOutputs } from '../output/output-files.js';
import { printResult } from '../output/print-result.js';

/** The options of `bench` as commander gives them. */
interface BenchCommandOptions {
  shapes?: BenchShape[];
  threads?: number[];
  dtype: Dtype[];
  products: Products[];
  backend: BackendChoice;
  rounds: number;
  seconds: number;
  rows: number;
  profile: boolean;
  searches?: number[] | true;
  peers?: string[];
  python: string;
  json?: string;
}

/** What the shell expects of a program that was ended by a signal: 128 and its number. */
const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/**
 * `two-layer-net bench`: how fast this machine trains and predicts, beside its peak and other libraries.
 *
 * @param version - this package's
 */
export function benchCommand(version: string): Command {
  const command = new Command('bench').description(
    'Measure training steps and predictions: time, share of what the processor can do, and other libraries beside.',
  );
  const options = [
    new Option('--shapes <shapes...>', `${Object.keys(SHAPES).join(', ')}, or sizes as in H64,N200 (default: these)`)
      // Commander hands over one at a time, with what came before.
      .argParser((text: string, before: BenchShape[] = []) => [...before, usable(() => parseShape(text))]),
    settingListOption(
      '--threads <list>',
      'threads',
      'numbers of threads, as in 1,2 (default: 1, and one per processor)',
    ),
    listOption('--dtype <list>', 'types of arithmetic', DTYPES, ['float32']),
    listOption('--products <list>', 'matrix products: own kernels, those of the BLAS, the faster', PRODUCTS, ['auto']),
    backendOption(),
    numberOption('--rounds <n>', 'times that each is measured', { integer: true, min: 1, max: 1000 }, 5),
    numberOption('--seconds <s>', 'length of one measurement', { min: 0, exclusiveMin: true, max: 60 }, 0.5),
    numberOption('--rows <n>', 'rows of the data set', { integer: true, min: 1, max: 1e6 }, 49_000),
    new Option('--profile', 'tell where the time of a step goes').default(false),
    countListOption(
      '--searches [trials]',
      'search so many trials side by side, and one after the other, in place of steps',
    ),
    new Option('--peers <paths...>', 'peers to measure beside: files, or folders of them').argParser(
      (path: string, before: string[] = []) => [...before, usablePath(path)],
    ),
    new Option('--python <program>', 'runs the peers in Python').env('TWO_LAYER_NET_PYTHON').default('python3'),
    jsonOption(),
  ];
  for (const option of options) command.addOption(option);
  return command.action((given: BenchCommandOptions) => run(given, version));
}

async function run(options: BenchCommandOptions, version: string): Promise<void> {
  await checkOutputs({ '--json': options.json });
  const ignored = withoutCoretype();
  // By way of exit, which ends the peers: they are stopped between their turns and would hear of nothing themselves.
  for (const [signal, code] of Object.entries(SIGNALS)) process.once(signal, () => process.exit(code));
  const { dtype, products, backend, rounds, seconds, rows, profile, searches, peers = [], python } = options;
  const tell = (line: string) => void process.stderr.write(`${line}\n`);
  const measured = await benchmark(
    {
      shapes: options.shapes ?? (searches ? [] : Object.values(SHAPES)),
      threads: options.threads ?? [...new Set([1, defaultThreads()])],
      ...{ dtypes: dtype, products, backend, rounds, seconds, rows, profile },
      peers: findPeers(peers, python),
    },
    tell,
  );
  const machine = {
    cpu: cpus()[0]?.model ?? 'unknown processor',
    processors: defaultThreads(),
    platform: `${process.platform} ${process.arch}`,
    node: process.versions.node,
  };
  const result: BenchResult = { version, machine, ignored, ...measured, searches: await timeSearches(options, tell) };
  await printResult(reportLines(result), result, options.json);
}

/** Searches of as many trials as there are cores and around that, unless told otherwise. */
async function timeSearches(
  { searches, threads, dtype, backend, rounds, rows }: BenchCommandOptions,
  tell: (line: string) => void,
): Promise<SearchTiming[]> {
  if (!searches) return [];
  const cores = Math.max(...(threads ?? [defaultThreads()]));
  const trials = searches === true ? [...new Set([1, cores, cores + 1, 3 * cores])] : searches;
  const bench = { trials, threads: cores, backend, rounds, rows };
  const timings: SearchTiming[] = [];
  for (const one of dtype) timings.push(...(await measureSearches({ ...bench, dtype: one }, tell)));
  return timings;
}

/**
 * Takes OpenBLAS's choice of kernels out of the environment, for this process, which has not loaded it yet, and its
 * peers: a setting for old versions or for one of the libraries would handicap others, and what is measured is what each
 * does by itself.
 */
function withoutCoretype(): Record<string, string> {
  const { OPENBLAS_CORETYPE } = process.env;
  delete process.env.OPENBLAS_CORETYPE;
  return OPENBLAS_CORETYPE === undefined ? {} : { OPENBLAS_CORETYPE };
}

/** Makes wrong usage of what `parse` throws. */
function usable<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

function usablePath(path: string): string {
  if (existsSync(path)) return path;
  throw new InvalidArgumentError(`Expected a peer's file or a folder of peers but there is nothing at ${path}`);
}

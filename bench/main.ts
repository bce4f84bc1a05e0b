/** `npm run bench`: this package beside other libraries. Started by run.mjs. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import {
  type MeasurementOptions,
  measurementOptions,
  measurementSettings,
  withoutOpenblasChoices,
} from '../src/cli/options/measurement.js';
import { countListOption } from '../src/cli/options/numbers.js';
import { checkOutputs } from '../src/cli/output/output-files.js';
import { printResult } from '../src/cli/output/print-result.js';
import { backendInfo } from '../src/index.js';
import { type MeasureSettings, measure } from '../src/measure/measure.js';
import { SHAPES } from '../src/measure/shapes.js';
import { thisMachine } from '../src/platform/this-machine.js';
import { compare } from './against/compare.js';
import { type ComparisonResult, comparisonLines } from './against/report.js';
import { measureCalls } from './calls.js';
import { CLASSIFIER_SETS, measureClassifiers } from './classifiers/measure.js';
import { type ClassifierResult, classifierLines } from './classifiers/report.js';
import { type EventLoopResult, eventLoopLines } from './event-loop/report.js';
import { type EventLoopTiming, measureEventLoop } from './event-loop/verbs.js';
import { Peer } from './peer.js';
import { findPeers, type PeerProgram } from './peer-programs.js';
import { peerReportLines } from './report.js';
import type { CallTiming, PeerBenchResult, PeerReport, SearchTiming } from './result.js';
import { measureSearches } from './searches.js';
import { type AnyResult, markdownTables } from './tables.js';

/** The options as commander parses them. */
interface BenchOptions extends MeasurementOptions {
  searches?: number[] | true;
  calls: boolean;
  peers?: string[];
  python: string;
  against?: string;
  eventLoop?: true;
  classifiers?: string[] | true;
  tables?: string[];
}

/** The exit codes that a shell expects of a program that a signal ends: 128 and the signal's number. */
const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/** The repository's root, from build/bench/, where run.mjs puts the bundle. */
const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** The shapes that `--against` and `--calls` measure by default: small, medium and large. */
const COMPARED_SHAPES = [SHAPES.article, SHAPES.wide, SHAPES.large];

/** What `--against` compares by default. */
const COMPARED_WORK = ['steps'] as const;

/** The rounds of `--against` by default: a ratio of 1 % needs many. */
const COMPARED_ROUNDS = 15;

/** The rounds of `--classifiers` by default. */
const CLASSIFIER_SPLITS = 10;

const command = new Command('npm run bench --')
  .description('Measure training steps beside other libraries, in turns, and predictions and validation.')
  .showHelpAfterError('(--help shows the options)')
  .exitOverride();
for (const option of [...measurementOptions(), ...peerOptions()]) command.addOption(option);
command.action(run);

function peerOptions(): Option[] {
  return [
    countListOption('--searches [trials]', 'time searches with these numbers of trials, instead of steps'),
    new Option('--calls', 'time what calls of a training cost besides its steps, instead of steps')
      .default(false)
      .conflicts(['peers', 'searches', 'profile']),
    new Option(
      '--event-loop',
      'how long the event loop makes others wait during each asynchronous call (default shape: large)',
    ).conflicts(['peers', 'searches', 'calls', 'profile', 'against']),
    new Option('--classifiers [sets...]', "Classifier.fit beside scikit-learn's classifiers (default: all data sets)")
      .choices(Object.keys(CLASSIFIER_SETS))
      .conflicts(['peers', 'searches', 'calls', 'eventLoop', 'profile', 'against']),
    new Option(
      '--peers <paths...>',
      'peers to measure: files, or folders of them (default: those of this repository)',
    ).argParser((path: string, before: string[] = []) => [...before, existingPath(path)]),
    new Option(
      '--against <dir>',
      'compare with another built checkout of this package; steps, unless --measure is given',
    )
      .argParser(checkoutFolder)
      .conflicts(['peers', 'searches', 'profile']),
    new Option('--tables <files...>', 'measure nothing: print Markdown tables of results that --json wrote'),
    new Option('--python <program>', 'runs the peers in Python').env('TWO_LAYER_NET_PYTHON').default('python3'),
  ];
}

async function run(options: BenchOptions): Promise<void> {
  if (options.tables) return printTables(options.tables);
  await checkOutputs({ '--json': options.json });
  const ignored = withoutOpenblasChoices();
  // process.exit ends the peers. They are stopped between their turns and would not notice a signal themselves.
  for (const [signal, code] of Object.entries(SIGNALS)) process.once(signal, () => process.exit(code));
  if (options.classifiers) await compareClassifiers(options);
  else if (options.eventLoop) await watchCalls(options);
  else if (options.against === undefined || options.calls) await benchmark(options, ignored);
  else await compareAgainst(options.against, options, ignored);
}

function printTables(files: readonly string[]): void {
  const results = files.map((file): AnyResult => JSON.parse(readFileSync(file, 'utf8')));
  process.stdout.write(`${markdownTables(results).join('\n')}\n`);
}

/** This package beside its peers. */
async function benchmark(options: BenchOptions, ignored: Record<string, string>): Promise<void> {
  const { searches, calls, peers: paths = [relative('', join(ROOT, 'bench', 'peers'))], python } = options;
  const settings = measurementSettings(options);
  const shapes = calls || (searches && options.shapes === undefined) ? [] : settings.shapes;
  const programs = shapes.length > 0 && settings.work.includes('steps') ? findPeers(paths, python) : [];
  const peers: PeerReport[] = [];
  const startOthers = (threads: number) => startPeers(programs, threads, settings.rows, peers);
  const measured = await measure({ ...settings, shapes, startOthers }, tell);
  const result: PeerBenchResult = {
    version: JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version,
    machine: thisMachine(),
    ignored,
    ...measured,
    peers,
    searches: await timeSearches(options),
    calls: await timeCalls(options, settings),
  };
  await printResult(peerReportLines(result), result, options.json);
}

/** This package beside another checkout of it. */
async function compareAgainst(other: string, options: BenchOptions, ignored: Record<string, string>): Promise<void> {
  const settings = measurementSettings(options);
  const { shapes = COMPARED_SHAPES } = options;
  const rounds = command.getOptionValueSource('rounds') === 'default' ? COMPARED_ROUNDS : options.rounds;
  const work = command.getOptionValueSource('measure') === 'default' ? COMPARED_WORK : settings.work;
  const { seconds, rows } = settings;
  const date = new Date().toISOString();
  const backend = backendInfo(settings.backend);
  const comparisons = await compare({ ...settings, folder: ROOT, other, shapes, rounds, work }, tell);
  const result: ComparisonResult = {
    date,
    machine: thisMachine(),
    backend,
    ignored,
    folder: ROOT,
    other,
    rounds,
    seconds,
    rows,
    comparisons,
  };
  await printResult(comparisonLines(result), result, options.json);
}

/** The event loop during each asynchronous call, with each shape, type and number of threads. */
async function watchCalls(options: BenchOptions): Promise<void> {
  const date = new Date().toISOString();
  const { shapes = [SHAPES.large] } = options;
  const { threads, dtypes, backend, rows, seconds } = measurementSettings(options);
  const timings: EventLoopTiming[] = [];
  for (const shape of shapes) {
    for (const dtype of dtypes) {
      for (const count of threads) {
        const bench = { shape, dtype, threads: count, backend, rows, seconds };
        timings.push(...(await measureEventLoop(bench, tell)));
      }
    }
  }
  const result: EventLoopResult = { date, machine: thisMachine(), backend: backendInfo(backend), timings };
  await printResult(eventLoopLines(result), result, options.json);
}

/** Classifiers beside those of scikit-learn. */
async function compareClassifiers({ classifiers, python, json, ...options }: BenchOptions): Promise<void> {
  const date = new Date().toISOString();
  const sets = Array.isArray(classifiers) ? classifiers : Object.keys(CLASSIFIER_SETS);
  const splits = command.getOptionValueSource('rounds') === 'default' ? CLASSIFIER_SPLITS : options.rounds;
  const threads = Math.max(...(options.threads ?? [thisMachine().processors]));
  const folder = join(ROOT, 'bench', 'classifiers');
  const measured = await measureClassifiers({ sets, splits, threads, python, folder }, tell);
  const result: ClassifierResult = {
    date,
    machine: thisMachine(),
    backend: backendInfo(),
    threads,
    splits,
    ...measured,
  };
  await printResult(classifierLines(result), result, json);
}

/** Starts the peers one after the other, so that each has the machine to itself while it loads. */
async function startPeers(
  programs: readonly PeerProgram[],
  threads: number,
  rows: number,
  reports: PeerReport[],
): Promise<Peer[]> {
  const started: Peer[] = [];
  for (const program of programs) {
    const { file } = program;
    try {
      const peer = await Peer.start(program, { threads, rows });
      started.push(peer);
      reports.push({ file, threads, introduction: peer.introduction, unavailable: null });
    } catch (error) {
      const unavailable = (error as Error).message;
      reports.push({ file, threads, introduction: null, unavailable });
      tell(`without ${file}: ${unavailable}`);
    }
  }
  return started;
}

/** Times searches; by default with one trial, one per core, one more than that, and three per core. */
async function timeSearches(options: BenchOptions): Promise<SearchTiming[]> {
  const { searches, threads, dtype, backend, rounds, rows } = options;
  if (!searches) return [];
  const cores = Math.max(...(threads ?? [thisMachine().processors]));
  const trials = searches === true ? [...new Set([1, cores, cores + 1, 3 * cores])] : searches;
  const timings: SearchTiming[] = [];
  for (const one of dtype) {
    timings.push(...(await measureSearches({ trials, threads: cores, backend, rounds, rows, dtype: one }, tell)));
  }
  return timings;
}

/** Times calls of this checkout, and of the one that `--against` names. */
async function timeCalls(
  { calls, against, shapes = COMPARED_SHAPES }: BenchOptions,
  settings: MeasureSettings,
): Promise<CallTiming[]> {
  if (!calls) return [];
  const folders = against === undefined ? [ROOT] : [ROOT, against];
  return measureCalls({ ...settings, folders, shapes }, tell);
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

function checkoutFolder(path: string): string {
  const folder = resolve(path);
  if (folder === ROOT) throw new InvalidArgumentError('Expected another checkout but received this one');
  if (existsSync(join(folder, 'dist', 'index.js'))) return folder;
  throw new InvalidArgumentError(
    `Expected a built checkout but ${join(path, 'dist', 'index.js')} does not exist: run node scripts/setup.mjs there`,
  );
}

function existingPath(path: string): string {
  if (existsSync(path)) return path;
  throw new InvalidArgumentError(`Expected a peer's file or a folder of peers but ${path} does not exist`);
}

try {
  await command.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Commander has printed its message. Help ends here too, with exit code 0.
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else {
    process.stderr.write(`error: ${(error as Error).message}\n`);
    if (process.env.DEBUG) process.stderr.write(`${(error as Error).stack}\n`);
    process.exitCode = 1;
  }
}

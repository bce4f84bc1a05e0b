/** `npm run bench`: this package beside other libraries. Started by run.mjs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { measurementOptions, measurementSettings, withoutOpenblasChoices } from '../src/cli/options/measurement.js';
import { checkOutputs } from '../src/cli/output/output-files.js';
import { printResult } from '../src/cli/output/print-result.js';
import { backendInfo } from '../src/index.js';
import { type MeasureSettings, measure } from '../src/measure/measure.js';
import { DataCache } from '../src/measure/net-contenders.js';
import { SHAPES } from '../src/measure/shapes.js';
import { thisMachine } from '../src/platform/this-machine.js';
import { checkoutProgram, compare } from './against/compare.js';
import { type ComparisonResult, comparisonLines } from './against/report.js';
import { measureCalls } from './calls.js';
import { CLASSIFIER_SETS, measureClassifiers } from './classifiers/measure.js';
import { type ClassifierResult, classifierLines } from './classifiers/report.js';
import { type EventLoopResult, eventLoopLines } from './event-loop/report.js';
import { type EventLoopTiming, measureEventLoop } from './event-loop/verbs.js';
import { measureNeighbours, type NeighbourFailure, type NeighbourTiming } from './neighbours/measure.js';
import { type NeighbourResult, neighbourLines } from './neighbours/report.js';
import { measureOptimizers, torchPrograms } from './optimizers/measure.js';
import { type OptimizerResult, optimizerLines } from './optimizers/report.js';
import { RULES } from './optimizers/rules.js';
import { type BenchOptions, benchOptions, DEFAULT_PEERS, ROOT } from './options.js';
import { Peer } from './peer.js';
import { findPeers, type PeerProgram } from './peer-programs.js';
import { EMPTY_SHAPE, measurePredictions, PREDICTION_SHAPES } from './predictions/measure.js';
import { type PredictionResult, predictionLines } from './predictions/report.js';
import { peerReportLines } from './report.js';
import type { CallTiming, PeerBenchResult, PeerReport, SearchTiming } from './result.js';
import { measureSearches } from './searches.js';
import { type AnyResult, markdownTables } from './tables.js';

/** The exit codes that a shell expects of a program that a signal ends: 128 and the signal's number. */
const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

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
for (const option of [...measurementOptions(), ...benchOptions()]) command.addOption(option);
command.action(run);

async function run(options: BenchOptions): Promise<void> {
  if (options.tables) return printTables(options.tables);
  await checkOutputs({ '--json': options.json });
  const ignored = withoutOpenblasChoices();
  // process.exit ends the peers. They are stopped between their turns and would not notice a signal themselves.
  for (const [signal, code] of Object.entries(SIGNALS)) process.once(signal, () => process.exit(code));
  if (options.classifiers) await compareClassifiers(options);
  else if (options.eventLoop) await watchCalls(options);
  else if (options.neighbours) await besideNeighbours(options);
  else if (options.optimizers) await timeOptimizers(options);
  else if (options.predictions) await timePredictions(options);
  else if (options.against === undefined || options.calls) await benchmark(options, ignored);
  else await compareAgainst(options.against, options, ignored);
}

function printTables(files: readonly string[]): void {
  const results = files.map((file): AnyResult => JSON.parse(readFileSync(file, 'utf8')));
  process.stdout.write(`${markdownTables(results).join('\n')}\n`);
}

/** This package beside its peers. */
async function benchmark(options: BenchOptions, ignored: Record<string, string>): Promise<void> {
  const { searches, calls, peers: paths = [DEFAULT_PEERS], python } = options;
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

/** This package, another checkout and the peers on a shared machine, with each shape. */
async function besideNeighbours(options: BenchOptions): Promise<void> {
  const date = new Date().toISOString();
  const { shapes = [SHAPES.article, SHAPES.wide], against, peers = [DEFAULT_PEERS], python } = options;
  const { dtypes, products, rowTypes, backend, rows, rounds, seconds } = measurementSettings(options);
  const threads = Math.max(2, ...(options.threads ?? [thisMachine().processors]));
  const net = { dtype: dtypes[0], products: products[0], rowType: rowTypes[0], task: { work: 'steps' } } as const;
  const programs = [
    ...[ROOT, ...(against === undefined ? [] : [against])].map((folder) => checkoutProgram(folder, net, backend)),
    ...findPeers(peers, python),
  ];
  const timings: (NeighbourTiming | NeighbourFailure)[] = [];
  for (const shape of shapes) {
    timings.push(...(await measureNeighbours({ programs, shape, threads, rounds, seconds, rows }, tell)));
  }
  const result: NeighbourResult = { date, machine: thisMachine(), backend: backendInfo(backend), rounds, timings };
  await printResult(neighbourLines(result), result, options.json);
}

/** Predictions beside those of onnxruntime-node. */
async function timePredictions(options: BenchOptions): Promise<void> {
  const date = new Date().toISOString();
  const { shapes = PREDICTION_SHAPES, json } = options;
  const { threads, rounds, seconds } = measurementSettings(options);
  const bench = {
    shapes: [EMPTY_SHAPE, ...shapes],
    threads,
    rounds,
    seconds,
    folder: join(ROOT, 'bench', 'predictions'),
  };
  const measured = await measurePredictions(bench, tell);
  const result: PredictionResult = { date, machine: thisMachine(), backend: backendInfo(), rounds, ...measured };
  await printResult(predictionLines(result), result, json);
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

/** Update rules and regularization beside plain gradient descent and PyTorch. */
async function timeOptimizers({ optimizers, python, json, ...options }: BenchOptions): Promise<void> {
  const date = new Date().toISOString();
  const { shapes = COMPARED_SHAPES.slice(0, 2) } = options;
  const { dtypes, products, rowTypes, backend, rows, rounds, seconds } = measurementSettings(options);
  const how = {
    dtype: dtypes[0],
    products: products[0],
    rowType: rowTypes[0],
    threads: Math.max(...(options.threads ?? [thisMachine().processors])),
    rounds,
  };
  const bench = {
    ...how,
    rules: Array.isArray(optimizers) ? optimizers : Object.keys(RULES),
    shapes,
    backend,
    seconds,
    cache: new DataCache(rows),
    programsOf: torchPrograms(join(ROOT, 'bench', 'optimizers'), python),
  };
  const timings = await measureOptimizers(bench, tell);
  const result: OptimizerResult = { date, machine: thisMachine(), backend: backendInfo(backend), ...how, timings };
  await printResult(optimizerLines(result), result, json);
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

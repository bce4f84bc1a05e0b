import { type Command as AnyCommand, Command, Option } from 'commander';
import type { BackendChoice, BackendInfo } from '../../backend/choose.js';
import type { ImageDataset } from '../../data/dataset.js';
import { saveModel } from '../../model/model.js';
import { evaluate } from '../../net/evaluation.js';
import { DTYPES, type Dtype } from '../../net/two-layer-net.js';
import { replaceFile } from '../../platform/replace-file.js';
import { productsWords } from '../../report/document/backend-words.js';
import { makeReport, writeReport } from '../../report/document/make-report.js';
import type { LiveReport } from '../../report/live/live-server.js';
import { bestOf } from '../../tune/ranking.js';
import {
  combinationsOf,
  resolveSearch,
  SEARCH_DEFAULTS,
  SEARCH_KINDS,
  SEARCH_RULES,
  type Search,
  type SearchKind,
} from '../../tune/search.js';
import type { Choices } from '../../tune/settings.js';
import { SweepAbortedError, type SweepResults, sweep } from '../../tune/sweep.js';
import { loadData, reportDataset } from '../options/load-data.js';
import {
  choicesOption,
  computeInfo,
  computeOptions,
  dataOptions,
  jsonOption,
  numberOption,
  reportOptions,
  seedOption,
  settingOption,
} from '../options/options.js';
import { type SearchStart, searchStart } from '../options/sweep-results.js';
import { Interruption } from '../output/interruption.js';
import { keepServing, searchFollower, startLive } from '../output/live.js';
import { checkOutputs, checkReport } from '../output/output-files.js';
import { printResult } from '../output/print-result.js';
import { sweepProgressView } from '../output/sweep-progress.js';
import { csvLines, settingsWords, sweepLines } from '../output/sweep-report.js';

/** The options of `sweep` as commander gives them. */
interface SweepCommandOptions {
  learningRate: Choices;
  reg: Choices;
  hidden: Choices;
  batchSize: Choices;
  learningRateDecay: Choices;
  std: Choices;
  search: SearchKind;
  trials?: number;
  iterations: number;
  seeds: number;
  seed: number;
  eta: number;
  minIterations?: number;
  dtype: Dtype;
  backend: BackendChoice;
  threads?: number;
  data?: string;
  fullTest: boolean;
  results: string | boolean;
  resume?: string;
  save?: string;
  csv?: string;
  json?: string;
  report?: string;
  serve?: number;
}

/** The options that say what is searched; with `--resume` they come from the file. */
const SEARCH_OPTIONS = [
  ...['learningRate', 'reg', 'hidden', 'batchSize', 'learningRateDecay', 'std', 'search', 'trials', 'iterations'],
  ...['seeds', 'seed', 'eta', 'minIterations', 'dtype', 'results'],
];

/** `two-layer-net sweep`: the article's search for good settings, and others. */
export function sweepCommand(): Command {
  const command = new Command('sweep')
    .description("Search for good settings by validation accuracy; the defaults are the article's search.")
    .addHelpText(
      'after',
      '\nValues to try: 1e-2,1e-3 (a list), 0.1..1 (a range), log:1e-5..1e-2 (a range of factors).',
    );
  const { trials, seeds, eta } = SEARCH_RULES;
  const { numIters } = SEARCH_DEFAULTS;
  const options = [
    choicesOption('--learning-rate <values>', 'learningRate', '1e-2,1e-3'),
    choicesOption('--reg <values>', 'reg', '0.4,0.5,0.6'),
    choicesOption('--hidden <values>', 'hiddenSize', '50'),
    choicesOption('--batch-size <values>', 'batchSize', '200'),
    choicesOption('--learning-rate-decay <values>', 'learningRateDecay', '0.95'),
    choicesOption('--std <values>', 'std', '1e-4'),
    new Option('--search <kind>', 'every combination, some drawn, or many of which the best go on')
      .choices([...SEARCH_KINDS])
      .default('grid'),
    numberOption('--trials <n>', 'combinations to draw, in a random search or a halving (default: 27)', trials),
    settingOption('--iterations <n>', 'numIters', numIters),
    numberOption('--seeds <k>', 'trainings of each combination, judged by their mean', seeds, SEARCH_DEFAULTS.seeds),
    seedOption('the first training, and of what is drawn'),
    numberOption(
      '--eta <n>',
      'halving: one of so many goes on, for so many times the iterations',
      eta,
      SEARCH_DEFAULTS.eta,
    ),
    numberOption('--min-iterations <n>', 'halving: iterations of the first round at least (default: 50)', {
      integer: true,
      min: 1,
    }),
    new Option('--dtype <type>', 'type of parameters and arithmetic').choices([...DTYPES]).default('float32'),
    ...computeOptions(),
    ...dataOptions(),
    new Option('--results <file>', 'write each result there at once (default: sweep-TIME.jsonl)'),
    new Option('--no-results', 'write no file of results'),
    new Option('--resume <file>', 'go on with the search of a file of results'),
    new Option('--save <file>', 'write the best model (safetensors)'),
    new Option('--csv <file>', 'write a table of all trials'),
    ...reportOptions(),
    jsonOption(),
  ];
  for (const option of options) command.addOption(option);
  return command.action((given: SweepCommandOptions) => run(given, command));
}

async function run(options: SweepCommandOptions, command: AnyCommand): Promise<void> {
  const created = new Date();
  checkResume(options, command);
  const asked = options.resume === undefined ? searchOf(options, command) : undefined;
  const { save, csv, json, resume } = options;
  const outputs = { '--save': save, '--csv': csv, '--json': json, ...(await checkReport(options.report)) };
  const results = typeof options.results === 'string' ? options.results : undefined;
  await checkOutputs(outputs, { '--resume': resume, '--results': results });
  const info = computeInfo(options);
  const data = await loadData(options, 'two-layer-net sweep --data DIR');
  const backend = productsWords(info);
  const begun = await searchStart({ resume, results: options.results, asked, data, created, backend });
  const { search, path } = begun;
  tellFewer(search);
  const interruption = new Interruption('Stopping; what is finished is kept');
  const base = { created, backend: info, data: reportDataset(data), settings: settingsWords(search) };
  const empty = makeReport({ ...base, data: undefined, status: 'running' });
  const live = await startLive(options.serve, empty, () => interruption.stop());
  try {
    const outcome = await searchInterruptibly({ ...begun, data, options, interruption, live });
    await show({ ...outcome, options, info, data, path });
    const { results, interrupted } = outcome;
    // A search that goes on may not have seen the test part.
    const shown = interrupted ? { ...base.data, test: undefined } : base.data;
    const status = interrupted ? 'interrupted' : 'done';
    await report(options.report, live, { ...base, data: shown, search: results, status }, interruption);
    // Nobody loses what was found because a file of it could not be written; the command has failed all the same.
    if (outcome.unwritten !== undefined) throw outcome.unwritten;
    if (interruption.bySignal) process.exitCode = Interruption.EXIT_CODE;
  } finally {
    await live?.close();
  }
}

/** Drawn combinations are all different: a small space may have fewer than were asked for. */
function tellFewer(search: Search): void {
  const { length } = combinationsOf(search);
  if (search.trials === undefined || length >= search.trials) return;
  process.stderr.write(
    `The space has no more than ${length} different combinations to draw, of ${search.trials} trials\n`,
  );
}

interface Shown extends SearchOutcome {
  readonly options: SweepCommandOptions;
  readonly info: BackendInfo;
  readonly data: ImageDataset;
  readonly path: string | undefined;
}

/** Evaluates the best net, once and not before the search has ended, writes what was asked for and prints the results. */
async function show({ results, interrupted, unwritten, options, info, data, path }: Shown): Promise<void> {
  const { save, csv, json } = options;
  const { best } = results;
  const testAccuracy = best && !interrupted ? evaluate(best.net, data.test.X, data.test.y).accuracy : undefined;
  if (save !== undefined) await saveBest(save, results, data);
  if (csv !== undefined) await replaceFile(csv, csvLines(results));
  await printResult(
    sweepLines({ results, testAccuracy, info, data, interrupted }),
    { ...jsonOf(results), testAccuracy, backendInfo: info, data: data.source, interrupted },
    json,
  );
  if (path && unwritten === undefined) process.stderr.write(resultsNote(path, interrupted));
}

/** With `--resume` the search is the file's: an option that would change it is wrong usage. */
function checkResume({ resume, results }: SweepCommandOptions, command: AnyCommand): void {
  if (resume === undefined) return;
  const given = SEARCH_OPTIONS.filter((name) => isGiven(command, name));
  if (given.length === 0) return;
  const flags = given.map((name) => (name === 'results' && results === false ? '--no-results' : flagOf(name)));
  command.error(`error: ${flags.join(', ')} cannot be given with --resume: the search is the one in ${resume}`);
}

function isGiven(command: AnyCommand, name: string): boolean {
  return command.getOptionValueSource(name) === 'cli';
}

function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** The search that the options ask for; one that there cannot be is wrong usage. */
function searchOf(options: SweepCommandOptions, command: AnyCommand): Search {
  const { learningRate, reg, hidden: hiddenSize, batchSize, learningRateDecay, std } = options;
  const { search, trials, iterations: numIters, seeds, seed, eta, minIterations, dtype } = options;
  const space = { learningRate, reg, hiddenSize, batchSize, learningRateDecay, std };
  const some = {
    ...(trials !== undefined && { trials }),
    ...(minIterations !== undefined && { minIters: minIterations }),
  };
  const idle = search === 'halving' ? [] : ['eta', 'minIterations'].filter((name) => isGiven(command, name));
  if (idle.length > 0) command.error(`error: ${idle.map(flagOf).join(', ')} can be given with --search halving alone`);
  try {
    return resolveSearch({ space, search, numIters, seeds, seed, eta, dtype, ...some });
  } catch (error) {
    return command.error(`error: ${(error as Error).message}`);
  }
}

interface SearchRun extends SearchStart {
  readonly data: ImageDataset;
  readonly options: SweepCommandOptions;
  readonly interruption: Interruption;
  readonly live: LiveReport | undefined;
}

interface SearchOutcome {
  /** All of them, or those until an interruption. */
  readonly results: SweepResults;
  readonly interrupted: boolean;
  /** Why the file of results does not have them all; undefined where it does. */
  readonly unwritten: unknown;
}

/** Searches with progress shown. */
async function searchInterruptibly(run: SearchRun): Promise<SearchOutcome> {
  const { search, earlier, data, options, interruption, live } = run;
  const file = await run.open();
  const { backend, threads } = options;
  const view = sweepProgressView(earlier.length, search);
  const follow = live && searchFollower(live, search, earlier);
  const tell = (error: unknown) => void process.stderr.write(`warning: ${(error as Error).message}\n`);
  const find = () =>
    sweep(data, {
      ...{ ...search, backend, threads, earlier, signal: interruption.signal },
      onResult: (result) => {
        file?.add(result, tell);
        view.result(result);
        follow?.onResult(result);
      },
      onProgress: (progress) => {
        view.update(progress);
        follow?.onProgress(progress);
      },
    });
  let found: Omit<SearchOutcome, 'unwritten'>;
  let unwritten: unknown;
  try {
    found = { results: await interruption.during(find, () => view.close()), interrupted: false };
  } catch (error) {
    if (!(error instanceof SweepAbortedError)) throw error;
    process.stderr.write(`${error.message}\n`);
    found = { results: error.results, interrupted: true };
  } finally {
    view.close();
    await file?.close().catch((error: unknown) => {
      unwritten = error;
    });
  }
  return { ...found, unwritten };
}

async function saveBest(
  path: string,
  { best, ranking, search }: SweepResults,
  { classNames, mean }: ImageDataset,
): Promise<void> {
  if (!best) {
    const why = bestOf(ranking)
      ? 'the best trial is one of an earlier run, whose net is made at the end'
      : 'no trial has ended well';
    process.stderr.write(`There is no model to save to ${path}: ${why}\n`);
    return;
  }
  const { result, net, history } = best;
  const { settings, seed, numIters, id } = result;
  const all = { ...settings, seed, numIters, dtype: search.dtype, trial: id };
  await saveModel(path, { ...net, classNames, mean, history, settings: all });
  process.stderr.write(`Saved the best model to ${path}\n`);
}

function jsonOf({ search, results, ranking, best, seconds }: SweepResults): object {
  // The ranking names its results by their ids: they are all there once.
  const ranked = ranking.map(({ results, ...rest }) => ({ ...rest, trials: results.map(({ id }) => id) }));
  return { search, results, ranking: ranked, best: best?.result ?? bestOf(ranking) ?? null, seconds };
}

function resultsNote(path: string, interrupted: boolean): string {
  return interrupted ? `Go on with: two-layer-net sweep --resume ${path}\n` : `The results are in ${path}\n`;
}

/** Writes the report and goes on serving it, as far as either was asked for. */
async function report(
  folder: string | undefined,
  live: LiveReport | undefined,
  input: Parameters<typeof makeReport>[0] & { search: SweepResults },
  interruption: Interruption,
): Promise<void> {
  if (folder === undefined && !live) return;
  const made = makeReport(input);
  if (folder !== undefined) process.stderr.write(`Wrote the report to ${await writeReport(folder, made)}\n`);
  await keepServing(live, made, interruption.bySignal);
}

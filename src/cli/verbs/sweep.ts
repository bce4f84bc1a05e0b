import { type Command as AnyCommand, Command, Option } from 'commander';
import type { BackendChoice } from '../../backend/choose.js';
import { formatToWrite } from '../../model/formats/all.js';
import { productsWords } from '../../report/document/backend-words.js';
import { makeReport } from '../../report/document/make-report.js';
import { bestOf } from '../../tune/ranking.js';
import { fewCombinations, type Search, type SearchOptions } from '../../tune/search.js';
import { TRIAL_SETTINGS } from '../../tune/settings.js';
import { computeInfo, computeOptions } from '../options/compute.js';
import { dataOptions, validationOption } from '../options/data.js';
import { checkHoldOut, type DataFlags, dataInputs, loadData } from '../options/load-data.js';
import { jsonOption, reportOptions, saveOption } from '../options/output.js';
import { flagNameOf, isGiven, type SearchFlags, searchFlags, searchOf } from '../options/search.js';
import { attributeOf } from '../options/settings.js';
import { searchStart } from '../options/sweep-results.js';
import { Interruption } from '../output/interruption.js';
import { KeptResults } from '../output/kept-results.js';
import { startLive } from '../output/live.js';
import { checkOutputs, checkReport } from '../output/output-files.js';
import { publishReport } from '../output/publish-report.js';
import { showSweepOutcome } from '../output/sweep-outcome.js';
import { settingsWords } from '../output/sweep-report.js';
import { searchInterruptibly } from '../searching/run-search.js';
import { searchSubject } from '../searching/subject.js';

/** The options of `sweep` as commander passes them, besides the search space. */
interface SweepCommandOptions extends DataFlags, SearchFlags {
  backend: BackendChoice;
  threads?: number;
  results: string | boolean;
  resume?: string;
  save?: string;
  csv?: string;
  json?: string;
  report?: string;
  serve?: number;
}

/** The options that define the search; with `--resume` they come from the file. */
const SEARCH_OPTIONS = [
  ...TRIAL_SETTINGS.map(attributeOf),
  attributeOf('numIters'),
  'search',
  'trials',
  'seeds',
  'seed',
  'eta',
  'minIterations',
  'results',
];

/** What `--help` says below the options. */
const HELP = `
Values to try: a list (1e-2,1e-3) or, for numbers, a range (0.1..1, drawn uniformly; log:1e-5..1e-2, drawn on a log
scale).

CIFAR-10 and its stand-in train the article's net; the defaults above are the article's. On all other data, such as a
table, each trial is a Classifier: columns are standardised, and a tenth of the rows, unless --validation says how many,
is held out once to judge the trials by. Its defaults are those of train, with a third, one and three times the learning
rate, a tenth, one and ten times the regularization, and as many iterations as 200 epochs.`;

/** `two-layer-net sweep`: searches for good settings, by default as the article does. */
export function sweepCommand(): Command {
  const command = new Command('sweep')
    .description("Search for good settings by validation accuracy; the defaults are the article's search.")
    .addHelpText('after', HELP);
  const options = [
    ...searchFlags(),
    ...computeOptions(),
    ...dataOptions(),
    validationOption(),
    new Option('--results <file>', 'write each result to this file as soon as it is known (default: sweep-TIME.jsonl)'),
    new Option('--no-results', 'do not write a results file'),
    new Option('--resume <file>', 'continue the search in a results file'),
    saveOption('the best model'),
    new Option('--csv <file>', 'write a table of all trials (CSV)'),
    ...reportOptions(),
    jsonOption(),
  ];
  for (const option of options) command.addOption(option);
  return command.action((given: SweepCommandOptions) => run(given, command));
}

async function run(options: SweepCommandOptions, command: AnyCommand): Promise<void> {
  const created = new Date();
  checkResume(options, command);
  const asked = searchOf(options, command);
  const { save, csv, json, resume } = options;
  const outputs = { '--save': save, '--csv': csv, '--json': json, ...(await checkReport(options.report)) };
  const results = typeof options.results === 'string' ? options.results : undefined;
  await checkOutputs(outputs, { ...dataInputs(options), files: { '--resume': resume, '--results': results } });
  if (save !== undefined) formatToWrite(save);
  const info = computeInfo(options);
  const { validation } = options;
  // Rows are held out by the seed of the search.
  const loaded = await loadData({ ...options, validation: undefined }, 'two-layer-net sweep --data DIR');
  checkHoldOut(validation, loaded);
  const prepare = (search: SearchOptions) => searchSubject(loaded, { ...search, validation });
  const backend = productsWords(info);
  const begun = await searchStart({ resume, results: options.results, asked, prepare, created, backend });
  const { search, subject } = begun;
  const { data } = subject;
  warnOfFewCombinations(search);
  const interruption = new Interruption('Stopping; finished trials are kept');
  const base = { created, backend: info, data, settings: settingsWords(search) };
  const empty = makeReport({ ...base, data: undefined, status: 'running' });
  const kept = new KeptResults();
  const live = await startLive(options.serve, empty, () => interruption.stop());
  try {
    const {
      results: found,
      interrupted,
      unwritten,
    } = await searchInterruptibly({
      ...begun,
      options,
      interruption,
      live,
    });
    await showSweepOutcome({ ...begun, results: found, interrupted, unwritten, info, files: options, kept });
    // A search that will continue must not have seen the test part.
    const shown = interrupted ? data.without('test') : data;
    const status = interrupted ? 'interrupted' : 'done';
    const targets = { folder: options.report, live, leaving: interruption.bySignal || !kept.complete };
    await publishReport({ ...base, data: shown, search: found, status }, targets, kept);
    // The results are kept even though something could not be written where it should be; the command still failed.
    kept.check();
    if (!interrupted && !bestOf(found.ranking)) throw everyTrialDiverged();
    process.exitCode = interruption.exitCode;
  } finally {
    await live?.close();
  }
}

function everyTrialDiverged(): Error {
  return new Error(
    'Every trial diverged: search smaller learning rates, with --learning-rate, or rows of smaller numbers',
  );
}

/** All drawn combinations differ, so a small space may have fewer than requested. */
function warnOfFewCombinations(search: Search): void {
  const words = fewCombinations(search);
  if (words !== undefined) process.stderr.write(`${words}\n`);
}

/** With `--resume` the search comes from the file: an option that would change it is a usage error. */
function checkResume({ resume, results }: SweepCommandOptions, command: AnyCommand): void {
  if (resume === undefined) return;
  const given = SEARCH_OPTIONS.filter((name) => isGiven(command, name));
  if (given.length === 0) return;
  const flags = given.map((name) =>
    name === 'results' && results === false ? '--no-results' : flagNameOf(command, name),
  );
  command.error(`error: ${flags.join(', ')} cannot be used with --resume, which continues the search in ${resume}`);
}

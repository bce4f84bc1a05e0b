import { Command, Option } from 'commander';
import { replaceFile } from '../../../platform/replace-file.js';
import { readOutcomes } from '../../../study/outcomes.js';
import { planOf } from '../../../study/plan.js';
import type { Queues } from '../../../study/queues.js';
import type { Study } from '../../../study/record.js';
import { getStudy, isStopped } from '../../../study/studies.js';
import { pooled, type StudySummary, summaryOf } from '../../../study/summary.js';
import { ResultsFile } from '../../../tune/results-file.js';
import { withCode } from '../../../validation/errors.js';
import { queueOption, withQueues } from '../../options/queue.js';
import { KeptResults } from '../../output/kept-results.js';
import { checkOutputs } from '../../output/output-files.js';
import { lostWords, studyCsv, studyJson, studyLines } from '../../output/study-report.js';

/** The options of `study results` as commander passes them. */
interface ResultsOptions {
  queue: string;
  csv?: string;
  json?: string;
  results?: string;
}

/** `two-layer-net study results`. */
export function resultsCommand(): Command {
  return new Command('results')
    .description('Print the results of a study, those so far if it is not done.')
    .argument('<names...>', 'name of the study; of several folds, the names of all')
    .addOption(queueOption())
    .addOption(new Option('--csv [file]', 'as a table of all trials (default: to standard output)').preset('-'))
    .addOption(new Option('--json [file]', 'as JSON (default: to standard output)').preset('-'))
    .addOption(
      new Option(
        '--results <file>',
        'as a results file of sweep: sweep --resume FILE --save MODEL trains the best net',
      ),
    )
    .action((names: string[], options: ResultsOptions) =>
      withQueues(options.queue, (queues) => run(queues, names, options)),
    );
}

async function run(queues: Queues, names: readonly string[], options: ResultsOptions): Promise<void> {
  const { csv, json, results } = options;
  if (results !== undefined && names.length > 1) throw oneFile();
  if (csv === '-' && json === '-') throw bothPrinted();
  const files = { '--csv': csv, '--json': json, '--results': results };
  await checkOutputs(Object.fromEntries(Object.entries(files).filter(([, file]) => file !== '-')), {});
  const read = await Promise.all(names.map((name) => readStudy(queues, name)));
  const [{ study }] = read;
  const summary = pooled(read.map((one) => one.summary));
  const status = (read.find((one) => one.status !== 'done') ?? read[0]).status;
  for (const lost of summary.lost) process.stderr.write(`${lostWords(lost)}\n`);
  if (status !== 'done') {
    process.stderr.write(`The study is ${status}: ${summary.results.length} of ${summary.trials} results are there\n`);
  }
  const kept = new KeptResults();
  if (results !== undefined) await kept.write('the results', results, (path) => writeResults(path, study, summary));
  const shown = [
    ...(await put(csv, 'the table', studyCsv(summary), kept)),
    ...(await put(json, 'the result', [`${JSON.stringify(studyJson(study, summary, status))}\n`], kept)),
  ];
  const lines = shown.length > 0 ? shown : studyLines(summary, status).map((line) => `${line}\n`);
  process.stdout.write(lines.join(''));
  kept.check();
}

async function readStudy(queues: Queues, name: string) {
  const study = await getStudy(queues, name);
  const status = study.done ? 'done' : (await isStopped(queues, study)) ? 'stopped' : 'running';
  const summary = await summaryOf(study, await planOf(study.search), await readOutcomes(queues, study));
  return { study, status, summary };
}

function oneFile(): Error {
  const message = 'Expected one study for --results, whose file is of one search on one data set, but received several';
  return withCode(new TypeError(message), 'ERR_CONFLICT');
}

function bothPrinted(): Error {
  const message = 'Expected a file for --csv or for --json: standard output takes one of them';
  return withCode(new TypeError(message), 'ERR_CONFLICT');
}

/** Writes lines to their file; returns those that go to standard output. */
async function put(file: string | undefined, what: string, lines: string[], kept: KeptResults): Promise<string[]> {
  if (file === '-') return lines;
  if (file !== undefined) await kept.write(what, file, (path) => replaceFile(path, lines));
  return [];
}

/** Writes a results file, as `sweep` does. */
async function writeResults(path: string, { search, data, backend }: Study, { results }: StudySummary): Promise<void> {
  const file = await ResultsFile.create(path, { search, data, backend });
  for (const result of results) void file.add(result);
  await file.close();
}

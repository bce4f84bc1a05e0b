import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import type { BackendChoice } from '../../../backend/choose.js';
import type { Fold } from '../../../classifier/search.js';
import { findFormat } from '../../../data/load-dataset.js';
import { shellWord } from '../../../platform/shell.js';
import { inTurns } from '../../../platform/turns.js';
import { productsWords } from '../../../report/document/backend-words.js';
import { DEFAULT_STATES } from '../../../study/executor.js';
import { fetchSource } from '../../../study/load.js';
import { checkStudyName, dataRecord } from '../../../study/record.js';
import { type DataSource, isUrl, type RemoteFile, type SourcePreparation } from '../../../study/source.js';
import { createStudy } from '../../../study/studies.js';
import { hashing } from '../../../tune/results-file.js';
import { fewCombinations, resolveSearch, type Search, type SearchOptions, trialCount } from '../../../tune/search.js';
import { withCode } from '../../../validation/errors.js';
import { backendOption, computeInfo } from '../../options/compute.js';
import { dataOptions, validationOption } from '../../options/data.js';
import { checkHoldOut, type DataFlags, loadData, readingFlags } from '../../options/load-data.js';
import { numberOption } from '../../options/numbers.js';
import { queueOption, withQueues } from '../../options/queue.js';
import { type SearchFlags, searchFlags, searchOf } from '../../options/search.js';
import { formatCount } from '../../output/table.js';
import { searchSubject } from '../../searching/subject.js';

/** The options of `study create` as commander passes them, besides the search space. */
interface CreateOptions extends DataFlags, SearchFlags {
  queue: string;
  backend: BackendChoice;
  states: number;
  folds?: number;
  mixed: boolean;
}

/** A search of classifiers, perhaps on one of several folds. */
interface FoldedSearch {
  readonly asked: SearchOptions;
  readonly fold: Fold | undefined;
}

/** The folder that is searched for data without `--data`. */
const DEFAULT_FOLDER = 'data';

/** `two-layer-net study create`. */
export function createCommand(): Command {
  const command = new Command('create')
    .description(
      'Create a study: a search, as of sweep, whose trials agents run. One of this name that is the same is joined.',
    )
    .argument('<name>', 'name of the study');
  const options = [
    queueOption(),
    ...searchFlags(),
    backendOption(),
    ...dataOptions('file, folder or URL of the data, which all agents read'),
    validationOption(),
    numberOption(
      '--folds <k>',
      'cross-validation: a study for each of <k> folds, NAME.1 to NAME.<k>; results of all give the means',
      { integer: true, min: 2, max: 1000 },
    ),
    numberOption(
      '--states <mb>',
      'halving: megabytes of trainings that may go on, which the queue holds of each round',
      { min: 0 },
      DEFAULT_STATES,
    ),
    new Option('--mixed', 'accept agents whose processors give other last digits').default(false),
  ];
  for (const option of options) command.addOption(option);
  return command.action((name: string, given: CreateOptions) => run(name, given, command));
}

async function run(name: string, options: CreateOptions, command: Command): Promise<void> {
  checkStudyName(name);
  const { queue, validation, mixed, states, folds } = options;
  if (folds !== undefined && validation !== undefined) {
    command.error('error: --folds cannot be used with --validation: each fold is held out in turn');
  }
  const asked = searchOf(options, command);
  const backend = productsWords(computeInfo(options));
  // A queue that cannot be reached is told before the data are read.
  await withQueues(queue, async (queues) => {
    const { data: url } = options;
    const fetched = url !== undefined && isUrl(url) ? await fetchSource(url) : undefined;
    const flags = fetched ? { ...options, data: fetched.path } : options;
    const loaded = await loadData({ ...flags, validation: undefined }, 'two-layer-net study create NAME --data DIR');
    checkHoldOut(validation, loaded);
    const make = async (study: string, fold: Fold | undefined, same: Search | undefined) => {
      const subject = await searchSubject(loaded, { ...asked, validation, ...(fold && { fold }) });
      if (fold && subject.article) throw notInFolds();
      const own = resolveSearch(subject.search(asked));
      // Folds have a scale of their own; all else is the same for all of them.
      const search = same
        ? resolveSearch({ ...same, space: { ...same.space, inputScale: own.space.inputScale } })
        : own;
      const made = await createStudy(queues, {
        name: study,
        created: new Date().toISOString(),
        search,
        ...dataRecord(subject.data, await inTurns(hashing(subject.data))),
        backend,
        mixed,
        source: await sourceOf(options, fetched?.file, subject.article ? null : { asked, fold }),
        stateBytes: Math.round(states * 2 ** 20),
        done: false,
      });
      tell(study, made, search, queues.where);
      return search;
    };
    if (folds === undefined) return void (await make(name, undefined, undefined));
    let search: Search | undefined;
    for (let index = 0; index < folds; index++) {
      search = await make(`${name}.${index + 1}`, { index, of: folds }, search);
    }
  });
}

function notInFolds(): Error {
  return withCode(new TypeError('Leave out --folds: these data have validation rows of their own'), 'ERR_CONFLICT');
}

function tell(name: string, made: 'created' | 'joined', search: Search, where: string): void {
  const few = fewCombinations(search);
  if (few !== undefined) process.stderr.write(`${few}\n`);
  const count = formatCount(trialCount(search), 'trial');
  process.stderr.write(
    made === 'joined'
      ? `The study ${name} is there already, with the same search and data\n`
      : `Created the study ${name} at ${where}: it begins with ${count}. To run them, on any machine:\n` +
          `  two-layer-net study agent --queue ${shellWord(where)}\n`,
  );
}

/** Where agents find the data. Paths are those of this machine; agents elsewhere may be told others. */
async function sourceOf(
  options: CreateOptions,
  file: RemoteFile | undefined,
  classifier: FoldedSearch | null,
): Promise<DataSource> {
  const { data: given, validation } = options;
  const folder =
    given ?? (options.format || (await findFormat(DEFAULT_FOLDER)) ? (given ?? DEFAULT_FOLDER) : undefined);
  const data = folder === undefined || file ? (given ?? null) : resolve(folder);
  const { validation: _, test, ...flags } = readingFlags(options);
  const reading = { ...flags, ...(test !== undefined && { test: resolve(test) }) };
  const known = Object.entries(reading).filter(([, value]) => value !== undefined);
  const prepare = classifier && preparationOf(classifier, validation);
  return { data, ...(file && { file }), reading: Object.fromEntries(known), prepare } as DataSource;
}

function preparationOf({ asked, fold }: FoldedSearch, validation: number | undefined): SourcePreparation {
  const dtype = [asked.space?.dtype ?? []].flat().includes('float64') ? 'float64' : 'float32';
  const held = { ...(validation !== undefined && { validation }), ...(fold && { fold }) };
  return { seed: asked.seed ?? 0, dtype, ...held };
}

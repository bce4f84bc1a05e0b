import { Command, Option } from 'commander';
import type { BackendInfo } from '../../backend/choose.js';
import type { Dataset } from '../../data/dataset.js';
import { formatToWrite } from '../../model/formats/all.js';
import { saveModel } from '../../model/model.js';
import { isClone, packageRoots } from '../../platform/package-roots.js';
import { shellWord } from '../../platform/shell.js';
import { makeReport, weightsOf } from '../../report/document/make-report.js';
import type { ReportInput } from '../../report/document/report-input.js';
import { isDiverged } from '../../training/errors.js';
import type { TrainingHistory, TrainingProgress } from '../../training/history.js';
import { messageWith } from '../../validation/errors.js';
import { hasCode, messageOf } from '../../validation/kinds.js';
import { isAbortOf } from '../../validation/signal.js';
import { computeInfo, computeOptions } from '../options/compute.js';
import { dataOptions, validationOption } from '../options/data.js';
import { checkHoldOut, dataInputs, loadData, printWarnings } from '../options/load-data.js';
import { numberOption, seedOption } from '../options/numbers.js';
import { flagOfSetting } from '../options/other-names.js';
import { jsonOption, logOptions, reportOptions, saveOption } from '../options/output.js';
import { attributeOf, flagName, settingsFrom, TRAINING_FLAGS, trainingOptions } from '../options/settings.js';
import { columns } from '../output/format.js';
import { Interruption } from '../output/interruption.js';
import { KeptResults } from '../output/kept-results.js';
import { isDrawnQuickly, startLive, trainingFollower } from '../output/live.js';
import { checkLogs, type LogFlags, Logs } from '../output/logs.js';
import { announceReplaced, checkOutputs, checkReport } from '../output/output-files.js';
import { plotInTerminal } from '../output/plot.js';
import { printResult } from '../output/print-result.js';
import { type ProgressView, progressView } from '../output/progress.js';
import { publishReport } from '../output/publish-report.js';
import { classifierTraining } from '../training/classifier-training.js';
import { distributedOption, joinProcesses } from '../training/distributed.js';
import { type Keeping, type KeepingFlags, keepingOf, keepingOptions } from '../training/keeping.js';
import { netEnsemble } from '../training/net-ensemble.js';
import { netTraining } from '../training/net-training.js';
import type { Trained, Training, TrainOptions } from '../training/training.js';

/** The options of `train`, parsed. */
interface CommandOptions extends TrainOptions, LogFlags, KeepingFlags {
  save?: string;
  json?: string;
  plot: boolean;
  report?: string;
  serve?: number;
  distributed: boolean;
}

/** What `--help` says below the options. */
const HELP = `
CIFAR-10 and its stand-in train the article's net; the defaults above are the article's. All other data, such as a
table, train a Classifier: columns are standardised, a tenth of the rows is held out unless --validation says how many
(0: none), and training ends when it no longer gains there. Its defaults are 64 hidden units, --init he, a learning
rate of 0.005 without decay, with Adam, a regularization of 0.01, and at most 200 epochs of some 20 minibatches, drawn
as permutations, with a patience of 20 epochs.`;

/** `two-layer-net train`: the article's network on CIFAR-10, or a classifier of other data. */
export function trainCommand(): Command {
  const command = new Command('train')
    .description("Train on CIFAR-10, where the defaults are the article's first run, or a classifier of other data.")
    .addHelpText('after', HELP);
  const options = [
    ...trainingOptions({ learningRate: 1e-4, reg: 0.5, numIters: 1000 }),
    seedOption('weights, minibatches and held-out rows'),
    numberOption(
      '--ensemble <k>',
      'train so many nets side by side, with seeds in a row, and average what they predict',
      {
        integer: true,
        min: 1,
        max: 1000,
      },
    ),
    ...computeOptions(),
    ...dataOptions(),
    validationOption(),
    saveOption('the trained model'),
    ...keepingOptions(),
    distributedOption(),
    new Option('--plot', 'plot the curves in the terminal at the end').default(false),
    ...logOptions(),
    ...reportOptions(),
    jsonOption(),
  ];
  for (const option of options) command.addOption(option);
  return command.action((options: Omit<CommandOptions, 'settings' | 'given'>) => {
    if (options.plot && options.json === '-') {
      command.error('error: --plot and --json - both write to standard output: give --json a file name');
    }
    if (options.ensemble !== undefined) checkEnsemble(options, command);
    const settings = settingsFrom(TRAINING_FLAGS, options);
    const names = TRAINING_FLAGS.filter((name) => command.getOptionValueSource(attributeOf(name)) === 'cli');
    if (settings.epochs > 0 && names.includes('numIters')) {
      command.error('error: --epochs and --iterations both say how long to train: give one of them');
    }
    return train({ ...options, settings, given: settingsFrom(names, options) }, command);
  });
}

/** Ends the command with a usage error for what shows or holds one net. */
function checkEnsemble(options: Omit<CommandOptions, 'settings' | 'given'>, command: Command): void {
  const { report, serve, save, checkpoint, resume } = options;
  if (checkpoint !== undefined || resume !== undefined) {
    command.error('error: --ensemble cannot be used with --checkpoint and --resume, which keep one net');
  }
  if (report !== undefined || serve !== undefined) {
    command.error('error: --ensemble cannot be used with --report and --serve, which show one net');
  }
  if (save !== undefined && !formatToWrite(save).ensembles) {
    command.error(`error: --ensemble needs a safetensors file for --save, since others hold one net: ${save}`);
  }
}

async function train(flags: CommandOptions, command: Command): Promise<void> {
  const start = performance.now();
  const created = new Date();
  const { options, group } = joinProcesses(flags, command);
  const { options: given, keeping } = await keepingOf(options, command);
  const { save, json, plot, report: folder, serve } = given;
  const follows = group?.isFirst === false;
  const results = { '--save': save, '--json': json, '--checkpoint': follows ? undefined : keeping.file };
  const outputs = { ...results, ...(await checkReport(folder)), ...(await checkLogs(given)) };
  await checkOutputs(outputs, dataInputs(given));
  if (save !== undefined) formatToWrite(save);
  const info = computeInfo(given);
  const script = packageRoots().some(isClone) ? 'npm run train --' : 'npx two-layer-net train';
  // Rows are held out here, by the seed.
  const data = await loadData({ ...given, validation: undefined }, `${script} --data DIR`);
  checkHoldOut(given.validation, data);
  const training = await trainingOf(given, data, info, command);
  const { settings, numIters } = training;
  const base = { created, settings, backend: info, data, ...(numIters !== undefined && { numIters }) };
  const interruption = new Interruption('Stopping after this iteration; the trained net is kept');
  const empty = makeReport({ ...base, data: undefined, status: 'running' });
  const logs = new Logs(given, training.net, data.imageShape);
  const live = await startLive(serve, empty, () => interruption.stop());
  const kept = new KeptResults();
  const { begun } = keeping;
  const hooks = { ...keeping.hooks, group };
  const { net } = training;
  const follow = live && trainingFollower(live, () => (net && isDrawnQuickly(net) ? weightsOf(net, data) : undefined));
  try {
    const trained = await trainInterruptibly(training, { begun, hooks }, interruption, (progress) => {
      logs.follow(progress);
      follow?.(progress);
    });
    if (trained.interrupted) tellHowToGoOn(keeping);
    logs.end(trained.net);
    printTrainingWarnings(trained.history);
    if (save !== undefined) {
      const { model, history, settings } = trained;
      const write = (path: string) => announceReplaced([path], () => saveModel(path, model, { history, settings }));
      const saved = await kept.write('the model', save, write);
      if (saved !== undefined) process.stderr.write(`Saved the model to ${saved}\n`);
    }
    const lines = columns(trained.lines((performance.now() - start) / 1000));
    await printResult(lines, trained.result, json, kept);
    if (plot) await plotInTerminal(trained.history);
    const status = trained.interrupted ? 'interrupted' : 'done';
    const targets = { folder, live, leaving: interruption.bySignal || !kept.complete };
    await publishReport({ ...base, ...reportOf(trained), status }, targets, kept);
    // The result is kept even though something could not be written where it should be; the command still failed.
    kept.check();
    logs.check();
    keeping.check();
    // The end of a process with another code than 0 would end the first one, which may have files to write.
    process.exitCode = follows ? 0 : exitCodeOf(interruption, trained.interrupted);
  } catch (error) {
    if (isAbortOf(error, interruption.signal)) {
      // Before the training began: there is nothing to keep.
      process.stderr.write(`${messageOf(error)}\n`);
      process.exitCode = interruption.exitCode ?? 1;
      return;
    }
    if (!isDiverged(error)) throw asUsageError(error, command);
    // The history up to here shows what went wrong; the net itself has become useless.
    process.stderr.write('Training diverged\n');
    printTrainingWarnings(error.history);
    const input: ReportInput = { ...base, history: error.history, status: 'diverged' };
    await publishReport(input, { folder, live, leaving: false }, kept);
    throw error;
  } finally {
    await live?.close();
  }
}

/** One that a signal to another process of the group has ended has not succeeded either. */
function exitCodeOf(interruption: Interruption, interrupted: boolean): typeof process.exitCode {
  const elsewhere = interrupted && !interruption.signal.aborted;
  return elsewhere ? Interruption.exitCode('SIGTERM') : interruption.exitCode;
}

/** A training that was interrupted can go on, if it is kept. */
function tellHowToGoOn({ file }: Keeping): void {
  if (file === undefined) return;
  process.stderr.write(
    `The training is in ${file}: --resume ${shellWord(file)}, with the same data, goes on with it\n`,
  );
}

/** Options that contradict each other were given as flags: that is wrong usage. */
function asUsageError(error: unknown, command: Command): unknown {
  const conflict = hasCode(error, 'ERR_CONFLICT');
  return conflict ? command.error(`error: ${messageWith(error, flagOfSetting)}`) : error;
}

function printTrainingWarnings({ warnings }: TrainingHistory): void {
  printWarnings(warnings.map(({ message }) => message));
}

/**
 * The training that fits the data. The article's defaults are for rows that come centred, as CIFAR-10 does; other data
 * may be of any scale.
 */
async function trainingOf(
  given: CommandOptions,
  data: Dataset,
  info: BackendInfo,
  command: Command,
): Promise<Training> {
  const { ensemble } = given;
  if (!data.mean && given.given.inputScale !== undefined) {
    command.error(`error: --${flagName('inputScale')} cannot be used with these data: their columns are standardised`);
  }
  try {
    if (!data.mean) return await classifierTraining(given, data, info);
    return ensemble === undefined ? netTraining(given, data, info) : netEnsemble(ensemble, given, data, info);
  } catch (error) {
    throw asUsageError(error, command);
  }
}

function reportOf({ net, data, history, settings }: Trained): Partial<ReportInput> {
  return { net, data, history, settings };
}

/** Trains and shows progress. After an interruption the history ends there. */
async function trainInterruptibly(
  training: Training,
  { hooks, begun }: Pick<Keeping, 'hooks' | 'begun'>,
  interruption: Interruption,
  follow: (progress: TrainingProgress) => void,
): Promise<Trained> {
  const { numIters } = training;
  let view: ProgressView | undefined = numIters === undefined ? undefined : progressView(numIters, begun);
  const close = () => view?.close();
  try {
    return await interruption.during(
      () =>
        training.run({
          ...hooks,
          onProgress: (progress) => {
            view ??= progressView(progress.numIters, begun);
            view.update(progress);
            follow(progress);
          },
          signal: interruption.signal,
        }),
      close,
    );
  } finally {
    close();
  }
}

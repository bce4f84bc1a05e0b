import { Command, Option } from 'commander';
import type { BackendChoice, BackendInfo } from '../../backend/choose.js';
import type { Dataset } from '../../data/dataset.js';
import type { DatasetPart } from '../../data/part.js';
import { saveModel } from '../../model/model.js';
import { evaluate } from '../../net/evaluation.js';
import { TwoLayerNet } from '../../net/two-layer-net.js';
import { isClone, packageRoots } from '../../platform/package-roots.js';
import { RandomState } from '../../random/random-state.js';
import { backendWords } from '../../report/document/backend-words.js';
import { makeReport, type ReportInput } from '../../report/document/make-report.js';
import type { LiveReport } from '../../report/live/live-server.js';
import { DivergedError, TrainingAbortedError } from '../../training/errors.js';
import type { TrainingHistory } from '../../training/history.js';
import { iterationsOf } from '../../training/options.js';
import { pickSettings, type SettingValues } from '../../training/settings.js';
import { computeInfo, computeOptions } from '../options/compute.js';
import { dataOptions } from '../options/data.js';
import { dataWords, loadData } from '../options/load-data.js';
import { seedOption } from '../options/numbers.js';
import { jsonOption, reportOptions } from '../options/output.js';
import {
  attributeOf,
  NET_FLAGS,
  settingsFrom,
  TRAIN_FLAGS,
  TRAINING_FLAGS,
  trainingOptions,
} from '../options/settings.js';
import { columns, formatRatio } from '../output/format.js';
import { Interruption } from '../output/interruption.js';
import { startLive, trainingFollower } from '../output/live.js';
import { checkOutputs, checkReport } from '../output/output-files.js';
import { plotInTerminal } from '../output/plot.js';
import { printResult } from '../output/print-result.js';
import { type ProgressView, progressView } from '../output/progress.js';
import { publishReport } from '../output/publish-report.js';

/** The options of `train`, parsed. */
interface CommandOptions {
  settings: SettingValues<(typeof TRAINING_FLAGS)[number]>;
  seed: number;
  backend: BackendChoice;
  threads?: number;
  data?: string;
  fullTest: boolean;
  save?: string;
  json?: string;
  plot: boolean;
  report?: string;
  serve?: number;
}

/** `two-layer-net train`: the article's network on CIFAR-10, with the article's default settings. */
export function trainCommand(): Command {
  const command = new Command('train').description("Train on CIFAR-10; the defaults are the article's first run.");
  const options = [
    ...trainingOptions({ learningRate: 1e-4, reg: 0.5, numIters: 1000 }),
    seedOption('weights and minibatches'),
    ...computeOptions(),
    ...dataOptions(),
    new Option('--save <file>', 'write the trained model (safetensors)'),
    new Option('--plot', 'plot the curves in the terminal at the end').default(false),
    ...reportOptions(),
    jsonOption(),
  ];
  for (const option of options) command.addOption(option);
  return command.action((given: Omit<CommandOptions, 'settings'>) => {
    if (given.plot && given.json === '-') {
      command.error('error: --plot and --json - both write to standard output: give --json a file name');
    }
    const settings = settingsFrom(TRAINING_FLAGS, given);
    if (settings.epochs > 0 && command.getOptionValueSource(attributeOf('numIters')) === 'cli') {
      command.error('error: --epochs and --iterations both say how long to train: give one of them');
    }
    return train({ ...given, settings });
  });
}

async function train(given: CommandOptions): Promise<void> {
  const start = performance.now();
  const created = new Date();
  const { save, json, plot, report: folder, serve } = given;
  await checkOutputs({ '--save': save, '--json': json, ...(await checkReport(folder)) });
  const info = computeInfo(given);
  const script = packageRoots().some(isClone) ? 'npm run train --' : 'npx two-layer-net train';
  const data = await loadData(given, `${script} --data DIR`);
  const options = withIterations(given, data);
  const settings = recordedSettings(options);
  const net = makeNet(options, data);
  const base = { created, settings, backend: info, data, numIters: options.settings.numIters };
  const interruption = new Interruption('Stopping after this iteration; the trained net is kept');
  const begun = makeReport({ ...base, data: undefined, status: 'running' });
  const live = await startLive(serve, begun, () => interruption.stop());
  try {
    const { history, interrupted } = await trainInterruptibly(net, data, options, interruption, live);
    if (save !== undefined) {
      await saveModel(save, net, { history, settings });
      process.stderr.write(`Saved the model to ${save}\n`);
    }
    const result = resultOf({ net, data, history, settings, info, interrupted });
    await printResult(resultLines(result, data, (performance.now() - start) / 1000), result, json);
    if (plot) await plotInTerminal(history);
    const status = interrupted ? 'interrupted' : 'done';
    await publishReport({ ...base, net, history, status }, { folder, live, leaving: interruption.bySignal });
    if (interruption.bySignal) process.exitCode = Interruption.EXIT_CODE;
  } catch (error) {
    if (!(error instanceof DivergedError)) throw error;
    // The history up to here shows what went wrong; the net itself has become useless.
    process.stderr.write('Training diverged\n');
    const input: ReportInput = { ...base, history: error.history, status: 'diverged' };
    await publishReport(input, { folder, live, leaving: false });
    throw error;
  } finally {
    await live?.close();
  }
}

/** The options with as many iterations as their epochs are. */
function withIterations(options: CommandOptions, data: Dataset): CommandOptions {
  const { settings } = options;
  return { ...options, settings: { ...settings, numIters: iterationsOf(settings, data.train.X.rows) } };
}

function resultLines(result: ReturnType<typeof resultOf>, data: Dataset, total: number): string[] {
  return columns([
    ['train accuracy', formatRatio(result.trainAccuracy)],
    ['validation accuracy', formatRatio(result.valAccuracy ?? Number.NaN)],
    ['test accuracy', formatRatio(result.testAccuracy ?? Number.NaN)],
    ['seconds', `${result.seconds.toFixed(2)} training, ${total.toFixed(2)} in total`],
    ['backend', backendWords(result.backendInfo)],
    ['data', dataWords(data)],
  ]);
}

interface Result {
  readonly net: TwoLayerNet;
  readonly data: Dataset;
  readonly history: TrainingHistory;
  readonly settings: ReturnType<typeof recordedSettings>;
  readonly info: BackendInfo;
  readonly interrupted: boolean;
}

function resultOf({ net, data, history, settings, info, interrupted }: Result) {
  const accuracy = (part?: DatasetPart) => part && evaluate(net, part).accuracy;
  return {
    settings,
    lossHistory: history.lossHistory,
    trainAccHistory: history.trainAccHistory,
    valAccHistory: history.valAccHistory,
    trainAccuracy: evaluate(net, data.train).accuracy,
    valAccuracy: accuracy(data.validation),
    testAccuracy: accuracy(data.test),
    seconds: history.seconds,
    samplesPerSecond: history.samplesPerSecond,
    backend: net.backend,
    backendInfo: info,
    data: data.name,
    interrupted,
  };
}

/** What the model file and the report record of how the net was trained. */
function recordedSettings({ settings, seed, backend, threads, fullTest }: CommandOptions) {
  return { ...settings, seed, backend, ...(threads !== undefined && { threads }), fullTest };
}

function makeNet(options: CommandOptions, data: Dataset): TwoLayerNet {
  const { settings, backend, threads } = options;
  return new TwoLayerNet({
    ...pickSettings(NET_FLAGS, settings),
    inputSize: data.inputSize,
    numClasses: data.numClasses,
    backend,
    threads,
    random: new RandomState(options.seed),
  });
}

/** Trains and shows progress. After an interruption the history ends there. */
async function trainInterruptibly(
  net: TwoLayerNet,
  data: Dataset,
  options: CommandOptions,
  interruption: Interruption,
  live: LiveReport | undefined,
): Promise<{ history: TrainingHistory; interrupted: boolean }> {
  const view: ProgressView = progressView(options.settings.numIters);
  const follow = live && trainingFollower(live, net, data);
  try {
    const history = await interruption.during(
      () =>
        net.train(data, {
          ...pickSettings(TRAIN_FLAGS, options.settings),
          epochs: 0,
          onProgress: (progress) => {
            view.update(progress);
            follow?.(progress);
          },
          signal: interruption.signal,
        }),
      () => view.close(),
    );
    return { history, interrupted: false };
  } catch (error) {
    if (!(error instanceof TrainingAbortedError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return { history: error.history, interrupted: true };
  } finally {
    view.close();
  }
}

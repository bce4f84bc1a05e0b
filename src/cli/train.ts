import { Command, Option } from 'commander';
import { type BackendChoice, backendInfo } from '../backend/choose.js';
import type { ImageDataset, LabelledRows } from '../data/image-dataset.js';
import { evaluate } from '../evaluation.js';
import { saveModel } from '../model/model-file.js';
import { RandomState } from '../random-state.js';
import { TrainingAbortedError, type TrainingHistory } from '../training.js';
import { DTYPES, type Dtype, TwoLayerNet } from '../two-layer-net.js';
import { dataWords, loadData } from './load-data.js';
import { computeOptions, dataOptions, jsonOption, seedOption, settingOption } from './options.js';
import { type ProgressView, progressView } from './progress.js';
import { backendWords, checkOutputs, columns, printResult, share } from './results.js';

/** The options of `train` as commander gives them. */
interface TrainCommandOptions {
  hidden: number;
  std: number;
  iterations: number;
  batchSize: number;
  learningRate: number;
  learningRateDecay: number;
  reg: number;
  seed: number;
  dtype: Dtype;
  backend: BackendChoice;
  threads?: number;
  data?: string;
  fullTest: boolean;
  save?: string;
  json?: string;
}

/** What the shell expects of a program that was ended by SIGINT: 128 + 2. */
const INTERRUPTED = 130;

/** `two-layer-net train`: the article's network on CIFAR-10, with the article's default settings. */
export function trainCommand(): Command {
  const command = new Command('train').description("Train on CIFAR-10; the defaults are the article's first run.");
  const options = [
    settingOption('--hidden <units>', 'hiddenSize', 50),
    settingOption('--std <number>', 'std'),
    settingOption('--iterations <n>', 'numIters', 1000),
    settingOption('--batch-size <rows>', 'batchSize'),
    settingOption('--learning-rate <number>', 'learningRate', 1e-4),
    settingOption('--learning-rate-decay <factor>', 'learningRateDecay'),
    settingOption('--reg <number>', 'reg', 0.5),
    seedOption('weights and minibatches'),
    new Option('--dtype <type>', 'type of parameters and arithmetic').choices([...DTYPES]).default('float32'),
    ...computeOptions(),
    ...dataOptions(),
    new Option('--save <file>', 'write the trained model (safetensors)'),
    jsonOption(),
  ];
  for (const option of options) command.addOption(option);
  return command.action(train);
}

async function train(options: TrainCommandOptions): Promise<void> {
  const start = performance.now();
  await checkOutputs({ '--save': options.save, '--json': options.json });
  // Before the data are loaded: a backend that cannot be had is told at once.
  const info = { ...backendInfo(options.backend), ...(options.threads ? { threads: options.threads } : {}) };
  const data = await loadData(options, 'npm run train -- --data DIR');
  const net = makeNet(options, data);
  const { history, interrupted } = await trainInterruptibly(net, data, options);
  if (options.save !== undefined) {
    const { classNames, mean } = data;
    const { save: _save, json: _json, data: _data, ...settings } = options;
    await saveModel(options.save, { ...net, classNames, mean, history, settings });
    process.stderr.write(`Saved the model to ${options.save}\n`);
  }
  const accuracy = ({ X, y }: LabelledRows) => evaluate(net, X, y).accuracy;
  const result = {
    options,
    lossHistory: history.lossHistory,
    trainAccHistory: history.trainAccHistory,
    valAccHistory: history.valAccHistory,
    trainAccuracy: accuracy(data.train),
    valAccuracy: accuracy(data.validation),
    testAccuracy: accuracy(data.test),
    seconds: history.seconds,
    samplesPerSecond: history.samplesPerSecond,
    backend: net.backend,
    backendInfo: info,
    data: data.source,
    interrupted,
  };
  const total = (performance.now() - start) / 1000;
  const lines = columns([
    ['train accuracy', share(result.trainAccuracy)],
    ['validation accuracy', share(result.valAccuracy)],
    ['test accuracy', share(result.testAccuracy)],
    ['seconds', `${result.seconds.toFixed(2)} training, ${total.toFixed(2)} in all`],
    ['backend', backendWords(info)],
    ['data', dataWords(data)],
  ]);
  await printResult(lines, result, options.json);
  if (interrupted) process.exitCode = INTERRUPTED;
}

function makeNet(options: TrainCommandOptions, data: ImageDataset): TwoLayerNet {
  const { std, dtype, backend, threads } = options;
  return new TwoLayerNet({
    inputSize: data.train.X.columns,
    hiddenSize: options.hidden,
    numClasses: data.classNames.length,
    ...{ std, dtype, backend, threads },
    random: new RandomState(options.seed),
  });
}

/**
 * Trains with progress shown. The first Ctrl-C ends training after the current iteration and keeps what was trained;
 * the second ends the process at once.
 */
async function trainInterruptibly(
  net: TwoLayerNet,
  { train, validation }: ImageDataset,
  options: TrainCommandOptions,
): Promise<{ history: TrainingHistory; interrupted: boolean }> {
  const { iterations: numIters, batchSize, learningRate, learningRateDecay, reg } = options;
  const abort = new AbortController();
  const view: ProgressView = progressView(numIters);
  // Once: the second Ctrl-C finds the system's own action, which needs no turn of this thread to end the process.
  const interrupt = () => {
    abort.abort();
    view.close();
    process.stderr.write('Stopping after this iteration; what was trained is kept. Ctrl-C again stops at once\n');
  };
  process.once('SIGINT', interrupt);
  try {
    const history = await net.train(train.X, train.y, validation.X, validation.y, {
      ...{ numIters, batchSize, learningRate, learningRateDecay, reg },
      onProgress: (progress) => view.update(progress),
      signal: abort.signal,
    });
    return { history, interrupted: false };
  } catch (error) {
    if (!(error instanceof TrainingAbortedError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return { history: error.history, interrupted: true };
  } finally {
    view.close();
    // What follows may be interrupted as any program is: files are replaced whole.
    process.off('SIGINT', interrupt);
  }
}

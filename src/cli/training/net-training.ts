/** The article's training: of a net on CIFAR-10 or what stands in for it. */
import type { BackendInfo } from '../../backend/choose.js';
import type { Dataset } from '../../data/dataset.js';
import type { DatasetPart } from '../../data/part.js';
import { evaluate } from '../../net/evaluation.js';
import { TwoLayerNet } from '../../net/two-layer-net.js';
import { RandomState } from '../../random/random-state.js';
import { backendWords } from '../../report/document/backend-words.js';
import { checkConcerns, withoutIdle } from '../../training/concerns.js';
import { isTrainingAborted } from '../../training/errors.js';
import type { TrainingHistory } from '../../training/history.js';
import { iterationsOf } from '../../training/options.js';
import { pickSettings } from '../../training/settings.js';
import { dataWords } from '../options/load-data.js';
import { NET_FLAGS, TRAIN_FLAGS } from '../options/settings.js';
import { formatRatio } from '../output/format.js';
import type { Trained, Training, TrainingHooks, TrainOptions } from './training.js';

/** Draws the net. */
export function netTraining(given: TrainOptions, data: Dataset, info: BackendInfo): Training {
  const options = withIterations(given, data);
  const settings = recordedSettings(options);
  const net = makeNet(options, data);
  return {
    settings,
    numIters: options.settings.numIters,
    net,
    run: async (hooks) => {
      const { history, interrupted } = await trainNet(net, data, options, hooks);
      const result = resultOf({ net, data, history, settings, info, interrupted });
      return {
        settings,
        history,
        interrupted,
        model: net,
        net,
        data,
        result,
        lines: (total) => linesOf(result, data, total),
      };
    },
  };
}

/**
 * The options with as many iterations as their epochs are.
 *
 * @throws TypeError `ERR_CONFLICT` for flags that contradict each other
 */
export function withIterations(options: TrainOptions, data: Dataset): TrainOptions {
  checkConcerns(options.given, options.settings);
  const { settings } = options;
  return { ...options, settings: { ...settings, numIters: iterationsOf(settings, data.train.X.rows) } };
}

/** What the model file and the report record of how the net was trained. */
export function recordedSettings({ settings, seed, backend, threads, fullTest = false }: TrainOptions) {
  return { ...withoutIdle(settings), seed, backend, ...(threads !== undefined && { threads }), fullTest };
}

export function makeNet(options: TrainOptions, data: Dataset): TwoLayerNet {
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

export async function trainNet(
  net: TwoLayerNet,
  data: Dataset,
  { settings }: TrainOptions,
  hooks: TrainingHooks,
): Promise<Pick<Trained, 'history' | 'interrupted'>> {
  try {
    // A setting that was not given contradicts nothing.
    const history = await net.train(data, { ...pickSettings(TRAIN_FLAGS, withoutIdle(settings)), epochs: 0, ...hooks });
    return { history, interrupted: false };
  } catch (error) {
    if (!isTrainingAborted(error)) throw error;
    process.stderr.write(`${error.message}\n`);
    return { history: error.history, interrupted: true };
  }
}

interface Outcome {
  readonly net: TwoLayerNet;
  readonly data: Dataset;
  readonly history: TrainingHistory;
  readonly settings: ReturnType<typeof recordedSettings>;
  readonly info: BackendInfo;
  readonly interrupted: boolean;
}

function resultOf({ net, data, history, settings, info, interrupted }: Outcome) {
  const accuracy = (part?: DatasetPart) => part && evaluate(net, part).accuracy;
  return {
    settings,
    lossHistory: history.lossHistory,
    trainAccHistory: history.trainAccHistory,
    valAccHistory: history.valAccHistory,
    warnings: history.warnings,
    // Training has measured them, unless it was too short or was interrupted.
    trainAccuracy: history.trainAccuracy ?? evaluate(net, data.train).accuracy,
    valAccuracy: history.valAccuracy ?? accuracy(data.validation),
    testAccuracy: accuracy(data.test),
    seconds: history.seconds,
    samplesPerSecond: history.samplesPerSecond,
    backend: net.backend,
    backendInfo: info,
    data: data.name,
    interrupted,
  };
}

/** The result for people. */
export function linesOf(result: Omit<ReturnType<typeof resultOf>, 'interrupted'>, data: Dataset, total: number) {
  return [
    ['train accuracy', formatRatio(result.trainAccuracy)],
    ['validation accuracy', formatRatio(result.valAccuracy ?? Number.NaN)],
    ['test accuracy', formatRatio(result.testAccuracy ?? Number.NaN)],
    ['seconds', `${result.seconds.toFixed(2)} training, ${total.toFixed(2)} in total`],
    ['backend', backendWords(result.backendInfo)],
    ['data', dataWords(data)],
  ] as const;
}

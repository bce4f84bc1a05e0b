/** Several of the article's nets, trained side by side, whose probabilities are averaged. */
import type { BackendInfo } from '../../backend/choose.js';
import { Classifier } from '../../classifier/classifier.js';
import { sideBySide } from '../../classifier/side-by-side.js';
import type { Dataset } from '../../data/dataset.js';
import type { DatasetPart } from '../../data/part.js';
import type { TwoLayerNet } from '../../net/two-layer-net.js';
import type { TrainingHistory } from '../../training/history.js';
import { largest } from '../../validation/long-lists.js';
import { linesOf, makeNet, recordedSettings, trainNet, withIterations } from './net-training.js';
import type { Trained, Training, TrainingHooks, TrainOptions } from './training.js';

/** @param k - how many nets; their seeds are the seed that was given and those after it */
export function netEnsemble(k: number, given: TrainOptions, data: Dataset, info: BackendInfo): Training {
  const options = withIterations(given, data);
  const settings = { ...recordedSettings(options), ensemble: k };
  return {
    settings,
    numIters: options.settings.numIters,
    net: undefined,
    run: async (hooks) => {
      const members = await trainAll(k, options, data, hooks);
      const [{ net, history }] = members;
      const classifier = classifierOf(members.map((member) => member.net));
      const outcome = { history, interrupted: members.some((member) => member.interrupted) };
      const accuracies = await accuraciesOf(classifier, data);
      const { backend } = net;
      const { lossHistory, trainAccHistory, valAccHistory, warnings, samplesPerSecond } = history;
      const curves = { lossHistory, trainAccHistory, valAccHistory, warnings, samplesPerSecond };
      const seconds = largest(members.map((member) => member.history.seconds));
      const result = { settings, ...curves, ...accuracies, seconds, backend, backendInfo: info, data: data.name };
      return {
        settings,
        ...outcome,
        model: classifier.toModel(),
        net,
        data,
        result: { ...result, interrupted: outcome.interrupted },
        lines: (total) => linesOf(result, data, total),
      };
    },
  };
}

interface Member extends Pick<Trained, 'history' | 'interrupted'> {
  readonly net: TwoLayerNet;
}

/** Trains all nets; the first of them is shown. After an interruption, those that had begun are left. */
async function trainAll(k: number, options: TrainOptions, data: Dataset, hooks: TrainingHooks): Promise<Member[]> {
  const { backend, threads } = options;
  const members = await sideBySide(k, { backend, threads, signal: hooks.signal }, async (member, share) => {
    const own = { ...options, seed: options.seed + member, threads: share.threads };
    const net = makeNet(own, data);
    const onProgress = member === 0 ? hooks.onProgress : () => {};
    return { net, ...(await trainNet(net, data, own, { onProgress, signal: share.signal })) };
  });
  const begun = members.filter(({ history }: { history: TrainingHistory }) => history.lossHistory.length > 0);
  return begun.length > 0 ? begun : members.slice(0, 1);
}

function classifierOf([first, ...others]: readonly TwoLayerNet[]): Classifier {
  const { params, inputSize, hiddenSize, numClasses, dtype, mean, classNames, imageShape, backend } = first;
  const model = { params, others: others.map((net) => net.params), inputSize, hiddenSize, numClasses, dtype };
  return Classifier.fromModel({ ...model, mean, classNames, imageShape }, { backend });
}

async function accuraciesOf(classifier: Classifier, { train, validation, test }: Dataset) {
  const accuracy = async (part: DatasetPart | undefined) =>
    part && (await classifier.evaluate({ X: part.X, y: part.y })).accuracy;
  return {
    trainAccuracy: (await accuracy(train)) as number,
    valAccuracy: await accuracy(validation),
    testAccuracy: await accuracy(test),
  };
}

import { Command } from 'commander';
import type { BackendChoice } from '../../backend/choose.js';
import { IMAGE_BYTES } from '../../data/formats/cifar10-layout.js';
import { readCifarRecords } from '../../data/formats/cifar10-records.js';
import type { TwoLayerNet } from '../../net/two-layer-net.js';
import { computeOptions } from '../options/compute.js';
import { checkInputSize, classNamesOf, loadNet } from '../options/load-model.js';
import { jsonOption } from '../options/output.js';
import { printable } from '../output/format.js';
import { checkOutputs } from '../output/output-files.js';
import { printResult } from '../output/print-result.js';

/** The options of `predict` as commander passes them. */
interface PredictCommandOptions {
  backend: BackendChoice;
  threads?: number;
  json?: string;
}

/** The prediction for one record. */
interface Prediction {
  file: string;
  /** The index of the record in its file. */
  record: number;
  class: string;
  classIndex: number;
  probability: number;
}

/** `two-layer-net predict MODEL FILES…`: class and probability of each record. */
export function predictCommand(): Command {
  const command = new Command('predict')
    .description(
      'Predict the class of each record in files in the CIFAR-10 format (a label byte, then 3072 pixel bytes).',
    )
    .argument('<model>', 'model file, as written by train --save')
    .argument('<files...>', 'files with records');
  for (const option of [...computeOptions(), jsonOption()]) command.addOption(option);
  return command.action(run);
}

async function run(modelFile: string, files: string[], options: PredictCommandOptions): Promise<void> {
  const { backend, threads } = options;
  await checkOutputs({ '--json': options.json }, { 'the model': modelFile });
  const net = await loadNet(modelFile, { backend, threads });
  checkInputSize(modelFile, net, IMAGE_BYTES);
  const predictions: Prediction[] = [];
  for (const file of files) for (const prediction of await predictFile(net, file)) predictions.push(prediction);
  const lines = predictions.map(
    ({ file, record, class: name, probability }) => `${file}:${record}\t${printable(name)}\t${probability.toFixed(4)}`,
  );
  await printResult(lines, { predictions, backend: net.backend }, options.json);
}

async function predictFile(net: TwoLayerNet, file: string): Promise<Prediction[]> {
  const { X } = await readCifarRecords(file);
  const classNames = classNamesOf(net);
  const C = net.numClasses;
  const probabilities = net.probabilities(X);
  return Array.from({ length: X.rows }, (_, record) => {
    const start = record * C;
    let classIndex = 0;
    for (let c = 1; c < C; c++) if (probabilities[start + c] > probabilities[start + classIndex]) classIndex = c;
    const probability = probabilities[start + classIndex];
    return { file, record, class: classNames[classIndex], classIndex, probability };
  });
}

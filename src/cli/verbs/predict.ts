import { Command, Option } from 'commander';
import type { BackendChoice } from '../../backend/choose.js';
import { mostProbable } from '../../classifier/class-predictions.js';
import type { Classifier } from '../../classifier/classifier.js';
import { computeOptions } from '../options/compute.js';
import { formatOption, headerOptions, ignoreOption, resizeOption, textOptions } from '../options/data.js';
import { type InputFlags, type InputRows, openInput } from '../options/input-rows.js';
import { loadClassifier } from '../options/load-model.js';
import { numberOption } from '../options/numbers.js';
import { jsonOption } from '../options/output.js';
import { KeptResults } from '../output/kept-results.js';
import { checkOutputs } from '../output/output-files.js';
import {
  PREDICTION_FORMATS,
  type Prediction,
  type PredictionFormat,
  predictionHead,
  predictionJson,
  predictionLine,
} from '../output/predictions.js';
import { writeOut } from '../output/standard-output.js';

/** The options of `predict` as commander passes them. */
interface PredictCommandOptions extends InputFlags {
  top: number;
  output?: PredictionFormat;
  backend: BackendChoice;
  threads?: number;
  json?: string;
}

/** `two-layer-net predict MODEL FILES…`: the most probable classes of each row. */
export function predictCommand(): Command {
  const command = new Command('predict')
    .description(
      'Predict the class of each row of any data that --data reads: labels are not needed. Tables may be without the ' +
        'column of the class, arrays without y, pictures without folders of classes. Of data in parts, the test part.',
    )
    .argument('<model>', 'model file, as written by train --save')
    .argument('<files...>', 'files or folders with rows; - for a table on standard input');
  const options = [
    numberOption(
      '--top <k>',
      'the k most probable classes of each row, or all if there are fewer',
      { integer: true, min: 1 },
      1,
    ),
    new Option(
      '--output <kind>',
      'print tab-separated text, CSV or JSON lines (default: text of CIFAR-10 records, else CSV)',
    ).choices(PREDICTION_FORMATS),
    formatOption(),
    resizeOption(),
    ignoreOption(),
    ...headerOptions(),
    ...textOptions(),
    ...computeOptions(),
    jsonOption(),
  ];
  for (const option of options) command.addOption(option);
  return command.action((model: string, files: string[], given: PredictCommandOptions) => {
    if (files.filter((file) => file === '-').length > 1) {
      command.error('error: - stands for standard input, which can be read only once');
    }
    return run(model, files, given);
  });
}

/** Predictions of some rows that follow each other, and how they are printed. */
interface Batch {
  readonly kind: InputRows['kind'];
  readonly predictions: readonly Prediction[];
}

async function run(modelFile: string, files: string[], options: PredictCommandOptions): Promise<void> {
  const { backend, threads, json, output } = options;
  await checkOutputs(
    { '--json': json },
    { files: { 'the model': modelFile }, data: { 'the rows': files }, format: options.format },
  );
  const classifier = await loadClassifier(modelFile, { backend, threads });
  const batches = predictFiles(modelFile, classifier, files, options);
  const top = Math.min(options.top, classifier.numClasses);
  const print = printer(output, top);
  if (json === undefined) {
    for await (const batch of batches) if (!(await print(batch))) break;
    return;
  }
  if (json !== '-') {
    // The file is written whole even if standard output is closed.
    const kept = new KeptResults();
    await kept.stream('the predictions', json, jsonOf(batches, classifier, print));
    kept.check();
    return;
  }
  for await (const text of jsonOf(batches, classifier)) if (!(await writeOut(text))) break;
}

/** Prints batches in one format: the one that was asked for, or the one that suits the first. */
function printer(asked: PredictionFormat | undefined, top: number): (batch: Batch) => Promise<boolean> {
  let format = asked;
  let begun = false;
  return async ({ kind, predictions }) => {
    const as = format ?? (kind === 'records' ? 'text' : 'csv');
    format = as;
    const head = begun ? '' : predictionHead(as, top);
    begun = true;
    return writeOut(head + predictions.map((prediction) => predictionLine(as, prediction)).join(''));
  };
}

/** The result for programs, some predictions at a time; `also` is called with each batch. */
async function* jsonOf(
  batches: AsyncIterable<Batch>,
  { net }: Classifier,
  also?: (batch: Batch) => Promise<unknown>,
): AsyncGenerator<string, void, void> {
  let separator = '';
  yield '{"predictions":[';
  for await (const batch of batches) {
    yield separator + batch.predictions.map(predictionJson).join(',');
    separator = ',';
    await also?.(batch);
  }
  yield `],"backend":${JSON.stringify(net.backend)}}\n`;
}

async function* predictFiles(
  modelFile: string,
  classifier: Classifier,
  inputs: readonly string[],
  { top, ...flags }: PredictCommandOptions,
): AsyncGenerator<Batch, void, void> {
  for (const file of inputs) {
    const { kind, batches } = await openInput(file, { file: modelFile, classifier }, flags);
    const { classNames, numClasses: C } = classifier;
    let row = 0;
    for await (const { X, files } of batches) {
      const { probabilities, classes } = await classifier.judge(X);
      const predictions: Prediction[] = [];
      for (let i = 0; i < X.rows; i++) {
        predictions.push({
          // A picture is the only row of its file.
          file: files?.[i] ?? file,
          row: files ? 0 : row++,
          top: mostProbable(probabilities, i * C, C, classes[i])
            .slice(0, top)
            .map((index) => ({
              label: classifier.classes[index],
              name: classNames[index],
              index,
              probability: probabilities[i * C + index],
            })),
        });
      }
      yield { kind, predictions };
    }
  }
}

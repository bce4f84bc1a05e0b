import { Command } from 'commander';
import type { BackendChoice } from '../../backend/choose.js';
import { Classifier } from '../../classifier/classifier.js';
import type { Dataset } from '../../data/dataset.js';
import { testOrAll } from '../../data/join-rows.js';
import type { DatasetPart } from '../../data/part.js';
import { isTable } from '../../data/tables/open-table.js';
import { loadModel } from '../../model/model.js';
import type { Model } from '../../model/model-types.js';
import { evaluate } from '../../net/evaluation.js';
import { TwoLayerNet } from '../../net/two-layer-net.js';
import { withCode } from '../../validation/errors.js';
import { computeOptions } from '../options/compute.js';
import { dataOptions } from '../options/data.js';
import { type DataFlags, dataInputs } from '../options/load-data.js';
import { classNamesOf, loadDataFor } from '../options/load-model.js';
import { loadKnownTable } from '../options/load-table.js';
import { jsonOption } from '../options/output.js';
import { isPlainRows } from '../options/plain-rows.js';
import { classifierReport, netReport } from '../output/evaluation-report.js';
import { printable } from '../output/format.js';
import { checkOutputs } from '../output/output-files.js';
import { printResult } from '../output/print-result.js';

/** The options of `evaluate` as commander passes them. */
interface EvaluateCommandOptions extends DataFlags {
  backend: BackendChoice;
  threads?: number;
  json?: string;
}

/** `two-layer-net evaluate MODEL`: accuracy, metrics by class, and the confusion matrix. */
export function evaluateCommand(): Command {
  const command = new Command('evaluate')
    .description(
      'Evaluate a saved model on the test part, or on all rows of data without one and of tables: accuracy, accuracy ' +
        'by class, confusion matrix; of a Classifier also log loss, precision, recall, F1 and ROC AUC.',
    )
    .argument('<model>', 'model file, as written by train --save');
  for (const option of [...dataOptions(), ...computeOptions(), jsonOption()]) command.addOption(option);
  return command.action(run);
}

async function run(file: string, options: EvaluateCommandOptions): Promise<void> {
  const { backend, threads } = options;
  await checkOutputs({ '--json': options.json }, { ...dataInputs(options), files: { 'the model': file } });
  // The model first: it is read at once, and data are not.
  const model = await loadModel(file);
  if (isOfClassifier(model)) {
    await evaluateClassifier(file, Classifier.fromModel(model, { backend, threads }), options);
    return;
  }
  const net = TwoLayerNet.fromModel(model, { backend, threads });
  const data = await loadDataFor(file, net, options);
  const { X, y } = labelledLike(file, net, data);
  // The mean that the net was trained with, not that of the training rows here.
  const evaluation = evaluate(net, X.withMean(undefined), y);
  const classNames = classNamesOf(net);
  const names = classNames.map(printable);
  const result = { rows: y.length, ...evaluation, classNames, backend: net.backend, data: data.name };
  await printResult(netReport(evaluation, names, y.length), result, options.json);
}

/** Whether a model is of a `Classifier`, which always saves the type of its labels; other files may have a scale. */
function isOfClassifier({ labelType, scale, columns, others }: Model): boolean {
  return others !== undefined || labelType !== undefined || scale !== undefined || columns !== undefined;
}

/** More than a net's evaluation: a classifier says how sure it is. Of a table, all rows are evaluated. */
async function evaluateClassifier(file: string, classifier: Classifier, options: EvaluateCommandOptions) {
  const { net, classNames } = classifier;
  const { data, X, y } = await labelledRows(file, classifier, options);
  const evaluation = await classifier.evaluate({ X: X.withMean(undefined), y });
  const result = { rows: y.length, ...evaluation, classNames, backend: net.backend, data };
  await printResult(classifierReport(evaluation, y.length), result, options.json);
}

async function labelledRows(file: string, classifier: Classifier, options: EvaluateCommandOptions) {
  const table = options.test ?? options.data;
  const { columns, net, classes, classNames } = classifier;
  if (columns && table === undefined) {
    throw new Error(`Expected a table for the model in ${file}, which reads columns by name: pass it with --data`);
  }
  const { format } = options;
  const plain = table !== undefined && columns && (await isPlainRows(table, { file, columns }, format));
  const asked = format === undefined ? table !== undefined && (await isTable(table)) : format === 'table';
  if (table !== undefined && !plain && (columns || asked)) {
    return loadKnownTable(table, { columns, inputSize: net.inputSize, classes }, options);
  }
  const data = await loadDataFor(file, net, options);
  return { data: data.name, ...labelledLike(file, { classNames, numClasses: classNames.length }, data) };
}

/**
 * The rows to evaluate, with the labels that the model has for their classes: these are found by name.
 *
 * @throws Error `ERR_MODEL_FILE` for a class that the model does not have
 */
function labelledLike(
  file: string,
  { classNames, numClasses }: Pick<TwoLayerNet, 'classNames' | 'numClasses'>,
  data: Dataset,
): DatasetPart {
  const { X, y } = testOrAll(data);
  const named = classNames ?? (data.named && numClasses !== data.numClasses ? [] : undefined);
  // A model without names has the data's classes, in their order.
  const labels = data.classNames.map((name, c) => named?.indexOf(name) ?? c);
  if (labels.every((label) => label >= 0 && label < numClasses)) return { X, y: y.map((label) => labels[label]) };
  const found = classNames ? classNames.join(', ') : `${numClasses} classes`;
  throw withCode(
    new Error(
      `Expected a model of the data's classes (${data.classNames.join(', ')}) in ${file} ` +
        `but it was trained on ${printable(found)}`,
    ),
    'ERR_MODEL_FILE',
  );
}

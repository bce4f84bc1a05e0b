import { Command } from 'commander';
import type { BackendChoice } from '../../backend/choose.js';
import { type Evaluation, evaluate } from '../../net/evaluation.js';
import type { TwoLayerNet } from '../../net/two-layer-net.js';
import { withCode } from '../../validation/errors.js';
import { computeOptions } from '../options/compute.js';
import { dataOptions } from '../options/data.js';
import { loadData } from '../options/load-data.js';
import { checkInputSize, classNamesOf, loadNet } from '../options/load-model.js';
import { jsonOption } from '../options/output.js';
import { columns, formatRatio, printable } from '../output/format.js';
import { checkOutputs } from '../output/output-files.js';
import { printResult } from '../output/print-result.js';

/** The options of `evaluate` as commander passes them. */
interface EvaluateCommandOptions {
  data?: string;
  fullTest: boolean;
  backend: BackendChoice;
  threads?: number;
  json?: string;
}

/** `two-layer-net evaluate MODEL`: test accuracy, accuracy by class, and the confusion matrix. */
export function evaluateCommand(): Command {
  const command = new Command('evaluate')
    .description('Evaluate a saved model on the test part: accuracy, accuracy by class, confusion matrix.')
    .argument('<model>', 'model file, as written by train --save');
  for (const option of [...dataOptions(), ...computeOptions(), jsonOption()]) command.addOption(option);
  return command.action(run);
}

async function run(file: string, options: EvaluateCommandOptions): Promise<void> {
  const { backend, threads } = options;
  await checkOutputs({ '--json': options.json }, { 'the model': file });
  // The model first: it is read at once, and data are not.
  const net = await loadNet(file, { backend, threads });
  const data = await loadData(options, `two-layer-net evaluate ${file} --data DIR`);
  checkInputSize(file, net, data.inputSize);
  checkSameClasses(file, net, data.classNames);
  const { X, y } = data.part('test');
  // The mean that the net was trained with, not that of the training rows here.
  const evaluation = evaluate(net, X.withMean(undefined), y);
  const classNames = classNamesOf(net);
  const names = classNames.map(printable);
  const result = { rows: y.length, ...evaluation, classNames, backend: net.backend, data: data.name };
  await printResult(report(evaluation, names, y.length), result, options.json);
}

/** A model can only be evaluated on the classes that it was trained on. */
function checkSameClasses(file: string, { classNames, numClasses }: TwoLayerNet, names: readonly string[]): void {
  const known = classNames ?? names;
  if (numClasses === names.length && names.every((name, c) => name === known[c])) return;
  const found = classNames ? classNames.join(', ') : `${numClasses} classes`;
  throw withCode(
    new Error(
      `Expected a model of the data's classes (${names.join(', ')}) in ${file} ` +
        `but it was trained on ${printable(found)}`,
    ),
    'ERR_MODEL_FILE',
  );
}

function report({ accuracy, classAccuracy, confusion }: Evaluation, names: readonly string[], rows: number): string[] {
  const perClass = names.map((name, c) => [name, formatRatio(classAccuracy[c])] as const);
  return [
    `accuracy ${formatRatio(accuracy)} on ${rows} test records`,
    '',
    'accuracy by class',
    ...columns(perClass).map((line) => `  ${line}`),
    '',
    'confusion matrix (row: true class, column: predicted)',
    ...confusionLines(confusion, names),
  ];
}

function confusionLines(confusion: number[][], names: readonly string[]): string[] {
  const head = Math.max(...names.map((name) => name.length));
  const width = Math.max(5, ...confusion.flat().map((count) => String(count).length));
  const titles = names.map((name) => name.slice(0, width).padStart(width)).join(' ');
  const rows = confusion.map(
    (counts, c) => `  ${names[c].padEnd(head)} ${counts.map((count) => String(count).padStart(width)).join(' ')}`,
  );
  return [`  ${' '.repeat(head)} ${titles}`, ...rows];
}

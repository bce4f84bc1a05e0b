import { Command } from 'commander';
import type { BackendChoice } from '../../backend/choose.js';
import { IMAGE_BYTES } from '../../data/formats/cifar10-layout.js';
import { type Evaluation, evaluate } from '../../net/evaluation.js';
import { withCode } from '../../validation/errors.js';
import { loadData } from '../options/load-data.js';
import { type LoadedModel, loadForImages } from '../options/load-model.js';
import { computeOptions, dataOptions, jsonOption } from '../options/options.js';
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
  const loaded = await loadForImages(file, IMAGE_BYTES, { backend, threads });
  const data = await loadData(options, `two-layer-net evaluate ${file} --data DIR`);
  const { X, y } = data.test;
  checkSameClasses(file, loaded, data.classNames);
  const evaluation = evaluate(loaded.net, loaded.centered(X), y);
  const { classNames } = loaded;
  const names = classNames.map(printable);
  const result = { rows: y.length, ...evaluation, classNames, backend: loaded.net.backend, data: data.source };
  await printResult(report(evaluation, names, y.length), result, options.json);
}

/** A model can only be evaluated on the classes that it was trained on. */
function checkSameClasses(file: string, { model, net }: LoadedModel, names: readonly string[]): void {
  const known = model.classNames ?? names;
  if (net.numClasses === names.length && names.every((name, c) => name === known[c])) return;
  const found = model.classNames ? model.classNames.join(', ') : `${net.numClasses} classes`;
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

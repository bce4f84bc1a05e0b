/** The options of `npm run bench` beside those of `two-layer-net bench`. */
import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InvalidArgumentError, Option } from 'commander';
import type { MeasurementOptions } from '../src/cli/options/measurement.js';
import { countListOption } from '../src/cli/options/numbers.js';
import { CLASSIFIER_SETS } from './classifiers/measure.js';
import { RULES } from './optimizers/rules.js';

/** The repository's root, from build/bench/, where run.mjs puts the bundle. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** The peers of this repository, as a path from here. */
export const DEFAULT_PEERS = relative('', join(ROOT, 'bench', 'peers'));

/** The options as commander parses them. */
export interface BenchOptions extends MeasurementOptions {
  searches?: number[] | true;
  calls: boolean;
  peers?: string[];
  python: string;
  against?: string;
  eventLoop?: true;
  classifiers?: string[] | true;
  neighbours?: true;
  predictions?: true;
  optimizers?: string[] | true;
  tables?: string[];
}

/** Made anew in each call, because commander keeps values in them. */
export function benchOptions(): Option[] {
  return [
    countListOption('--searches [trials]', 'time searches with these numbers of trials, instead of steps'),
    new Option('--calls', 'time what calls of a training cost besides its steps, instead of steps')
      .default(false)
      .conflicts(['peers', 'searches', 'profile']),
    new Option(
      '--event-loop',
      'how long the event loop makes others wait during each asynchronous call (default shape: large)',
    ).conflicts(['peers', 'searches', 'calls', 'profile', 'against']),
    new Option('--classifiers [sets...]', "Classifier.fit beside scikit-learn's classifiers (default: all data sets)")
      .choices(Object.keys(CLASSIFIER_SETS))
      .conflicts(['peers', 'searches', 'calls', 'eventLoop', 'profile', 'against']),
    new Option(
      '--neighbours',
      'steps beside a busy loop, beside a second training, and on twice the threads (default shapes: article, wide)',
    ).conflicts(['searches', 'calls', 'eventLoop', 'classifiers', 'profile', 'simd']),
    new Option(
      '--predictions',
      'calls of predictions beside onnxruntime-node; N of a shape is the number of rows in a call',
    ).conflicts(['peers', 'searches', 'calls', 'eventLoop', 'classifiers', 'neighbours', 'profile', 'against']),
    new Option(
      '--optimizers [rules...]',
      "steps with update rules and regularization beside plain SGD's and PyTorch's fused optimizers " +
        '(default: all; default shapes: article, wide)',
    )
      .choices(Object.keys(RULES))
      .conflicts(['peers', 'searches', 'calls', 'eventLoop', 'classifiers', 'neighbours', 'predictions', 'profile'])
      .conflicts('against'),
    new Option(
      '--peers <paths...>',
      'peers to measure: files, or folders of them (default: those of this repository)',
    ).argParser((path: string, before: string[] = []) => [...before, existingPath(path)]),
    new Option(
      '--against <dir>',
      'compare with another built checkout of this package; steps, unless --measure is given',
    )
      .argParser(checkoutFolder)
      .conflicts(['searches', 'profile']),
    new Option('--tables <files...>', 'measure nothing: print Markdown tables of results that --json wrote'),
    new Option('--python <program>', 'runs the peers in Python').env('TWO_LAYER_NET_PYTHON').default('python3'),
  ];
}

function checkoutFolder(path: string): string {
  const folder = resolve(path);
  if (folder === ROOT) throw new InvalidArgumentError('Expected another checkout but received this one');
  if (existsSync(join(folder, 'dist', 'index.js'))) return folder;
  throw new InvalidArgumentError(
    `Expected a built checkout but ${join(path, 'dist', 'index.js')} does not exist: run node scripts/setup.mjs there`,
  );
}

function existingPath(path: string): string {
  if (existsSync(path)) return path;
  throw new InvalidArgumentError(`Expected a peer's file or a folder of peers but ${path} does not exist`);
}

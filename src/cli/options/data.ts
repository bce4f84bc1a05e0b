/** The options for the data set: `--data`, `--format` and `--full-test`. */
import { Option } from 'commander';
import { formatIds } from '../../data/load-dataset.js';

/** `--data`, `--format` and `--full-test`. */
export function dataOptions(): Option[] {
  return [
    new Option(
      '--data <dir>',
      'folder with the CIFAR-10 binary files, or with cifar-10-batches-bin in it (default: data/ if it has them, ' +
        'otherwise a synthetic stand-in)',
    ),
    new Option('--format <name>', 'the format of the data (default: found by what is there)').choices(formatIds()),
    new Option('--full-test', 'test on all 10 000 test records instead of the first 1000').default(false),
  ];
}

/** The options for the data set: `--data` and `--full-test`. */
import { Option } from 'commander';

/** `--data` and `--full-test`. */
export function dataOptions(): Option[] {
  return [
    new Option(
      '--data <dir>',
      'folder with the CIFAR-10 binary files, or with cifar-10-batches-bin in it (default: data/ if it has them, ' +
        'otherwise a synthetic stand-in)',
    ),
    new Option('--full-test', 'test on all 10 000 test records instead of the first 1000').default(false),
  ];
}

/** The options for the data set: where it is, and how a table becomes one. */
import { Option } from 'commander';
import { formatIds } from '../../data/load-dataset.js';
import { parseSize } from '../../data/pictures/picture-size.js';
import { argument, numberParser } from './numbers.js';

/** `--data`, `--format`, `--full-test`, and those for tables but `--validation`. */
export function dataOptions(): Option[] {
  return [
    new Option(
      '--data <path>',
      "file or folder of the data: CIFAR-10 or CIFAR-100, a table, a folder of pictures per class, NumPy's arrays or " +
        "MNIST's files (default: data/ if it has some of these, otherwise a synthetic stand-in)",
    ),
    ...readingOptions(),
  ];
}

/** How data are read, wherever they are. */
export function readingOptions(): Option[] {
  return [
    formatOption(),
    new Option('--full-test', 'CIFAR: test on all 10 000 test records instead of the first 1000').default(false),
    new Option('--labels <kind>', 'CIFAR-100: its 100 classes, fine, or 20 coarse ones (default: fine)').choices([
      'fine',
      'coarse',
    ]),
    resizeOption(),
    ...tableOptions(),
  ];
}

/** `--format`. */
export function formatOption(): Option {
  return new Option('--format <name>', 'the format of the data (default: found by what is there)').choices(formatIds());
}

/** `--resize`. */
export function resizeOption(): Option {
  const size = argument((text) => {
    parseSize(text, '--resize');
    return text;
  });
  return new Option('--resize <size>', 'pictures: stretch them to this size, WIDTHxHEIGHT').argParser(size);
}

/** `--ignore`. */
export function ignoreOption(): Option {
  const list = argument((text) => text.split(',').map(column));
  return new Option('--ignore <columns>', 'table: columns that are not used, separated by commas').argParser(list);
}

/** `--header` and `--no-header`. */
export function headerOptions(): Option[] {
  return [
    new Option('--header', 'table: the first line has the names of the columns (default: found out)'),
    new Option('--no-header', 'table: the first line is a row'),
  ];
}

/** `--validation`. */
export function validationOption(): Option {
  const share = numberParser({ min: 0 }, '--validation');
  return new Option('--validation <n>', 'table: rows to validate on, a count or a share').argParser(share);
}

/** The options for tables; other data ignore them. */
function tableOptions(): Option[] {
  return [
    new Option('--label <column>', 'table: column with the class, by name or place (default: the last)').argParser(
      column,
    ),
    new Option('--test <file>', 'table: a second file, to test on'),
    new Option('--missing <rule>', 'table: fill missing values with the mean, or drop their rows').choices([
      'mean',
      'drop',
    ]),
    ignoreOption(),
    ...headerOptions(),
  ];
}

/** A column by its name, or by its place if it is an integer. */
function column(text: string): string | number {
  return /^-?\d+$/.test(text) ? Number(text) : text;
}

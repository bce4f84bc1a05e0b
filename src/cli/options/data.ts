/** The options for the data set: where it is, and how a table becomes one. */
import { InvalidArgumentError, Option } from 'commander';
import { formatIds } from '../../data/load-dataset.js';
import { parseSize } from '../../data/pictures/picture-size.js';
import { DELIMITERS, type Delimiter } from '../../data/tables/delimited-text.js';
import { argument, numberParser } from './numbers.js';

/** `--data`, `--format`, `--full-test`, and those for tables but `--validation`. */
export function dataOptions(where = 'file or folder of the data'): Option[] {
  return [
    new Option(
      '--data <path>',
      `${where}: CIFAR-10 or CIFAR-100, a table, a folder of pictures per class, NumPy's arrays or ` +
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

/** `--delimiter` and `--decimal`. */
export function textOptions(): Option[] {
  const delimiters: Readonly<Record<string, Delimiter>> = {
    comma: ',',
    semicolon: ';',
    tab: '\t',
    bar: '|',
    '\\t': '\t',
  };
  const delimiter = argument((text) => {
    const found = delimiters[text] ?? DELIMITERS.find((known) => known === text);
    if (found !== undefined) return found;
    throw new InvalidArgumentError('Expected one of , ; | and tab.');
  });
  return [
    new Option('--delimiter <mark>', 'table: what stands between values: , ; | or tab (default: found out)').argParser(
      delimiter,
    ),
    new Option('--decimal <mark>', 'table: what stands before the fraction of a number (default: found out)').choices([
      '.',
      ',',
    ]),
  ];
}

/** `--columns`. */
function columnsOption(): Option {
  const types = argument((text) =>
    Object.fromEntries(
      text.split(',').map((each) => {
        const [, name, type] = /^(.+)=(number|category)$/.exec(each) ?? [];
        if (type === undefined)
          throw new InvalidArgumentError('Expected NAME=number or NAME=category, with commas between.');
        return [name, type];
      }),
    ),
  );
  return new Option(
    '--columns <types>',
    'table: types of columns where the ones found out are wrong, as zip=category,size=number',
  ).argParser(types);
}

/** `--validation`. */
export function validationOption(): Option {
  const share = numberParser({ min: 0 }, '--validation');
  return new Option(
    '--validation <n>',
    'rows to hold out and validate on, a count or a share, if the data have none',
  ).argParser(share);
}

/** The options for tables; with other data they are refused. */
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
    columnsOption(),
    ...headerOptions(),
    ...textOptions(),
  ];
}

/** A column by its name, or by its place if it is an integer. */
function column(text: string): string | number {
  return /^-?\d+$/.test(text) ? Number(text) : text;
}

import { Command, Option } from 'commander';
import { describeDataset } from '../../../data/describe/describe-dataset.js';
import { describeTable } from '../../../data/describe/describe-table.js';
import { TABLE } from '../../../data/formats/table.js';
import { checkApplies, findFormat } from '../../../data/load-dataset.js';
import { openTable } from '../../../data/tables/open-table.js';
import { checkDelimited } from '../../../data/tables/table-options.js';
import { plotPictures } from '../../../report/pictures/plot-pictures.js';
import { readingOptions } from '../../options/data.js';
import { type DataFlags, loadData, printWarnings, readingFlags } from '../../options/load-data.js';
import { jsonOption } from '../../options/output.js';
import { datasetLines, tableLines } from '../../output/data-report.js';
import { checkOutputs } from '../../output/output-files.js';
import { printResult } from '../../output/print-result.js';

/** The options of `data info`, parsed. */
interface InfoOptions extends DataFlags {
  json?: string;
  pictures?: string;
}

/** `two-layer-net data info PATH`. */
export function infoCommand(): Command {
  const command = new Command('info')
    .description(
      'Describe data in any supported format: rows, classes with their counts, parts; of a table its columns as ' +
        'they are, with missing values.',
    )
    .argument('<path>', 'file or folder of the data');
  const options = [
    new Option('--pictures <file>', 'draw the first pictures of each class, a row each (.png or .svg)'),
    jsonOption(),
    ...readingOptions(),
  ];
  for (const option of options) command.addOption(option);
  return command.action((path: string, options: InfoOptions) => {
    if (options.pictures !== undefined && !/\.(png|svg)$/i.test(options.pictures)) {
      command.error('error: --pictures writes .png or .svg: give its file one of these ends');
    }
    return run(path, options);
  });
}

async function run(path: string, { json, pictures, ...flags }: InfoOptions): Promise<void> {
  const data = { 'the data': path, '--test': flags.test };
  await checkOutputs({ '--json': json, '--pictures': pictures }, { data, format: flags.format });
  const format = flags.format ?? (await findFormat(path))?.id;
  // Of two files there is no table as it is, nor of one whose missing values are filled or left out.
  if (format === 'table' && pictures === undefined && flags.test === undefined && flags.missing === undefined) {
    checkApplies(path, TABLE, readingFlags(flags));
    const source = await openTable(path, flags);
    checkDelimited(flags, [source]);
    const table = await describeTable(source, flags);
    printWarnings(table.warnings);
    await printResult(tableLines(table), { kind: format, ...table }, json);
    return;
  }
  const loaded = await loadData({ ...flags, data: path }, '');
  if (pictures !== undefined) {
    await plotPictures(loaded).save(pictures);
    process.stderr.write(`Drew pictures of each class in ${pictures}\n`);
  }
  const description = await describeDataset(loaded);
  await printResult(datasetLines(format ?? 'data', description), { kind: format, ...description }, json);
}

import { Argument, Command, Option } from 'commander';
import { CATALOGUE, type PublishedDataset } from '../../../data/download/catalogue.js';
import { type DownloadedDataset, downloadPublished } from '../../../data/download/download-dataset.js';
import { isError } from '../../../validation/kinds.js';
import { downloadView } from '../../output/download-progress.js';
import { Interruption } from '../../output/interruption.js';

/**
 * `two-layer-net data download NAME DIR`.
 *
 * @param catalogue - the data sets by name
 */
export function downloadCommand(catalogue: Readonly<Record<string, PublishedDataset>> = CATALOGUE): Command {
  return new Command('download')
    .description(
      'Download a data set into a folder of its own. It appears there whole, with its checksums checked, or not at ' +
        'all; the same command continues a download that was interrupted.',
    )
    .addArgument(new Argument('<name>', 'the data set').choices(Object.keys(catalogue)))
    .argument('[dir]', 'where its folder is made', 'data')
    .addOption(new Option('--url <url>', "a mirror: a folder with the published files (default: the publisher's)"))
    .action((name: string, dir: string, { url }: { url?: string }) => run(catalogue[name], dir, url));
}

async function run(published: PublishedDataset, dir: string, url: string | undefined): Promise<void> {
  const interruption = new Interruption('Stopping; the same command continues');
  const view = downloadView();
  const { signal } = interruption;
  const download = () => downloadPublished(published, dir, { url, signal, onProgress: view.update });
  try {
    printOutcome(await interruption.during(download, view.close));
  } catch (error) {
    if (!interruption.bySignal || !isError(error) || error.name !== 'AbortError') throw error;
    process.exitCode = interruption.exitCode;
  } finally {
    view.close();
  }
}

function printOutcome({ title, path, fresh }: DownloadedDataset): void {
  process.stdout.write(fresh ? `Downloaded ${title} to ${path}\n` : `${title} is in ${path} already\n`);
}

import { Command } from 'commander';
import { convertDataCommand } from './data/convert.js';
import { downloadCommand } from './data/download.js';
import { infoCommand } from './data/info.js';
import { syntheticCommand } from './data/synthetic.js';

/** `two-layer-net data`: data sets on disk. */
export function dataCommand(): Command {
  return new Command('data')
    .description('Download, describe, convert and create data sets.')
    .addCommand(downloadCommand())
    .addCommand(infoCommand())
    .addCommand(convertDataCommand())
    .addCommand(syntheticCommand());
}

import { Command } from 'commander';
import { downloadCommand } from './data/download.js';
import { syntheticCommand } from './data/synthetic.js';

/** `two-layer-net data`: data sets on disk. */
export function dataCommand(): Command {
  return new Command('data')
    .description('Download and create data sets.')
    .addCommand(downloadCommand())
    .addCommand(syntheticCommand());
}

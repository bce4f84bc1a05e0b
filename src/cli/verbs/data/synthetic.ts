import { Command } from 'commander';
import { writeSyntheticCifar10 } from '../../../data/synthetic/synthetic.js';
import { seedOption } from '../../options/numbers.js';

/** `two-layer-net data synthetic DIR`: a stand-in for CIFAR-10. */
export function syntheticCommand(): Command {
  return new Command('synthetic')
    .description('Write synthetic data in the layout of CIFAR-10: six .bin files and batches.meta.txt.')
    .argument('<dir>', 'folder to write to; existing files are never replaced')
    .addOption(seedOption('the pictures'))
    .action(async (dir: string, { seed }: { seed: number }) => {
      await writeSyntheticCifar10(dir, { seed });
      process.stdout.write(`Wrote 60 000 records in 10 classes to ${dir}\n`);
    });
}

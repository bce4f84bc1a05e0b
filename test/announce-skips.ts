import { existsSync } from 'node:fs';

/** Says before the run what this machine lacks, so that no test is skipped in silence. */
export default function announce(): void {
  const cifar = process.env.CIFAR10_DIR;
  if (!cifar) console.warn('skipped: tests on real CIFAR-10 (CIFAR10_DIR is not set to a folder with its .bin files)');
  else if (!existsSync(cifar)) throw new Error(`CIFAR10_DIR names a folder that does not exist: ${cifar}`);
}

import { existsSync } from 'node:fs';

/** A CIFAR10_DIR that leads nowhere must not skip the tests that it asks for. */
export default function check(): void {
  const folder = process.env.CIFAR10_DIR;
  if (folder && !existsSync(folder)) throw new Error(`CIFAR10_DIR names a folder that does not exist: ${folder}`);
}

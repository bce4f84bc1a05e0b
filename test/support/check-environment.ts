import { existsSync } from 'node:fs';

/** Fails if CIFAR10_DIR names a missing folder: the tests that it asks for must not be skipped silently. */
export default function check(): void {
  const folder = process.env.CIFAR10_DIR;
  if (folder && !existsSync(folder)) throw new Error(`CIFAR10_DIR names a folder that does not exist: ${folder}`);
}

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadNative } from '../../src/backend/native/native.js';

/** This package's folder. */
export const PACKAGE = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const native = loadNative();

/** The path of the addon that loads here; empty if none does. */
export const ADDON = native.binding ? native.file : '';

/** Why no addon loads here; undefined if one does. */
export const addonMissing = native.binding ? undefined : native.reasons.join('; ');

/** Where `prebuildify` puts this platform's addon, relative to the package's folder. */
export const PREBUILDS = join('prebuilds', `${process.platform}-${process.arch}`);

/** Copies the built package to `folder` as npm would install it, without an addon. */
export function copyPackage(folder: string): string {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(join(PACKAGE, 'dist'), join(folder, 'dist'), { recursive: true });
  cpSync(join(PACKAGE, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(PACKAGE, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

/** How a program ended, and what it printed. */
export interface Ran {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs Node without the environment variables that select another addon. */
export function runNode(args: readonly string[], cwd?: string): Ran {
  const { TWO_LAYER_NET_PREBUILD: _other, PREBUILDS_ONLY: _only, ...env } = process.env;
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env, cwd });
  return { status, signal, stdout, stderr };
}

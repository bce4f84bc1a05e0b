/** What the documents point to is there. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../support/run-cli.js';
import { documents } from './documents.js';

/** The anchor that GitHub gives a heading. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');
}

function hasHeading(file: string, wanted: string): boolean {
  return readFileSync(file, 'utf8')
    .split('\n')
    .some((line) => /^#+ /.test(line) && anchor(line.replace(/^#+ /, '')) === wanted);
}

test.each(documents)('every relative link and picture of $path exists', ({ path, text }) => {
  const links = [...text.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)];
  const broken = links.filter(([, target, heading]) => {
    const file = target ? join(ROOT, dirname(path), target) : join(ROOT, path);
    return !existsSync(file) || (heading !== undefined && !hasHeading(file, heading));
  });
  expect(broken.map(([link]) => link)).toEqual([]);
});

test.each(documents)('every source file that $path names exists', ({ text }) => {
  const named = [...text.matchAll(/`((?:src|native|test|scripts|cmake|bench|docs|examples)\/[\w./-]+)`/g)];
  expect(named.map(([, file]) => file as string).filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
});

test('every npm script that the documents name exists', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const named = documents.flatMap(({ path, text }) =>
    [...text.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => ({ path, name: name as string })),
  );
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter(({ name }) => !(name in scripts))).toEqual([]);
});

test("package.json names the repository, which npm's page puts before relative links, and no other one", () => {
  const { repository, homepage } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const { place } =
    /^git\+(?<place>https:\/\/github\.com\/[\w-]+\/two-layer-net)\.git$/.exec(repository.url)?.groups ?? {};
  expect(repository).toEqual({ type: 'git', url: `git+${place}.git` });
  expect(homepage).toBe(`${place}#readme`);
});

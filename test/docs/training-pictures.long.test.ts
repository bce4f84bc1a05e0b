/** The script that draws the pictures of docs/training.md. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../support/run-cli.js';
import { sharedFolder } from '../support/temporary-folder.js';

const scratch = sharedFolder();
const SCRIPT = join(ROOT, 'scripts', 'training-pictures.mjs');

/** A picture's words, such as its title, the names of curves and of axes, without the numbers at ticks. */
function words(svg: string): string[] {
  return [...svg.matchAll(/>([^<>]+)<\/text>/g)]
    .map(([, text = '']) => text)
    .filter((text) => !/^[\d.,e-]+$/.test(text));
}

test('it draws every picture that the document shows, with the same words', () => {
  const kept = join(ROOT, 'docs', 'training');
  const document = readFileSync(join(ROOT, 'docs', 'training.md'), 'utf8');
  const shown = [...document.matchAll(/\]\(training\/([\w-]+\.svg)\)/g)].map(([, name]) => name);
  const printed = execFileSync(process.execPath, [SCRIPT, '--out', scratch], { encoding: 'utf8' });
  expect(printed).toContain('equal to the uninterrupted one: true');
  const drawn = readdirSync(scratch).sort();
  expect(drawn).toEqual(shown.toSorted());
  expect(drawn).toEqual(readdirSync(kept).sort());
  for (const name of drawn) {
    const [now, then] = [scratch, kept].map((folder) => words(readFileSync(join(folder, name), 'utf8')));
    expect(now, name).toEqual(then);
    expect(now.length).toBeGreaterThan(2);
  }
}, 300_000);

test('a name that it does not know is an error that lists them', () => {
  const run = () => execFileSync(process.execPath, [SCRIPT, '--out', scratch, 'nothing'], { stdio: 'pipe' });
  expect(run).toThrow(/Expected optimizers, schedules, .*received nothing/);
});

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

test('the document shows every picture there is', () => {
  const document = readFileSync(join(ROOT, 'docs', 'training.md'), 'utf8');
  const shown = [...document.matchAll(/\]\(training\/([\w-]+\.svg)\)/g)].map(([, name]) => name);
  expect(readdirSync(join(ROOT, 'docs', 'training')).sort()).toEqual(shown.toSorted());
});

// Not all: their trainings take two minutes.
test('it draws pictures with the words that they have', () => {
  const kept = join(ROOT, 'docs', 'training');
  const names = ['continuing', 'schedules'];
  const printed = execFileSync(process.execPath, [SCRIPT, '--out', scratch, ...names], { encoding: 'utf8' });
  expect(printed).toContain('equal to the uninterrupted one: true');
  const drawn = readdirSync(scratch).sort();
  expect(drawn).toEqual(names.map((name) => `${name}.svg`));
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

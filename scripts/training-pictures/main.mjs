// Bundled and started by ../training-pictures.mjs.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { regularization } from './regularization.mjs';
import { running } from './running.mjs';
import { steps } from './steps.mjs';

const PICTURES = { ...steps, ...regularization, ...running };

/** Draws the pictures of these names, or all, into a folder. */
export async function draw(folder, names) {
  for (const name of names.length > 0 ? names : Object.keys(PICTURES)) {
    if (!Object.hasOwn(PICTURES, name)) {
      throw new Error(`Expected ${Object.keys(PICTURES).join(', ')} but received ${name}`);
    }
    const { svg, says } = await PICTURES[name]();
    const file = join(folder, `${name}.svg`);
    writeFileSync(file, `${svg}\n`);
    console.log(`${file}\n${says.map((line) => `  ${line}`).join('\n')}`);
  }
}

// Draws the pictures of docs/training.md from small trainings on made-up data, in a minute:
//
//   node scripts/training-pictures.mjs [NAME…]            all of them, or some, into docs/training/
//   node scripts/training-pictures.mjs --out DIR [NAME…]  into another folder
//
// What they show is also printed. The trainings are those of dist/; the charts are drawn as those of src/report/charts.
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

const { values, positionals } = parseArgs({ options: { out: { type: 'string' } }, allowPositionals: true });
const out = values.out ?? join(ROOT, 'docs', 'training');
const outfile = join(ROOT, 'build', 'training-pictures', `main-${process.pid}.mjs`);
await build({
  absWorkingDir: ROOT,
  entryPoints: ['scripts/training-pictures/main.mjs'],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  external: ['two-layer-net'],
  mainFields: ['module', 'main'],
  tsconfig: 'tsconfig.browser.json',
  logLevel: 'warning',
});
mkdirSync(out, { recursive: true });
const { draw } = await import(pathToFileURL(outfile).href);
await draw(out, positionals);
